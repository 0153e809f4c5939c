/** How long answers take, against a budget: a screen waits for the slowest of all subgraphs. */
import { type Check, failed, passed } from "../check.ts";

const warmUps = 10;
const atOnce = 4;

/** Nearest rank. @param sorted ascending. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;

export const latency: Check = {
  name: "latency",
  rule: "Half of all answers, and 99 of 100, come within their budgets.",
  async run({ ask, askEntities, entities, probe, budget }) {
    const entity = entities.find(({ known }) => known.length > 0);
    const once = () => (entity ? askEntities(entity, entity.known) : ask(probe));
    for (let turn = 0; turn < warmUps; turn += 1) await once();
    const durations: number[] = [];
    const lane = async (): Promise<void> => {
      while (durations.length < budget.requests) {
        const { durationMs } = await once();
        durations.push(durationMs);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    const sorted = durations.toSorted((a, b) => a - b);
    const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
    const seen = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${sorted.length}, ${atOnce} at a time`;
    if (p50 <= budget.p50Ms && p99 <= budget.p99Ms) return passed(seen);
    return failed(
      `${seen}; the budget is ${budget.p50Ms} and ${budget.p99Ms} ms`,
      "Look whether a batch is one query to your database with an index; another budget is set by --p50-ms and --p99-ms.",
    );
  },
};
