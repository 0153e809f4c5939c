/**
 * Composes the supergraph of a rover.yaml with Apollo's composition library, at the gateway's own
 * version. Every problem becomes an entry that names the subgraph and the place in its SDL.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { composeServices } from "@apollo/composition";
import { type DocumentNode, GraphQLError, parse, Source } from "graphql";
import { readRover, type RoverSubgraph } from "./rover.ts";

export type CompositionProblem = {
  /** With the subgraph, and the line and column in its SDL where they are known. */
  readonly message: string;
  /** Apollo's code, for example FIELD_TYPE_MISMATCH; SDL_UNREADABLE and SDL_SYNTAX_ERROR are ours. */
  readonly code: string;
};

export type Composition =
  | { readonly kind: "composed"; readonly supergraphSdl: string; readonly hints: readonly string[] }
  | { readonly kind: "failed"; readonly errors: readonly CompositionProblem[] };

class SdlError extends Error {
  readonly problem: CompositionProblem;
  constructor(problem: CompositionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

async function askForSdl(subgraph: string, url: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as { data?: { _service?: { sdl?: string } } };
  const sdl = answer.data?._service?.sdl;
  if (sdl === undefined) throw new Error(`"${subgraph}" does not answer { _service { sdl } }`);
  return sdl;
}

async function readSdl(rover: string, { name, schema }: RoverSubgraph): Promise<DocumentNode> {
  const where = "file" in schema ? resolve(dirname(rover), schema.file) : schema.subgraph_url;
  let sdl: string;
  try {
    sdl = "file" in schema ? await readFile(where, "utf8") : await askForSdl(name, where);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SdlError({ code: "SDL_UNREADABLE", message: `[${name}] ${where}: ${reason}` });
  }
  try {
    return parse(new Source(sdl, where));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    const message = `[${name}] ${where}:${line}:${column}: ${error.message}`;
    throw new SdlError({ code: "SDL_SYNTAX_ERROR", message });
  }
}

/** `[payments] …` with the places that the error points at. */
function toProblem(error: GraphQLError): CompositionProblem {
  const places = (error.nodes ?? []).flatMap((node) => {
    const subgraph = (node as { subgraph?: string }).subgraph;
    const { loc } = node;
    if (!loc) return [];
    return [`${subgraph ?? loc.source.name}:${loc.startToken.line}:${loc.startToken.column}`];
  });
  const at = places.length > 0 ? ` (at ${[...new Set(places)].join(", ")})` : "";
  const { code } = error.extensions;
  return {
    code: typeof code === "string" ? code : "COMPOSITION_FAILED",
    message: `${error.message}${at}`,
  };
}

/** @throws RoverError when rover.yaml itself cannot be used. */
export async function composeRover(path: string): Promise<Composition> {
  const { subgraphs } = await readRover(path);
  const read = await Promise.allSettled(
    subgraphs.map(async (subgraph) => ({
      name: subgraph.name,
      url: subgraph.routingUrl,
      typeDefs: await readSdl(path, subgraph),
    })),
  );
  const failed = read
    .filter((result) => result.status === "rejected")
    .map(({ reason }) => reason as unknown);
  const foreign = failed.find((reason) => !(reason instanceof SdlError));
  if (foreign !== undefined) throw foreign;
  if (failed.length > 0) {
    return { kind: "failed", errors: failed.map((reason) => (reason as SdlError).problem) };
  }
  const services = read.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const { supergraphSdl, errors, hints = [] } = composeServices(services);
  if (!supergraphSdl) return { kind: "failed", errors: (errors ?? []).map(toProblem) };
  return { kind: "composed", supergraphSdl, hints: hints.map((hint) => hint.toString()) };
}
