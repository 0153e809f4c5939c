/**
 * The metrics of a gateway of several processes are those of all of them together, whichever is asked: it
 * asks the primary process, which collects and sums (prom-client's AggregatorRegistry).
 */
import type { Worker } from "node:cluster";
import { AggregatorRegistry, type PrometheusContentType, type Registry } from "prom-client";

type Question = { readonly kind: "city-graph:metrics?"; readonly id: number };
type Answer = { readonly kind: "city-graph:metrics"; readonly id: number; readonly text?: string };

const isOf = <T extends { readonly kind: string }>(
  message: unknown,
  kind: T["kind"],
): message is T => (message as Partial<T> | null)?.kind === kind;

/** In the primary: answers this worker when it asks. */
export function answerMetrics(
  worker: Worker,
  summed: AggregatorRegistry<PrometheusContentType>,
): void {
  worker.on("message", (message: unknown) => {
    if (!isOf<Question>(message, "city-graph:metrics?")) return;
    const { id } = message;
    const tell = (text?: string): void => {
      const answer: Answer = { kind: "city-graph:metrics", id, ...(text ? { text } : {}) };
      if (worker.isConnected()) worker.send(answer);
    };
    summed.clusterMetrics().then(tell, () => tell());
  });
}

/** In a worker: its own metrics count in the sum. @returns reads the sum; rejects when it cannot be made. */
export function joinMetrics(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry]);
  // Listens to the primary from now on.
  void new AggregatorRegistry();
  const waiting = new Map<number, PromiseWithResolvers<string>>();
  let asked = 0;
  process.on("message", (message: unknown) => {
    if (!isOf<Answer>(message, "city-graph:metrics")) return;
    const { id, text } = message;
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (text === undefined) waiter?.reject(new Error("The metrics of all processes did not come."));
    else waiter?.resolve(text);
  });
  return () => {
    const waiter = Promise.withResolvers<string>();
    asked += 1;
    waiting.set(asked, waiter);
    const question: Question = { kind: "city-graph:metrics?", id: asked };
    process.send?.(question);
    return waiter.promise;
  };
}
