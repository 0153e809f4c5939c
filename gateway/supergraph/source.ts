/**
 * Where a supergraph comes from: a composed file, or a rover.yaml that is composed here. Both are
 * files, watched by polling: editors and deployments replace files, which change events miss.
 */
import { readFile } from "node:fs/promises";
import { unwatchFile, watchFile } from "node:fs";
import { dirname, resolve } from "node:path";
import { composeRover } from "../../schema/compose.ts";
import { readRover } from "../../schema/rover.ts";
import { SupergraphError } from "./graph.ts";

export type SupergraphSource = {
  /** @throws SupergraphError when the file cannot be read or does not compose. */
  readonly load: () => Promise<string>;
  /** Calls back after any of its files changed. @returns how to stop. */
  readonly watch: (onChange: () => void) => () => void;
};

const pollIntervalMs = 500;

function watchFiles(files: readonly string[], onChange: () => void): () => void {
  const listener = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
    if (now.mtimeMs !== before.mtimeMs) onChange();
  };
  for (const file of files)
    watchFile(file, { interval: pollIntervalMs, persistent: false }, listener);
  return () => {
    for (const file of files) unwatchFile(file, listener);
  };
}

export function fileSource(path: string): SupergraphSource {
  return {
    async load() {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        throw new SupergraphError(`Cannot read the supergraph "${path}".`, { cause: error });
      }
    },
    watch: (onChange) => watchFiles([path], onChange),
  };
}

/** Composes on each load; watches the rover.yaml and every SDL file that it names. */
export function roverSource(path: string): SupergraphSource {
  return {
    async load() {
      const result = await composeRover(path);
      if (result.kind === "composed") return result.supergraphSdl;
      const reasons = result.errors.map(({ message }) => `  ${message}`).join("\n");
      throw new SupergraphError(`The subgraphs in "${path}" do not compose:\n${reasons}`);
    },
    watch(onChange) {
      let stop = watchFiles([path], onChange);
      void readRover(path).then(
        ({ subgraphs }) => {
          const files = subgraphs.flatMap(({ schema }) =>
            "file" in schema ? [resolve(dirname(path), schema.file)] : [],
          );
          stop();
          stop = watchFiles([path, ...files], onChange);
        },
        // An unreadable rover.yaml is told by `load`; once it is mended, its change calls back.
        () => {},
      );
      return () => stop();
    },
  };
}

export const sourceOf = (path: string): SupergraphSource =>
  /\.ya?ml$/.test(path) ? roverSource(path) : fileSource(path);
