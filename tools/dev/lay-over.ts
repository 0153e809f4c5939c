/**
 * A supergraph with layers over it: the subgraphs of a rover.yaml or a registry, and others in their place
 * or beside them. Each look reads all SDL again; when something changed, it is composed anew, and written where a
 * gateway watches it. What does not compose is told in plain words, and the last good one stays.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { composeRover } from "../../schema/compose.ts";
import type { Part } from "./part.ts";

export type Layer = Omit<Part, "sdl"> & {
  /** @throws when it is not to be had at this moment. */
  readonly readSdl: () => Promise<string>;
};

export type LayOverOptions = {
  /** What is laid over. What it throws at first, `look` throws; later the last one stays. */
  readonly under: () => Promise<readonly Part[]>;
  /** Where SDL and supergraph are written. */
  readonly folder: string;
  readonly layers: readonly Layer[];
  readonly say: (line: string) => void;
};

export type LaidOver = {
  /** A rover.yaml of what was composed last, written by the first look. */
  readonly rover: string;
  /** What the gateway watches. */
  readonly supergraph: string;
  /** Reads, composes and writes if something changed. Never throws because of an SDL. */
  readonly look: () => Promise<void>;
};

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || message : message;
};

/** Renamed into place: who reads it sees the old one or the new one, whole. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

export async function layOver(options: LayOverOptions): Promise<LaidOver> {
  const { under, folder, layers, say } = options;
  await mkdir(join(folder, "subgraphs"), { recursive: true });
  const supergraph = join(folder, "supergraph.graphql");
  const rover = join(folder, "rover.yaml");
  /** The last SDL of each layer, for while it is being restarted. */
  const last = new Map<string, string>();
  const silent = new Set<string>();
  let own: readonly Part[] | undefined;
  let isUnderAway = false;
  let seen: string | undefined;
  let hasComposed = false;

  async function readUnder(): Promise<readonly Part[]> {
    const isLayer = (part: Part) => layers.some(({ name }) => name === part.name);
    try {
      own = (await under()).filter((part) => !isLayer(part));
      isUnderAway = false;
    } catch (error) {
      if (own === undefined) throw error;
      if (!isUnderAway) say(`${reasonOf(error)}\nThe graph goes on with what it had.`);
      isUnderAway = true;
    }
    return own;
  }

  async function readLayer({ readSdl, ...layer }: Layer): Promise<Part[]> {
    const { name } = layer;
    try {
      const sdl = await readSdl();
      if (silent.delete(name)) say(`"${name}" answers.`);
      last.set(name, sdl);
      return [{ ...layer, sdl }];
    } catch (error) {
      const sdl = last.get(name);
      const meanwhile = sdl === undefined ? "without it" : "with its last SDL";
      if (!silent.has(name)) {
        say(
          `The SDL of "${name}" is not to be had (${reasonOf(error)}): the graph goes on ${meanwhile}.`,
        );
      }
      silent.add(name);
      return sdl === undefined ? [] : [{ ...layer, sdl }];
    }
  }

  async function compose(parts: readonly Part[]) {
    const entries = parts.map(async ({ name, url, sdl }) => {
      const file = `subgraphs/${name}.graphql`;
      await writeFile(join(folder, file), sdl);
      return [name, { routing_url: url, schema: { file } }] as const;
    });
    const listed = Object.fromEntries(await Promise.all(entries));
    // JSON is YAML.
    await replace(rover, JSON.stringify({ subgraphs: listed }, null, 2));
    return composeRover(rover);
  }

  /** @returns problems in plain words; none when it was taken up. */
  async function takeUp(parts: readonly Part[]): Promise<readonly string[]> {
    const composition = await compose(parts);
    if (composition.kind === "failed") return composition.errors.map(({ message }) => message);
    for (const { name, sdl, serve } of parts) {
      try {
        serve?.(sdl);
      } catch (error) {
        return [`[${name}] ${reasonOf(error)}`];
      }
    }
    await replace(supergraph, composition.supergraphSdl);
    return [];
  }

  return {
    supergraph,
    rover,
    async look() {
      const base = await readUnder();
      const laid = (await Promise.all(layers.map(readLayer))).flat();
      const parts = [...base, ...laid];
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
      const ofBase = await takeUp(base);
      if (ofBase.length > 0) say(`Nor does what it is laid over:\n${ofBase.join("\n")}`);
      hasComposed = ofBase.length === 0;
    },
  };
}
