/**
 * At most so many calls to one subgraph at a time, so many more waiting, and none waiting long: a slow
 * subgraph then holds its own share of sockets and memory, and never that of the others. The pattern
 * is the bulkhead of Nygard's "Release It!".
 */
import { performance } from "node:perf_hooks";
import type { Clock } from "../../platform/clock.ts";
import { overloaded, tooLate } from "./failure.ts";
import type { FetchObserver } from "./observer.ts";
import type { SubgraphWrapper } from "./subgraph-fetch.ts";

export type BulkheadOptions = {
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  readonly queueTimeoutMs: number;
};

type Deps = { readonly subgraph: string; readonly clock: Clock; readonly observe: FetchObserver };

/** @throws SubgraphFailure SUBGRAPH_OVERLOADED when there is no slot in time. */
export function createBulkhead(options: BulkheadOptions, deps: Deps): SubgraphWrapper {
  const { maxConcurrent, maxQueued, queueTimeoutMs } = options;
  const { subgraph, clock, observe } = deps;
  let running = 0;
  /** In the order of arrival. Each is called when a slot has become its own. */
  const waiting = new Set<() => void>();

  function release(): void {
    for (const enter of waiting) {
      waiting.delete(enter);
      return enter();
    }
    running -= 1;
  }

  function waitForSlot(signal: AbortSignal, deadlineMs: number): Promise<void> {
    const startMs = performance.now();
    const remainingMs = deadlineMs - clock();
    const patienceMs = Math.max(0, Math.min(queueTimeoutMs, remainingMs));
    return new Promise((resolve, reject) => {
      function settle(): void {
        waiting.delete(enter);
        clearTimeout(timer);
        signal.removeEventListener("abort", leave);
      }
      function enter(): void {
        settle();
        observe({ type: "queued", subgraph, waitedMs: performance.now() - startMs });
        resolve();
      }
      function leave(): void {
        settle();
        reject(tooLate(subgraph));
      }
      const timer = setTimeout(() => {
        if (remainingMs <= queueTimeoutMs) return leave();
        settle();
        observe({ type: "overloaded", subgraph });
        reject(overloaded(subgraph));
      }, patienceMs);
      waiting.add(enter);
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }

  return (send) => {
    const run: typeof send = (call, context) => {
      const sent = send(call, context);
      sent.then(release, release);
      return sent;
    };
    return (call, context) => {
      if (running < maxConcurrent) {
        running += 1;
        return run(call, context);
      }
      if (waiting.size >= maxQueued) {
        observe({ type: "overloaded", subgraph });
        return Promise.reject(overloaded(subgraph));
      }
      return waitForSlot(context.signal, context.deadlineMs).then(() => run(call, context));
    };
  };
}
