/** A folder that is gone at the end of the test: `await using folder = await tempFolder({ "a/b.txt": "…" })`. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type TempFolder = AsyncDisposable & {
  readonly path: string;
  readonly file: (name: string) => string;
};

/** @param files Text by path in the folder. */
export async function tempFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), "city-graph-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
