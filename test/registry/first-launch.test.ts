/** The commands of docs/registry.md, run as they stand there, against a registry of its own. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { viewGraph } from "../../registry/graph-view.ts";
import { gatewayKey, operatorKey, startRegistry } from "../support/registry.ts";
import { tempFolder } from "../support/temp-folder.ts";

it("takes the city's four subgraphs in, each of an agency of its own, as docs/registry.md tells it", async () => {
  await using registry = await startRegistry();
  await using folder = await tempFolder();
  const page = await readFile(fromRoot("docs/registry.md"), "utf8");
  const [, commands = ""] = /## The first launch[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? [];
  const script = [
    "set -e",
    `operator="authorization: Bearer ${operatorKey}"`,
    commands
      .replaceAll("http://127.0.0.1:4100", registry.url)
      .replaceAll("@schema/", `@${fromRoot("schema")}/`),
  ].join("\n");
  const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: folder.file(".") });
  expect(stdout).not.toMatch(/"code"\s*:\s*"(?!LIST_NOT_PAGED)/);

  const { body } = await registry.ask("GET /supergraph?variant=public", { as: gatewayKey });
  const { apiSchema } = viewGraph(body);
  for (const type of ["Service", "Payment", "Facility", "Dataset"])
    expect(apiSchema.getType(type)).toBeDefined();
  const { body: listed } = await registry.ask("GET /launches?variant=current");
  const by = listed.launches.map((one: { launchedBy: string }) => one.launchedBy);
  expect(new Set(by).size).toBe(4);
}, 60_000);
