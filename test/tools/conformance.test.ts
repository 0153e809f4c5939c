/** `npm run conformance` as a step of a partner's CI: words for people, JSON for programs, an exit code. */
import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { startToyPartner } from "../conformance/toy-partner.ts";
import { build, runTool } from "../support/built-tool.ts";
import { tempFolder } from "../support/temp-folder.ts";

beforeAll(build, 120_000);

const key = randomBytes(32);
const env = { SUBGRAPH_SIGNING_KEY: key.toString("base64url") };
/** What the toy is asked about, and what it can bear. */
const flags = ["--name", "parking", "--max-body-bytes", "524288", "--requests", "20"];
const budget = ["--p50-ms", "3000", "--p99-ms", "9000"];
const samples = { "keys.yaml": "Permit: { known: [{ id: p-1 }, { id: p-2 }] }" };

test("a subgraph that conforms ends it with 0, and each check with a line", async () => {
  await using partner = await startToyPartner(key);
  await using home = await tempFolder(samples);
  const args = [partner.url, ...flags, ...budget, "--keys", home.file("keys.yaml")];
  const { code, stdout, stderr } = await runTool("conformance", args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^✓ service-sdl: \d+ characters/);
  expect(stdout).toMatch(/conforms: \d+ passed, 0 failed/);
});

test("one that does not ends it with 1, and says what was seen and how to mend it", async () => {
  await using partner = await startToyPartner(key, "takes-unsigned");
  const args = [partner.url, ...flags, "--only", "signature-*"];
  const { code, stdout } = await runTool("conformance", args, env);
  expect(code).toBe(1);
  expect(stdout).toContain("✗ signature-missing\n    The rule: A request without a signature is");
  expect(stdout).toMatch(/Seen: {5}HTTP 200.*\n {4}Mend it: {2}Verify the signature/);
});

test("the report is JSON on demand, and nothing else is printed", async () => {
  await using partner = await startToyPartner(key, "always-200");
  const args = [partner.url, ...flags, "--only", "http-status,http-methods", "--json"];
  const { code, stdout } = await runTool("conformance", args, env);
  expect(code).toBe(1);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ subgraph: "parking", conforms: false });
  expect(report.outcomes.map(({ name, verdict }: any) => [name, verdict.kind])).toEqual([
    ["http-status", "failed"],
    ["http-methods", "passed"],
  ]);
});

test.each([
  [[], "Give one http(s) URL"],
  [["http://127.0.0.1:9/", "--only", "latencies"], "There is no check latencies"],
  [["http://127.0.0.1:9/", "--key", "short"], "--key must be 32 bytes in base64url"],
  [
    ["http://127.0.0.1:9/", "--requests", "none"],
    '--requests must be a whole number above 0, not "none"',
  ],
  [["http://127.0.0.1:9/", "--keys", "/nowhere.yaml"], "/nowhere.yaml cannot be read"],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runTool("conformance", args);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
});
