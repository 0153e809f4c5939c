/** The subgraph's own time for a fetch as a whole: waiting for a slot and retries are within it. */
import type { Clock } from "../../platform/clock.ts";
import type { SubgraphWrapper } from "./subgraph-fetch.ts";

export function createTimeLimit(timeoutMs: number, clock: Clock): SubgraphWrapper {
  return (send) => (call, context) => {
    const deadlineMs = clock() + timeoutMs;
    return send(call, context.deadlineMs <= deadlineMs ? context : { ...context, deadlineMs });
  };
}
