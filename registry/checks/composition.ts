/**
 * The first check: do the subgraphs compose? Apollo's composition says it, and every problem names the
 * subgraph, and the line and column of its SDL. Out: the supergraph, or the problems.
 */
import { composeSubgraphs } from "../../schema/compose.ts";
import type { Member } from "../launches.ts";
import { parseSdl } from "./parse.ts";
import type { Problem } from "./problem.ts";

export type CompositionResult =
  | { readonly kind: "composed"; readonly supergraph: string; readonly hints: readonly string[] }
  | { readonly kind: "failed"; readonly problems: readonly Problem[] };

export function checkComposition(members: readonly Member[]): CompositionResult {
  const parsed = members.map(({ subgraph, sdl }) => parseSdl(subgraph, sdl));
  const unreadable = parsed.flatMap((result) => (result.ok ? [] : [result.problem]));
  if (unreadable.length > 0) return { kind: "failed", problems: unreadable };
  const composition = composeSubgraphs(
    members.flatMap(({ subgraph: name, routingUrl }, index) => {
      const result = parsed[index];
      return result?.ok ? [{ name, routingUrl, document: result.document }] : [];
    }),
  );
  if (composition.kind === "composed")
    return {
      kind: "composed",
      supergraph: `${composition.supergraphSdl}\n`,
      hints: composition.hints,
    };
  const problems = composition.errors.map(({ code, message, subgraphs }) => ({
    check: "composition" as const,
    code,
    subgraphs,
    message,
  }));
  return { kind: "failed", problems };
}
