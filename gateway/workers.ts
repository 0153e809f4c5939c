/**
 * One gateway on several cores: processes that share a port, each a whole gateway (node:cluster). They share
 * nothing but Redis. The first proves that the configuration works before the others start; one that dies
 * is replaced; all end together.
 */
import cluster, { type Worker } from "node:cluster";
import { setTimeout as sleep } from "node:timers/promises";
import { AggregatorRegistry, type PrometheusContentType } from "prom-client";
import type { Log } from "../platform/log.ts";
import type { RunningGateway } from "./server.ts";
import { answerMetrics } from "./telemetry/worker-metrics.ts";

/** The first process ended before it was ready: it has said why. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
}

type Ready = { readonly kind: "city-graph:ready"; readonly url: string };

const isReady = (message: unknown): message is Ready =>
  (message as Partial<Ready> | null)?.kind === "city-graph:ready";

/** Waited before the first restart, then doubled; one that lived long enough starts again at the first. */
const firstBackoffMs = 100;
const longestBackoffMs = 10_000;
const steadyMs = 60_000;

/** Said by a worker when it answers. */
export function tellReady(url: string): void {
  const message: Ready = { kind: "city-graph:ready", url };
  process.send?.(message);
}

function startWorker(summed: AggregatorRegistry<PrometheusContentType>) {
  const worker = cluster.fork();
  answerMetrics(worker, summed);
  const ended = new Promise<string>((resolve) =>
    worker.once("exit", (code, signal) => resolve(signal ? `by ${signal}` : `with code ${code}`)),
  );
  const ready = new Promise<string>((resolve, reject) => {
    worker.on("message", (message: unknown) => {
      if (isReady(message)) resolve(message.url);
    });
    void ended.then((how) => reject(new WorkerError(`A gateway process ended ${how}.`)));
  });
  // Whoever waits for it learns of it.
  ready.catch(() => {});
  return { worker, ready, ended, startedMs: Date.now() };
}

/** @throws WorkerError when the first one cannot start. */
export async function startWorkers(count: number, log: Log): Promise<RunningGateway> {
  const summed = new AggregatorRegistry<PrometheusContentType>();
  const alive = new Set<Worker>();
  const stopping = new AbortController();

  async function keepOne(first: ReturnType<typeof startWorker>): Promise<void> {
    let backoffMs = firstBackoffMs;
    for (let current = first; ; current = startWorker(summed)) {
      const { worker, ended, startedMs } = current;
      alive.add(worker);
      const how = await ended;
      alive.delete(worker);
      if (stopping.signal.aborted) return;
      if (Date.now() - startedMs > steadyMs) backoffMs = firstBackoffMs;
      const { pid } = worker.process;
      log.error(
        { worker: pid, backoffMs },
        `a gateway process ended ${how}; another one is started`,
      );
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
    }
  }

  const first = startWorker(summed);
  const url = await first.ready;
  const others = Array.from({ length: count - 1 }, () => startWorker(summed));
  const kept = [first, ...others].map(keepOne);
  // One that fails later than the first is started again, like one that dies.
  await Promise.allSettled(others.map(({ ready }) => ready));
  return {
    url,
    async stop() {
      stopping.abort();
      for (const { process: child } of alive) child.kill("SIGTERM");
      await Promise.all(kept);
    },
  };
}
