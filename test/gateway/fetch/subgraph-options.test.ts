import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { readSubgraphOptions } from "../../../gateway/fetch/subgraph-options.ts";

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
