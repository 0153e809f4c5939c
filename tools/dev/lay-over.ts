/**
 * A supergraph with layers over it: the subgraphs of a rover.yaml, and others in their place or beside
 * them. Each look reads all SDL again; when something changed, it is composed anew, and written where a
 * gateway watches it. What does not compose is told in plain words, and the last good one stays.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { composeRover } from "../../schema/compose.ts";
import { readRover } from "../../schema/rover.ts";

export type Layer = {
  readonly name: string;
  readonly url: string;
  /** @throws when it is not to be had at this moment. */
  readonly readSdl: () => Promise<string>;
  /** Called before a supergraph with this SDL goes live. @throws when it cannot be served. */
  readonly serve?: (sdl: string) => void;
};

export type LayOverOptions = {
  /** Path of the rover.yaml that is laid over. */
  readonly rover: string;
  /** Where SDL and supergraph are written. */
  readonly folder: string;
  readonly layers: readonly Layer[];
  readonly say: (line: string) => void;
};

export type LaidOver = {
  /** What the gateway watches. */
  readonly supergraph: string;
  /** Reads, composes and writes if something changed. Never throws because of an SDL. */
  readonly look: () => Promise<void>;
};

type Part = { readonly name: string; readonly url: string; readonly sdl: string };

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || message : message;
};

/** Renamed into place: who reads it sees the old one or the new one, whole. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** @throws RoverError when rover.yaml cannot be used. */
export async function layOver(options: LayOverOptions): Promise<LaidOver> {
  const { rover, folder, layers, say } = options;
  await mkdir(folder, { recursive: true });
  const supergraph = join(folder, "supergraph.graphql");
  const { subgraphs } = await readRover(rover);
  const under = subgraphs.filter(({ name }) => !layers.some((layer) => layer.name === name));
  /** The last SDL of each layer, for while it is being restarted. */
  const last = new Map<string, string>();
  const silent = new Set<string>();
  let seen: string | undefined;
  let hasComposed = false;

  async function readLayer({ name, url, readSdl }: Layer): Promise<Part[]> {
    try {
      const sdl = await readSdl();
      if (silent.delete(name)) say(`"${name}" answers.`);
      last.set(name, sdl);
      return [{ name, url, sdl }];
    } catch (error) {
      const sdl = last.get(name);
      const meanwhile = sdl === undefined ? "without it" : "with its last SDL";
      if (!silent.has(name)) {
        say(
          `The SDL of "${name}" is not to be had (${reasonOf(error)}): the graph goes on ${meanwhile}.`,
        );
      }
      silent.add(name);
      return sdl === undefined ? [] : [{ name, url, sdl }];
    }
  }

  async function readUnder(): Promise<Part[]> {
    const parts = under.map(async ({ name, routingUrl: url, schema }): Promise<Part[]> => {
      if (!("file" in schema)) return [];
      const sdl = await readFile(resolve(dirname(rover), schema.file), "utf8");
      return [{ name, url, sdl }];
    });
    return (await Promise.all(parts)).flat();
  }

  async function compose(parts: readonly Part[]) {
    const entries = parts.map(async ({ name, url, sdl }) => {
      await writeFile(join(folder, `${name}.graphql`), sdl);
      return [name, { routing_url: url, schema: { file: `${name}.graphql` } }] as const;
    });
    const listed = Object.fromEntries(await Promise.all(entries));
    const file = join(folder, "rover.yaml");
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ subgraphs: listed }, null, 2));
    return composeRover(file);
  }

  /** @returns problems in plain words; none when it was taken up. */
  async function takeUp(parts: readonly Part[]): Promise<readonly string[]> {
    const composition = await compose(parts);
    if (composition.kind === "failed") return composition.errors.map(({ message }) => message);
    for (const { name, serve } of layers) {
      const sdl = parts.find((part) => part.name === name)?.sdl;
      if (sdl === undefined || !serve) continue;
      try {
        serve(sdl);
      } catch (error) {
        return [`[${name}] ${reasonOf(error)}`];
      }
    }
    await replace(supergraph, composition.supergraphSdl);
    return [];
  }

  return {
    supergraph,
    async look() {
      const own = await readUnder();
      const laid = (await Promise.all(layers.map(readLayer))).flat();
      const parts = [...own, ...laid];
      const now = JSON.stringify(parts);
      if (now === seen) return;
      seen = now;
      const problems = await takeUp(parts);
      if (problems.length === 0) {
        const names = laid.map(({ name }) => name).join(", ");
        say(`The graph has ${names ? `${names} laid over it` : "nothing laid over it"} now.`);
        hasComposed = true;
        return;
      }
      say(
        `This does not compose, and the last graph that did goes on:\n${problems.map((one) => `  ${one}`).join("\n")}`,
      );
      if (hasComposed) return;
      // The gateway has to begin with something.
      const base = await takeUp(own);
      if (base.length > 0) say(`Nor does what it is laid over:\n${base.join("\n")}`);
      hasComposed = base.length === 0;
    },
  };
}
