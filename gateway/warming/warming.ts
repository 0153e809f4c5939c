/**
 * Asks the most used operations of the gateway itself, so that the first visitor after a new supergraph,
 * or of a new process, finds plans made and answers cached. What is most used is shared by the store.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Log } from "../../platform/log.ts";
import type { Store } from "../cache/store.ts";
import type { RequestContext } from "../context.ts";
import type { ExecuteRequest } from "../http/graphql-request.ts";
import type { MostUsed, UsedOperation } from "./most-used.ts";

export type Warmed = {
  readonly operations: number;
  /** Refused, or answered with errors: under a new supergraph an old operation may be wrong. */
  readonly failed: number;
  readonly durationMs: number;
};

export type Warming = {
  /** Whether it is a request of ours: no visitor's use. */
  readonly isOwn: (context: RequestContext) => boolean;
  /** @param limit Of operations, 1 to 1,000. Runs one after the other when called twice. */
  readonly warm: (limit: number) => Promise<Warmed>;
  readonly stop: () => Promise<void>;
};

export type WarmingDeps = {
  readonly mostUsed: MostUsed;
  readonly execute: ExecuteRequest;
  readonly store: Store;
  readonly clock: () => number;
  readonly log: Log;
  readonly newRequestId: () => string;
};

export type WarmingOptions = {
  /** What one operation may take. */
  readonly timeoutMs: number;
  /** How often the store learns what is most used. Default 60,000. */
  readonly shareEveryMs?: number;
};

const storeKey = "most-used-operations";
const storeTtlSeconds = 7 * 24 * 60 * 60;
const mostShared = 200;
/** Visitors go first. */
const atOnce = 4;

const sharedOperations = z.array(
  z.object({
    query: z.string(),
    operationName: z.string().optional(),
    variables: z.record(z.string(), z.unknown()).optional(),
    weight: z.number(),
  }),
);

export function createWarming(deps: WarmingDeps, options: WarmingOptions): Warming {
  const { mostUsed, execute, store, clock, log, newRequestId } = deps;
  const { timeoutMs, shareEveryMs = 60_000 } = options;
  const own = new WeakSet<RequestContext>();
  const stopping = new AbortController();
  const { signal: stopped } = stopping;

  async function readShared(): Promise<void> {
    const text = await store.get(storeKey);
    if (text === undefined) return;
    try {
      mostUsed.merge(sharedOperations.parse(JSON.parse(text)) as UsedOperation[]);
    } catch (error) {
      log.warn({ err: error }, "the shared list of most used operations cannot be read");
    }
  }

  /** Others may do so at the same time: what is lost then is told again a minute later. */
  async function share(): Promise<void> {
    await readShared();
    const top = mostUsed.top(mostShared);
    if (top.length > 0) await store.set(storeKey, JSON.stringify(top), storeTtlSeconds);
  }

  async function shareForEver(): Promise<void> {
    while (!stopped.aborted) {
      await sleep(shareEveryMs, undefined, { signal: stopped, ref: false }).catch(() => {});
      if (!stopped.aborted) await share();
    }
  }

  /** @returns whether it was answered without an error. */
  async function ask({ query, operationName, variables }: UsedOperation): Promise<boolean> {
    const context: RequestContext = {
      requestId: newRequestId(),
      clientName: "city-graph-warming",
      clientVersion: "unknown",
      principal: undefined,
      deadlineMs: clock() + timeoutMs,
      signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
      log,
    };
    own.add(context);
    const request = {
      query,
      ...(operationName === undefined ? {} : { operationName }),
      ...(variables === undefined ? {} : { variables }),
    };
    const http = { method: "GET" } as const;
    try {
      const { outcome } = await execute(request, context, http);
      // Once for plan and parts, once more for the whole answer, which is made of known operations only.
      if (outcome === "ok") await execute(request, context, http);
      return outcome === "ok";
    } catch {
      return false;
    }
  }

  async function run(limit: number): Promise<Warmed> {
    const startMs = clock();
    await readShared();
    const operations = mostUsed.top(limit);
    let next = 0;
    let failed = 0;
    async function work(): Promise<void> {
      while (next < operations.length && !stopped.aborted) {
        const operation = operations[next] as UsedOperation;
        next += 1;
        if (!(await ask(operation))) failed += 1;
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work));
    return { operations: operations.length, failed, durationMs: clock() - startMs };
  }

  let running: Promise<unknown> = Promise.resolve();
  const sharing = shareForEver();
  return {
    isOwn: (context) => own.has(context),
    async warm(limit) {
      const after = running.then(() => run(limit));
      running = after;
      const warmed = await after;
      log.info(warmed, "most used operations warmed");
      return warmed;
    },
    async stop() {
      stopping.abort();
      await Promise.all([running, sharing]);
      // Whoever starts in our place begins with what we know.
      await share();
    },
  };
}
