/**
 * A mutation's fetch. What the subgraph says that it has changed (`extensions.invalidation`, see
 * docs/caching.md) is obeyed before the client is answered: whoever reads after that sees the change.
 */
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { RootStep } from "../plan/program.ts";
import { type Asking, askSubgraph, isFailure } from "./ask-subgraph.ts";
import type { Failure } from "./failures.ts";

/** Told of what a subgraph asks to be invalidated, in whatever shape it sent that. */
export type Invalidate = (subgraph: string, requested: unknown) => Promise<unknown>;

export async function mutate(
  run: Asking & { readonly invalidate: Invalidate },
  { node, text }: RootStep,
): Promise<SubgraphResult | Failure> {
  const subgraph = node.serviceName;
  run.record.note(undefined);
  const result = await askSubgraph(run, subgraph, "mutation", text);
  const requested = isFailure(result) ? undefined : result.extensions?.["invalidation"];
  if (requested !== undefined) await run.invalidate(subgraph, requested);
  return result;
}
