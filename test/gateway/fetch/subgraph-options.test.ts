import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { fromRoot } from "../../../platform/root.ts";
import {
  readSubgraphOptions,
  subgraphOptionsSchema,
} from "../../../gateway/fetch/subgraph-options.ts";

test("without a file every subgraph has the defaults", () => {
  const options = readSubgraphOptions("", { timeoutMs: 3_000 })("payments");
  expect(options).toMatchObject({ timeoutMs: 3_000, connections: 64, compression: false });
  expect(options.retry).toMatchObject({ retries: 2, budgetRatio: 0.1 });
});

test("a section overrides `all`, which overrides the environment, setting by setting", () => {
  const optionsOf = readSubgraphOptions(
    `
all:
  timeoutMs: 4000
  breaker: { openMs: 1000, minCalls: 7 }
payments:
  retry: false
  breaker: { openMs: 2000 }
parking:
  breaker: false
  compression: true
`,
    { timeoutMs: 3_000, maxResponseBytes: 1_000 },
  );
  expect(optionsOf("health")).toMatchObject({ timeoutMs: 4_000, maxResponseBytes: 1_000 });
  expect(optionsOf("payments")).toMatchObject({
    timeoutMs: 4_000,
    retry: false,
    breaker: { openMs: 2_000, minCalls: 7, probes: 3 },
  });
  expect(optionsOf("parking")).toMatchObject({ breaker: false, compression: true });
});

test("a protection that `all` switches off can be switched on for one", () => {
  const optionsOf = readSubgraphOptions("{ all: { retry: false }, payments: { retry: true } }", {});
  expect(optionsOf("health").retry).toBe(false);
  expect(optionsOf("payments").retry).toMatchObject({ retries: 2 });
});

test("every problem is told at once, with its place", () => {
  const wrong = "{ all: { timeout: 3 }, payments: { retry: { retries: -1 } }, parking: 5 }";
  const read = () => readSubgraphOptions(wrong, {});
  expect(read).toThrow(/all.*timeout/);
  expect(read).toThrow(/payments\.retry.*parking: must be a section/);
  expect(() => readSubgraphOptions("[1]", {})).toThrow(/holds sections/);
});

test("the gateway's configuration reads the file, and says where a wrong one is wrong", async () => {
  const folder = await mkdtemp(join(tmpdir(), "options-"));
  const file = join(folder, "subgraphs.yaml");
  await writeFile(file, "payments: { timeoutMs: 1234 }");
  const config = readConfig([], { SUBGRAPH_OPTIONS: file, REQUEST_TIMEOUT_MS: "2000" });
  expect(config.optionsOf("payments").timeoutMs).toBe(1_234);
  expect(config.optionsOf("health").timeoutMs).toBe(2_000);
  await writeFile(file, "payments: { timeoutMs: soon }");
  expect(() => readConfig([], { SUBGRAPH_OPTIONS: file })).toThrow(
    /SUBGRAPH_OPTIONS: .*payments\.timeoutMs/,
  );
  expect(() => readConfig([], { SUBGRAPH_OPTIONS: join(folder, "none.yaml") })).toThrow(
    /SUBGRAPH_OPTIONS: cannot be read/,
  );
  await rm(folder, { recursive: true });
});

/** `{ breaker: { probes: 3 } }` → `breaker.probes`: 3. */
function flatten(options: object, prefix = ""): [string, unknown][] {
  return Object.entries(options).flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value)) return [[prefix + name, value.join(", ") || "none"]];
    return typeof value === "object" && value !== null
      ? flatten(value as object, `${prefix}${name}.`)
      : [[prefix + name, value]];
  });
}

test("the page for operators names every setting, with the default that it has", async () => {
  const page = await readFile(fromRoot("docs/subgraph-fetches.md"), "utf8");
  const section = page.slice(page.indexOf("## Settings by subgraph"));
  const documented = new Map<string, string>();
  for (const [, names = "", defaults = ""] of section.matchAll(/^\| (`[^|]+`) \| ([^|]*) \|/gm)) {
    const [first = "", ...rest] = names.split(", ").map((name) => name.replaceAll("`", ""));
    const prefix = first.slice(0, first.indexOf("."));
    const values = rest.length > 0 ? defaults.split(", ") : [defaults];
    [first, ...rest.map((name) => prefix + name)].forEach((name, index) =>
      documented.set(name, values[index]?.trim() ?? ""),
    );
  }
  const derived = ["timeoutMs", "maxResponseBytes", "breaker.slowCallMs", "ca"];
  const actual = flatten(subgraphOptionsSchema.parse({}));
  const told = actual.filter(([name]) => !derived.includes(name));
  expect(told.map(([name]) => [name, documented.get(name)])).toEqual(
    told.map(([name, value]) => [name, String(value)]),
  );
  expect([...documented.keys()].toSorted()).toEqual(
    [...new Set([...actual.map(([name]) => name), ...derived])].toSorted(),
  );
});
