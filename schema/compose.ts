/**
 * Composes the supergraph of a rover.yaml with Apollo's composition library, at the gateway's own
 * version. Every problem becomes an entry that names the subgraph and the place in its SDL.
 */
import { composeServices } from "@apollo/composition";
import { type CompositionProblem, toProblem } from "./problem.ts";
import { readRover } from "./rover.ts";
import { readSdl } from "./sdl.ts";

export type Composition =
  | { readonly kind: "composed"; readonly supergraphSdl: string; readonly hints: readonly string[] }
  | { readonly kind: "failed"; readonly errors: readonly CompositionProblem[] };

/** @throws RoverError when rover.yaml itself cannot be used. */
export async function composeRover(path: string): Promise<Composition> {
  const { subgraphs } = await readRover(path);
  const read = await Promise.all(subgraphs.map((subgraph) => readSdl(path, subgraph)));
  const unreadable = read.flatMap((result) => (result.ok ? [] : [result.problem]));
  if (unreadable.length > 0) return { kind: "failed", errors: unreadable };
  const services = subgraphs.flatMap(({ name, routingUrl: url }, index) => {
    const result = read[index];
    return result?.ok ? [{ name, url, typeDefs: result.document }] : [];
  });
  const { supergraphSdl, errors, hints = [] } = composeServices(services);
  if (supergraphSdl) {
    return { kind: "composed", supergraphSdl, hints: hints.map((hint) => hint.toString()) };
  }
  const names = subgraphs.map(({ name }) => name);
  return { kind: "failed", errors: (errors ?? []).map((error) => toProblem(error, names)) };
}
