/** Writes a new subgraph into a folder of its own: the template's files with its names filled in. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromRoot } from "../../platform/root.ts";
import { packKit, readManifest } from "./kit-package.ts";
import type { Names } from "./names.ts";

export type WriteOptions = {
  readonly names: Names;
  /** Absolute; made when it is not there. */
  readonly folder: string;
  /** What the local city signs with for it, base64url. */
  readonly key: string;
};

const suffix = ".template";

/** @throws Error for a placeholder that has no value: a mistake in the template. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template asks for "${name}".`);
    return value;
  });
}

/** Names that npm or git would act upon if they stood in the template as they are. */
const hidden: Readonly<Record<string, string>> = { gitignore: ".gitignore", env: ".env" };

/** @returns the files' names, relative to the folder. @throws when the folder holds one of them already. */
export async function writeSubgraph(options: WriteOptions): Promise<readonly string[]> {
  const { names, folder, key } = options;
  const { dependencies, devDependencies } = await readManifest();
  const versions = Object.entries({ ...dependencies, ...devDependencies }).map(
    ([name, version]) => [`version:${name}`, version] as const,
  );
  const values = { ...names, key, ...Object.fromEntries(versions) };
  const template = fromRoot("tools/new-subgraph/template");
  const files: string[] = [];
  for (const source of await readdir(template, { recursive: true })) {
    if (!source.endsWith(suffix)) continue;
    const filled = fillIn(source.slice(0, -suffix.length), values);
    const name = hidden[filled] ?? filled;
    const text = fillIn(await readFile(join(template, source), "utf8"), values);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text, {
      flag: "wx",
      mode: name === ".env" ? 0o600 : 0o644,
    });
    files.push(name);
  }
  const kit = join("vendor", "city-graph-kit.tgz");
  await mkdir(join(folder, "vendor"), { recursive: true });
  await packKit(join(folder, kit));
  return [...files, kit].toSorted();
}
