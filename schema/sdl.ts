/**
 * The SDL of one subgraph, from the file or the running subgraph that rover.yaml names.
 * What goes wrong is returned, not thrown, so that all subgraphs' problems are told at once.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type DocumentNode, GraphQLError, parse, Source } from "graphql";
import type { CompositionProblem } from "./problem.ts";
import type { RoverSubgraph } from "./rover.ts";

export type SdlRead =
  | { readonly ok: true; readonly document: DocumentNode }
  | { readonly ok: false; readonly problem: CompositionProblem };

const answerTimeoutMs = 10_000;

/** @throws Error that says what there was instead. */
export async function askForSdl(url: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const text = await response.text();
  try {
    const sdl = (JSON.parse(text) as { data?: { _service?: { sdl?: unknown } } }).data?._service
      ?.sdl;
    if (typeof sdl === "string") return sdl;
  } catch {
    // Told below, with the status, which says more than a JSON parser can.
  }
  throw new Error(`it does not answer { _service { sdl } } (HTTP status ${response.status})`);
}

/** `fetch failed` hides the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** @param rover Path of the rover.yaml; files are relative to it. */
export async function readSdl(rover: string, subgraph: RoverSubgraph): Promise<SdlRead> {
  const { name, schema } = subgraph;
  const where = "file" in schema ? resolve(dirname(rover), schema.file) : schema.subgraph_url;
  let sdl: string;
  try {
    sdl = "file" in schema ? await readFile(where, "utf8") : await askForSdl(where);
  } catch (error) {
    const message = `[${name}] ${where}: ${reasonOf(error)}`;
    return {
      ok: false,
      problem: { code: "SDL_UNREADABLE", message, subgraphs: [name], locations: [] },
    };
  }
  try {
    return { ok: true, document: parse(new Source(sdl, where)) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    const message = `[${name}] ${where}:${line}:${column}: ${error.message}`;
    const locations = [{ subgraph: name, line, column }];
    return {
      ok: false,
      problem: { code: "SDL_SYNTAX_ERROR", message, subgraphs: [name], locations },
    };
  }
}
