/** The SDL of a member as a document, with its name in every place that an error tells. */
import { type DocumentNode, GraphQLError, parse, Source } from "graphql";
import type { Problem } from "./problem.ts";

export type Parsed =
  | { readonly ok: true; readonly document: DocumentNode }
  | { readonly ok: false; readonly problem: Problem };

export function parseSdl(subgraph: string, sdl: string): Parsed {
  try {
    return { ok: true, document: parse(new Source(sdl, subgraph)) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    const message = `[${subgraph}] ${line}:${column}: ${error.message} Mend the SDL there.`;
    const problem = {
      check: "composition",
      code: "SDL_SYNTAX_ERROR",
      subgraphs: [subgraph],
      message,
    } as const;
    return { ok: false, problem };
  }
}
