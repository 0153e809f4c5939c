/** What keeps subgraphs from becoming a supergraph: one entry a problem, with whose SDL and where. */
import type { GraphQLError } from "graphql";

/** Line and column count from 1. */
export type SdlLocation = {
  readonly subgraph: string;
  readonly line: number;
  readonly column: number;
};

export type CompositionProblem = {
  /** With the subgraph, and the line and column in its SDL where they are known. */
  readonly message: string;
  /** Apollo's code, for example FIELD_TYPE_MISMATCH; SDL_UNREADABLE and SDL_SYNTAX_ERROR are ours. */
  readonly code: string;
  /** Whose SDL has to change, as far as it is known. */
  readonly subgraphs: readonly string[];
  readonly locations: readonly SdlLocation[];
};

const keyOf = ({ subgraph, line, column }: SdlLocation): string => `${subgraph}:${line}:${column}`;

/** An error of Apollo's composition → a problem. @param known Names of the subgraphs that were composed. */
export function toProblem(error: GraphQLError, known: readonly string[]): CompositionProblem {
  // An error within one subgraph begins with its name; its nodes carry none.
  const prefixed = /^\[([^\]]+)\]/.exec(error.message)?.[1];
  const owner = known.find((name) => name === prefixed);
  const found = (error.nodes ?? []).flatMap((node): SdlLocation[] => {
    const subgraph = (node as { subgraph?: string }).subgraph ?? owner;
    if (!node.loc || subgraph === undefined) return [];
    const { line, column } = node.loc.startToken;
    return [{ subgraph, line, column }];
  });
  const locations = [...new Map(found.map((place) => [keyOf(place), place])).values()];
  const at = locations.length > 0 ? ` (at ${locations.map(keyOf).join(", ")})` : "";
  const { code } = error.extensions;
  return {
    message: `${error.message}${at}`,
    code: typeof code === "string" ? code : "COMPOSITION_FAILED",
    subgraphs: [
      ...new Set([...locations.map(({ subgraph }) => subgraph), ...(owner ? [owner] : [])]),
    ],
    locations,
  };
}
