/** Reads rover.yaml, the only list of subgraphs, in the format of `rover supergraph compose`. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

export class RoverError extends Error {
  override readonly name = "RoverError";
}

export type RoverSubgraph = {
  readonly name: string;
  /** Where the gateway reaches it; the schema's own URL when it is left out. */
  readonly routingUrl: string;
  /** `file` is relative to rover.yaml; `subgraph_url` is asked for its SDL. */
  readonly schema: { readonly file: string } | { readonly subgraph_url: string };
};

export type Rover = {
  readonly federationVersion: string | undefined;
  readonly subgraphs: readonly RoverSubgraph[];
};

const url = z.url({ protocol: /^(https?|unix)$/, error: "must be an http(s) URL" });

const nameProblem = "is no subgraph name: use letters, digits, - and _, a letter first";

const entrySchema = z
  .object({
    routing_url: url.optional(),
    schema: z.union([z.object({ file: z.string().min(1) }), z.object({ subgraph_url: url })], {
      error: "must have `file` or `subgraph_url`",
    }),
  })
  .refine((entry) => entry.routing_url !== undefined || "subgraph_url" in entry.schema, {
    error: "needs a `routing_url`",
  });

const schema = z.object({
  federation_version: z.union([z.string(), z.number()]).transform(String).optional(),
  subgraphs: z
    .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/), entrySchema, {
      error: ({ code }) => (code === "invalid_key" ? nameProblem : "must list subgraphs by name"),
    })
    .refine((subgraphs) => Object.keys(subgraphs).length > 0, {
      error: "must list at least one subgraph",
    }),
});

/** @throws RoverError that names the file and every problem in it. */
export async function readRover(path: string): Promise<Rover> {
  let document: unknown;
  try {
    document = parse(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RoverError(`Cannot read "${path}": ${reason}`, { cause: error });
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join(".") || "the file"}: ${issue.message}`,
    );
    throw new RoverError(`"${path}" is no rover configuration:\n${problems.join("\n")}`);
  }
  const { federation_version: federationVersion, subgraphs } = parsed.data;
  return {
    federationVersion,
    subgraphs: Object.entries(subgraphs).map(([name, entry]) => ({
      name,
      routingUrl:
        entry.routing_url ?? ("subgraph_url" in entry.schema ? entry.schema.subgraph_url : ""),
      schema: entry.schema,
    })),
  };
}
