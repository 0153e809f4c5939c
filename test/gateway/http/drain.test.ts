import { once } from "node:events";
import { Agent, request } from "node:http";
import { describe, expect, it } from "vitest";
import type { ExecuteRequest } from "../../../gateway/http/graphql-request.ts";
import { executePlain, type PlainServer, post, startPlainServer } from "./plain-server.ts";
import { openRaw, rawPost } from "./raw-socket.ts";

const hello = JSON.stringify({ query: "{ hello }" });
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Answers after a moment, as a gateway does. */
const executeSlowly: ExecuteRequest = async (...given) => {
  await pause(Math.random() * 8);
  return executePlain(...given);
};

type Sent = { readonly status: number } | { readonly failure: string };

/** One request on a keep-alive connection of the agent. */
function send(agent: Agent, port: number): Promise<Sent> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": hello.length };
    const options = { host: "127.0.0.1", port, path: "/graphql", method: "POST", headers, agent };
    const sending = request(options, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0 }));
      response.once("error", (error) => resolve({ failure: error.message }));
    });
    sending.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ failure: error.code ?? error.message }),
    );
    sending.end(hello);
  });
}

/** A load balancer's eye: which of the servers say that they are ready. */
async function readyOnes(servers: readonly PlainServer[]): Promise<readonly PlainServer[]> {
  const answers = await Promise.all(
    servers.map(async ({ base }) => {
      const answer = await fetch(`${base}/ready`).catch(() => undefined);
      await answer?.text();
      return answer?.ok;
    }),
  );
  return servers.filter((_server, index) => answers[index]);
}

describe("draining", () => {
  it("loses no request of clients behind a load balancer that watches readiness", async () => {
    await using first = await startPlainServer({ execute: executeSlowly });
    await using second = await startPlainServer({ execute: executeSlowly });
    let targets: readonly PlainServer[] = [first, second];
    const stop = new AbortController();
    const agent = new Agent({ keepAlive: true });
    const watching = (async () => {
      while (!stop.signal.aborted) {
        targets = await readyOnes([first, second]);
        await pause(10);
      }
    })();
    const results: Sent[] = [];
    const clients = Array.from({ length: 12 }, async (_, index) => {
      for (let turn = index; !stop.signal.aborted; turn += 1) {
        const target = targets[turn % targets.length];
        if (target) results.push(await send(agent, target.port));
      }
    });
    while (results.length < 100) await pause(5);
    await first.drain({ graceMs: 400 });
    const answeredByThen = results.length;
    while (results.length < answeredByThen + 50) await pause(5);
    stop.abort();
    await Promise.all([...clients, watching]);
    agent.destroy();
    expect(results.filter((sent) => !("status" in sent) || sent.status !== 200)).toEqual([]);
  });

  it("without grace answers whatever clients send on the connections they have", async () => {
    await using server = await startPlainServer({ execute: executeSlowly }, { idleLingerMs: 300 });
    const results: Sent[] = [];
    const clients = Array.from({ length: 12 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (;;) {
        const sent = await send(agent, server.port);
        // The listener has closed: nobody took this request, the client sends it elsewhere.
        if ("failure" in sent && sent.failure === "ECONNREFUSED") break;
        results.push(sent);
      }
      agent.destroy();
    });
    while (results.length < 100) await pause(5);
    await server.drain({ graceMs: 0 });
    await Promise.all(clients);
    expect(results.filter((sent) => !("status" in sent) || sent.status !== 200)).toEqual([]);
  });

  it("takes readiness away at once, keeps the listener for the grace time, and says close", async () => {
    let asked = 0;
    await using server = await startPlainServer({
      ready: async () => {
        asked += 1;
        return { ready: true };
      },
    });
    const drained = server.drain({ graceMs: 200 });
    const ready = await fetch(`${server.base}/ready`);
    expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);
    expect(await ready.json()).toEqual({ ready: false, draining: true });
    expect(asked).toBe(0);
    const response = await post(server.url, hello);
    expect([response.status, response.headers.get("connection")]).toEqual([200, "close"]);
    await response.text();
    await drained;
    await expect(fetch(`${server.base}/health`)).rejects.toThrow("fetch failed");
  });

  it("waits for the request in flight and answers it", async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using server = await startPlainServer({
      execute: async (...given) => {
        start();
        await released;
        return executePlain(...given);
      },
    });
    const answer = post(server.url, hello);
    await started;
    let done = false;
    const drained = server.drain({ graceMs: 0 }).then(() => (done = true));
    await pause(100);
    expect(done).toBe(false);
    release();
    const response = await answer;
    expect([response.status, response.headers.get("connection")]).toEqual([200, "close"]);
    await drained;
  });

  it("closes connections that are idle or have never been used", async () => {
    await using server = await startPlainServer({}, { drainTimeoutMs: 60_000 });
    using used = await openRaw(server.port);
    using unused = await openRaw(server.port);
    used.write(rawPost(hello));
    await used.until(/world/);
    await server.drain({ graceMs: 0 });
    expect(await unused.ended).toBe("");
    expect(await used.ended).toMatch(/world"\}\}$/);
  });

  it("cuts off at its bound what does not end", async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<AbortSignal>();
    await using server = await startPlainServer(
      {
        execute: (_request, { signal }) => {
          start(signal);
          return new Promise(() => {});
        },
      },
      { drainTimeoutMs: 100 },
    );
    const answer = post(server.url, hello).catch((error: unknown) => error);
    const signal = await started;
    await server.drain({ graceMs: 0 });
    expect(await answer).toBeInstanceOf(Error);
    if (!signal.aborted) await once(signal, "abort");
  });

  it("is one and the same however often it is asked for", async () => {
    const server = await startPlainServer();
    const first = server.drain({ graceMs: 50 });
    expect(server.drain({ graceMs: 0 })).toBe(first);
    await first;
  });
});
