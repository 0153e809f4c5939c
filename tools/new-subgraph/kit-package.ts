/**
 * The kit as an npm package in one file, for subgraphs outside of this repository: what is compiled of
 * `platform`, `subgraphs/kit` and `conformance`, with its types, and a package.json that names the very
 * versions of libraries that are in use here. Nothing is published: the file is what is installed.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromRoot } from "../../platform/root.ts";

const run = promisify(execFile);

type Manifest = {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

export const readManifest = async (): Promise<Manifest> =>
  JSON.parse(await readFile(fromRoot("package.json"), "utf8")) as Manifest;

/** `kysely/migration` → `kysely`; undefined for Node's own modules and for files. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith("node:") || specifier.startsWith(".")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** What compiled files import. Types keep `.ts` in their imports, which would be looked for as sources. */
async function finish(dist: string): Promise<ReadonlySet<string>> {
  const imported = new Set<string>();
  for (const name of await readdir(dist, { recursive: true })) {
    if (!/\.(?:js|d\.ts)$/.test(name)) continue;
    const file = join(dist, name);
    const text = await readFile(file, "utf8");
    for (const [, specifier = ""] of text.matchAll(/\b(?:from|import)\s*\(?"([^"]+)"/g)) {
      const library = packageOf(specifier);
      if (library) imported.add(library);
    }
    if (name.endsWith(".d.ts")) {
      await writeFile(file, text.replace(/((?:from|import)\s*\(?"\.[^"]*)\.ts"/g, '$1.js"'));
    }
  }
  return imported;
}

/** @param file Where the package goes, `….tgz`. */
export async function packKit(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "city-graph-kit-"));
  try {
    const dist = join(folder, "dist");
    const project = fromRoot("tools/new-subgraph/tsconfig.kit.json");
    await run(fromRoot("node_modules/.bin/tsc"), ["-p", project, "--outDir", dist, "--noCheck"]);
    const imported = await finish(dist);
    const { version, dependencies } = await readManifest();
    const used = Object.entries(dependencies).filter(([name]) => imported.has(name));
    const entry = (path: string) => ({
      types: `./dist/${path}.d.ts`,
      default: `./dist/${path}.js`,
    });
    const manifest = {
      name: "@city-graph/kit",
      version,
      private: true,
      license: "UNLICENSED",
      type: "module",
      exports: { "./conformance/*": entry("conformance/*"), "./*": entry("subgraphs/kit/*") },
      dependencies: Object.fromEntries(used),
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
    const { stdout } = await run("npm", ["pack", "--silent"], { cwd: folder });
    await rename(join(folder, stdout.trim()), file).catch(async () => {
      // Another file system.
      await writeFile(file, await readFile(join(folder, stdout.trim())));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
