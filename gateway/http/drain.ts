/**
 * Stops a server without losing a request. While it drains, readiness is off and every response says
 * `Connection: close`, so that load balancers and keep-alive clients move elsewhere. In order: wait
 * for the grace time with the listener open, close the listener, wait for what is in flight, close
 * what is idle, and at the bound close what is left.
 */
import { type Server as HttpServer } from "node:http";
import { Server, type Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";

export type DrainOptions = {
  /** Bound for requests in flight, from the moment the listener closes. */
  readonly drainTimeoutMs: number;
  /**
   * An idle connection stays open this long after the listener has closed: its client may be
   * sending at this moment, and gets its answer.
   */
  readonly idleLingerMs: number;
};

export type Drain = {
  readonly isDraining: () => boolean;
  /** Resolves when every connection is closed. A second call waits for the first. */
  readonly drain: (options: { readonly graceMs: number }) => Promise<void>;
};

const sweepEveryMs = 50;

export function createDrain(server: HttpServer, options: DrainOptions): Drain {
  let draining: Promise<void> | undefined;
  /** Requests in flight by connection. */
  const connections = new Map<Socket, number>();

  server.on("connection", (socket: Socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    connections.set(socket, (connections.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const inFlight = connections.get(socket);
      if (inFlight !== undefined) connections.set(socket, inFlight - 1);
    });
  });

  function closeIdle(): void {
    for (const [socket, inFlight] of connections) if (inFlight === 0) socket.destroy();
  }

  /** The HTTP server's own close would destroy idle connections in the same breath. */
  function closeListener(): Promise<void> {
    return new Promise((resolve) => Server.prototype.close.call(server, () => resolve()));
  }

  async function run(graceMs: number): Promise<void> {
    // Without grace the listener closes in the same tick as responses begin to say close: a client
    // that comes back at once is refused cleanly, and not accepted and then dropped.
    if (graceMs > 0) {
      await sleep(graceMs);
      // After the poll phase: who has connected by now has been accepted.
      await setImmediate();
    }
    const closed = closeListener();
    const bound = setTimeout(() => server.closeAllConnections(), options.drainTimeoutMs);
    const lingered = sleep(options.idleLingerMs, undefined, { ref: false });
    await Promise.race([closed, lingered]);
    while (connections.size > 0) {
      // After the poll phase, so that what has already arrived counts as in flight.
      await setImmediate();
      closeIdle();
      await Promise.race([closed, sleep(sweepEveryMs)]);
    }
    await closed;
    clearTimeout(bound);
  }

  return {
    isDraining: () => draining !== undefined,
    drain: ({ graceMs }) => (draining ??= run(graceMs)),
  };
}
