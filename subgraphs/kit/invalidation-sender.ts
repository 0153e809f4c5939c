/**
 * Tells gateways what was changed, through a Redis stream: changes that no mutation of theirs made (a
 * webhook, a job, an import), and those whose answer never reached them. Nothing that was told is dropped:
 * while Redis is away it waits here, and when too much waits, all of it becomes "everything of this subgraph".
 * What waits when the process dies is lost; the entries' own time bounds what that costs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../platform/log.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { invalidationStream } from "../../platform/redis-env.ts";
import type { InvalidationRequest } from "./invalidation.ts";

export type InvalidationSender = {
  /** Returns at once. */
  readonly send: (requests: readonly InvalidationRequest[]) => void;
  /** Waits a moment for what was told last. */
  readonly stop: () => Promise<void>;
};

export type InvalidationSenderOptions = {
  readonly subgraph: string;
  readonly namespace: string;
  readonly redis: Omit<RedisConnectionOptions, "log">;
  readonly log: Log;
};

/** Gateways read within milliseconds; those that were away for longer have lost their entries' time too. */
const streamLength = 10_000;
/** As many as a gateway reads from one entry. */
const mostWaiting = 1_000;
const pauseAfterErrorMs = 200;
const stopTimeoutMs = 1_000;

export function createInvalidationSender(options: InvalidationSenderOptions): InvalidationSender {
  const { subgraph, namespace, log } = options;
  const { client, close } = connectRedis({ ...options.redis, log });
  const stream = invalidationStream(namespace, subgraph);
  let waiting = new Map<string, InvalidationRequest>();
  let sending: Promise<void> | undefined;
  let isStopped = false;

  function add(requests: Iterable<InvalidationRequest>): void {
    for (const request of requests) waiting.set(JSON.stringify(request), request);
    if (waiting.size > mostWaiting) {
      const everything: InvalidationRequest = { kind: "subgraph", subgraph };
      waiting = new Map([[JSON.stringify(everything), everything]]);
    }
  }

  async function sendAll(): Promise<void> {
    while (waiting.size > 0 && !isStopped) {
      const batch = [...waiting.values()];
      waiting = new Map();
      try {
        const entry = ["invalidation", JSON.stringify(batch)];
        await client.xadd(stream, "MAXLEN", "~", streamLength, "*", ...entry);
      } catch {
        add(batch);
        await sleep(pauseAfterErrorMs);
      }
    }
  }

  return {
    send(requests) {
      add(requests);
      sending ??= sendAll().finally(() => (sending = undefined));
    },
    async stop() {
      await Promise.race([sending, sleep(stopTimeoutMs, undefined, { ref: false })]);
      isStopped = true;
      await close();
    },
  };
}
