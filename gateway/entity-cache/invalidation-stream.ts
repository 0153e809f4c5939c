/**
 * Follows what subgraphs tell in their Redis streams and obeys it. One consumer group for all gateways, in
 * which they are one consumer: each entry is carried out by whichever of them reads it, since an
 * invalidation reaches all (cache/redis-book.ts). An entry is acknowledged when it was carried out; those of
 * a gateway that died in between are taken over by the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../platform/log.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { invalidationStream } from "../../platform/redis-env.ts";
import type { Invalidator } from "./invalidator.ts";

export type InvalidationStreamOptions = {
  readonly redis: Omit<RedisConnectionOptions, "log">;
  readonly namespace: string;
  /** The subgraphs of the supergraph of the moment. */
  readonly subgraphs: () => readonly string[];
  readonly invalidator: Invalidator;
  readonly log: Log;
  /** What somebody has read and not acknowledged for so long is taken over. Default 5,000. */
  readonly abandonedAfterMs?: number;
};

export type InvalidationStream = { readonly stop: () => Promise<void> };

/** Of the group, and of the one consumer in it. */
const group = "gateways";
const entriesAtOnce = 100;
/** A new subgraph's stream is followed after this time at the latest. */
const waitMs = 1_000;
/** A reply that takes so much longer will not come: the connection is dead. */
const patienceMs = 2_000;
const pauseAfterErrorMs = 500;

type Entry = readonly [id: string, fields: readonly string[] | null];

function requestedBy([, fields]: Entry): unknown {
  const at = fields?.findIndex((name, index) => index % 2 === 0 && name === "invalidation") ?? -1;
  try {
    return JSON.parse(fields?.[at + 1] ?? "") as unknown;
  } catch {
    return undefined;
  }
}

export function followInvalidations(options: InvalidationStreamOptions): InvalidationStream {
  const { namespace, subgraphs, invalidator, log, abandonedAfterMs = 5_000 } = options;
  const { client, renew, close } = connectRedis({ ...options.redis, log });
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Streams whose group is there. */
  const joined = new Set<string>();
  let lastLookMs = 0;

  async function join(stream: string): Promise<void> {
    if (joined.has(stream)) return;
    try {
      await client.xgroup("CREATE", stream, group, "0", "MKSTREAM");
    } catch (error) {
      if (!(error as Error).message.startsWith("BUSYGROUP")) throw error;
    }
    joined.add(stream);
  }

  async function obey(subgraph: string, stream: string, entries: readonly Entry[]): Promise<void> {
    await Promise.all(
      entries.map(async (entry) => {
        const done = await invalidator.fromSubgraph(subgraph, requestedBy(entry));
        if (done?.kind === "unrecorded") return;
        await client.xack(stream, group, entry[0]);
      }),
    );
  }

  async function takeOver(streams: ReadonlyMap<string, string>): Promise<void> {
    if (Date.now() - lastLookMs < abandonedAfterMs) return;
    lastLookMs = Date.now();
    for (const [stream, subgraph] of streams) {
      const claim = ["0", "COUNT", entriesAtOnce] as const;
      const reply = await client.xautoclaim(stream, group, group, abandonedAfterMs, ...claim);
      await obey(subgraph, stream, (reply as [string, Entry[]])[1]);
    }
  }

  async function read(streams: ReadonlyMap<string, string>) {
    const ids = [...streams.keys()].map(() => ">");
    const late = AbortSignal.timeout(waitMs + patienceMs);
    late.addEventListener("abort", renew);
    try {
      return (await client.xreadgroup(
        ...(["GROUP", group, group, "COUNT", entriesAtOnce, "BLOCK", waitMs] as const),
        ...(["STREAMS", ...streams.keys(), ...ids] as const),
      )) as readonly (readonly [stream: string, entries: readonly Entry[]])[] | null;
    } finally {
      late.removeEventListener("abort", renew);
    }
  }

  async function followOnce(): Promise<void> {
    const streams = new Map(
      subgraphs().map((subgraph) => [invalidationStream(namespace, subgraph), subgraph]),
    );
    if (streams.size === 0) return sleep(waitMs, undefined, { signal });
    await Promise.all([...streams.keys()].map(join));
    await takeOver(streams);
    for (const [stream, entries] of (await read(streams)) ?? [])
      await obey(streams.get(stream) ?? "", stream, entries);
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        await followOnce();
      } catch (error) {
        if (signal.aborted) return;
        // Redis may have lost the groups with everything else.
        joined.clear();
        log.debug({ err: error }, "the subgraphs' invalidations cannot be followed at the moment");
        await sleep(pauseAfterErrorMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  const following = follow();
  return {
    async stop() {
      stopping.abort();
      await close();
      await following;
    },
  };
}
