/** Counts mutations that have ended, for those who must not show what was before them. */
import type { SubgraphWrapper } from "./subgraph-fetch.ts";

/** One count for all subgraphs, so that it is shared, and only ever grows. */
export type Writes = { ended: number };

export function createCountWrites(writes: Writes): SubgraphWrapper {
  const ended = () => void (writes.ended += 1);
  return (send) => (call, context) => {
    const sent = send(call, context);
    // Whatever became of it: a mutation that failed may have happened.
    if (call.kind === "mutation") sent.then(ended, ended);
    return sent;
  };
}
