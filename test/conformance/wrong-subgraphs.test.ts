/** The kit itself: a subgraph that is right passes, and each that is wrong in one way fails by that alone. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { checks } from "../../conformance/checks.ts";
import { formatOutcome, formatSummary } from "../../conformance/report.ts";
import { type ConformanceReport, runConformance } from "../../conformance/run.ts";
import { readSampleKeys } from "../../conformance/sample-keys.ts";
import { systemClock } from "../../platform/clock.ts";
import { type Fault, faults, maxBodyBytes, startToyPartner } from "./toy-partner.ts";

const samples = readSampleKeys("Permit: { known: [{ id: p-1 }, { id: p-2 }, { id: p-3 }] }");

async function judge(fault?: Fault): Promise<ConformanceReport> {
  const key = randomBytes(32);
  await using partner = await startToyPartner(key, fault);
  return await runConformance({
    url: partner.url,
    name: "parking",
    key,
    samples,
    budget: { p50Ms: 600, p99Ms: 5_000, requests: 12 },
    maxBodyBytes,
    timeoutMs: 10_000,
    clock: systemClock,
  });
}

const failedOf = ({ outcomes }: ConformanceReport): string[] =>
  outcomes.filter(({ verdict }) => verdict.kind === "failed").map(({ name }) => name);

test("a subgraph that is right passes every check", async () => {
  const report = await judge();
  expect(report.outcomes.map(formatOutcome).filter((line) => !line.startsWith("✓"))).toEqual([]);
  expect(report.conforms).toBe(true);
  expect(formatSummary(report)).toContain(`conforms: ${checks.length} passed, 0 failed`);
});

test.each(Object.entries(faults))(
  "a subgraph that %s fails by %j alone",
  async (fault, expected) => {
    const report = await judge(fault as Fault);
    expect(failedOf(report)).toEqual(expected);
    expect(report.conforms).toBe(false);
  },
);

test("there is a wrong subgraph for every check", () => {
  const covered = new Set<string>(Object.values(faults).flat());
  expect(checks.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
});

test("names of checks are told apart and say their group", () => {
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
});

test("what was not given is told as a failure with the flag that gives it", async () => {
  await using partner = await startToyPartner(randomBytes(32));
  const { outcomes } = await runConformance({
    url: partner.url,
    name: "parking",
    key: undefined,
    samples: {},
    budget: { p50Ms: 600, p99Ms: 5_000, requests: 12 },
    maxBodyBytes,
    timeoutMs: 10_000,
    clock: systemClock,
    checks: checks.filter(({ name }) => ["signature-missing", "entities-known"].includes(name)),
  });
  const said = outcomes.map(formatOutcome).join("\n");
  expect(said).toContain("Mend it:  Give the key that the gateway has for this subgraph: --key");
  expect(said).toContain("Give some by --keys FILE");
});

test("where nobody listens each check says so", async () => {
  const { outcomes, conforms } = await runConformance({
    url: "http://127.0.0.1:9/graphql",
    name: "parking",
    key: randomBytes(32),
    samples,
    budget: { p50Ms: 600, p99Ms: 5_000, requests: 12 },
    maxBodyBytes,
    timeoutMs: 1_000,
    clock: systemClock,
    checks: checks.filter(({ name }) => name === "http-status"),
  });
  expect(conforms).toBe(false);
  expect(outcomes.map(formatOutcome).join()).toContain("no answer: ");
});
