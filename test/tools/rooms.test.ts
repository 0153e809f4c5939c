/** Who may import whom, as docs/contributor.md has it: asked of the linter itself, with its own rules. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { tempFolder } from "../support/temp-folder.ts";

const allowed = [
  ["platform/log.ts", "./clock.ts"],
  ["subgraphs/kit/serve.ts", "./events.ts"],
  ["subgraphs/kit/serve.ts", "../../platform/log.ts"],
  ["subgraphs/parking/parking.ts", "./parking.store.ts"],
  ["subgraphs/parking/parking.ts", "./seed/zones.ts"],
  ["subgraphs/parking/parking.ts", "../kit/scalars.ts"],
  ["subgraphs/parking/parking.ts", "../../platform/clock.ts"],
  ["subgraphs/services/seed/seed.ts", "../tables.ts"],
  ["subgraphs/services/seed/seed.ts", "../../kit/scalars.ts"],
  ["subgraphs/services/seed/seed.ts", "../../../platform/root.ts"],
  ["gateway/server.ts", "./fetch/retry.ts"],
  ["gateway/supergraph/source.ts", "../../schema/compose.ts"],
  ["schema/print.ts", "../subgraphs/kit/schema.ts"],
  ["registry/http.ts", "./checks/run.ts"],
  ["registry/http.ts", "../platform/listen.ts"],
  ["registry/database.ts", "../subgraphs/kit/define-subgraph.ts"],
  ["registry/checks/run.ts", "../store.ts"],
  ["registry/checks/run.ts", "../contracts/document.ts"],
  ["registry/checks/run.ts", "../../platform/clock.ts"],
  ["registry/checks/run.ts", "../../schema/problem.ts"],
  ["conformance/run.ts", "../platform/http-signature.ts"],
  ["tools/registry.ts", "./registry/tell.ts"],
  ["tools/dev/mock.ts", "../../subgraphs/kit/events.ts"],
  ["test/registry/publish.test.ts", "../../registry/http.ts"],
] as const;

const refused = [
  ["platform/log.ts", "../registry/audit.ts"],
  ["platform/log.ts", "../gateway/context.ts"],
  ["subgraphs/kit/serve.ts", "../services/service.ts"],
  ["subgraphs/kit/serve.ts", "../libraries/library.ts"],
  ["subgraphs/kit/serve.ts", "../../registry/database.ts"],
  ["subgraphs/parking/parking.ts", "../services/service.ts"],
  ["subgraphs/services/service.ts", "../parking/parking.ts"],
  ["subgraphs/services/seed/seed.ts", "../../parking/parking.ts"],
  ["subgraphs/services/seed/seed.ts", "../../../registry/store.ts"],
  ["subgraphs/parking/parking.ts", "../../registry/store.ts"],
  ["subgraphs/parking/parking.ts", "../../gateway/context.ts"],
  ["gateway/server.ts", "../registry/http.ts"],
  ["gateway/supergraph/source.ts", "../../registry/contracts/hidden.ts"],
  ["gateway/supergraph/source.ts", "../../schema/print.ts"],
  ["gateway/server.ts", "../subgraphs/kit/serve.ts"],
  ["schema/print.ts", "../registry/checks/lint.ts"],
  ["schema/print.ts", "../gateway/context.ts"],
  ["registry/http.ts", "../gateway/context.ts"],
  ["registry/http.ts", "../schema/compose.ts"],
  ["registry/http.ts", "../subgraphs/kit/serve.ts"],
  ["registry/http.ts", "../subgraphs/parking/parking.ts"],
  ["registry/http.ts", "../conformance/run.ts"],
  ["registry/http.ts", "../tools/tool.ts"],
  ["registry/checks/run.ts", "../../gateway/context.ts"],
  ["registry/checks/run.ts", "../../subgraphs/kit/scalars.ts"],
  ["registry/checks/run.ts", "../../tools/tool.ts"],
  ["registry/checks/run.ts", "../../test/support/registry.ts"],
  ["conformance/run.ts", "../registry/http.ts"],
  ["tools/registry.ts", "../registry/http.ts"],
  ["tools/dev/mock.ts", "../../registry/http.ts"],
  ["tools/dev/mock.ts", "../../test/support/city.ts"],
] as const;

type Import = readonly [file: string, imported: string];
const shown = ([file, imported]: Import): string => `${file} imports ${imported}`;

/** The imports that the linter refuses. */
async function lint(imports: readonly Import[]): Promise<readonly string[]> {
  const texts: Record<string, string> = {};
  for (const [file, imported] of imports)
    texts[file] = `${texts[file] ?? ""}export * from "${imported}";\n`;
  const config = await readFile(fromRoot(".oxlintrc.json"), "utf8");
  await using folder = await tempFolder({ ".oxlintrc.json": config, ...texts });
  const args = ["--format", "unix", "."];
  const told = await new Promise<string>((resolve) => {
    // It ends with 1 when it refuses something.
    execFile(fromRoot("node_modules/.bin/oxlint"), args, { cwd: folder.path }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const refusal = /^([^:]+):\d+:\d+: '([^']+)' import is restricted/gm;
  return [...told.matchAll(refusal)].map(([, file = "", imported = ""]) => shown([file, imported]));
}

let found: readonly string[];
beforeAll(async () => {
  found = await lint([...allowed, ...refused]);
});

test.each(allowed.map(shown))("%s: that is its right", (one) => {
  expect(found).not.toContain(one);
});

test.each(refused.map(shown))("%s: that is refused", (one) => {
  expect(found).toContain(one);
});
