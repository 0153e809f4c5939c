import { parse } from "graphql";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runChecks, type RunChecksInput } from "../../registry/checks/run.ts";
import { findingCodes } from "../../registry/findings.ts";
import { registryErrors } from "../../registry/errors.ts";
import { fromRoot } from "../../platform/root.ts";
import { benchesSdl, linkOf, parksSdl } from "../support/registry.ts";

const member = (name: string, sdl: string) => ({
  name,
  owner: `${name}-agency`,
  routingUrl: `http://${name}.test/graphql`,
  sdl,
});

const parks = member("parks", parksSdl);

async function composed(sdl: string): Promise<string> {
  const { supergraph = "" } = await check(sdl, { liveSupergraph: undefined });
  return supergraph;
}

const check = (sdl: string, given: Partial<RunChecksInput> = {}) =>
  runChecks({
    subgraph: member("benches", sdl),
    others: [parks],
    liveMembers: given.others ?? [parks],
    consents: [],
    liveSupergraph: undefined,
    usage: { fields: [], coversPeriod: true, periodDays: 30 },
    operations: [],
    ...given,
  });

const found = async (...given: Parameters<typeof check>) => {
  const { findings, ok } = await check(...given);
  return { ok, told: findings.map(({ code, place }) => `${code} ${place}`), findings };
};

describe("an SDL by itself", () => {
  it("passes without a word when all is well", async () => {
    expect(await found(benchesSdl)).toEqual({ ok: true, told: [], findings: [] });
  });

  it.each([
    ['"A bench."\n', "", "DESCRIPTION_MISSING Bench"],
    ['"Its id." id: ID!): Bench', "id: ID!): Bench", "DESCRIPTION_MISSING Query.bench.id"],
    ["  bench(", "  Bench_one(", "NAME_STYLE Query.Bench_one"],
    [": Bench @cacheControl(maxAge: 60)", ": Bench", "CACHEABILITY_UNDECLARED Query.bench"],
    [
      "  park: Park",
      '  park: Park @deprecated(reason: "Old.")',
      "DEPRECATION_INCOMPLETE Bench.park",
    ],
  ])("finds what is wrong when %j reads %j", async (from, to, expected) => {
    expect(benchesSdl).toContain(from);
    const { ok, told } = await found(benchesSdl.replace(from, to));
    expect({ ok, told }).toEqual({ ok: false, told: [expected] });
  });

  it("refuses connectors, which would never be answered", async () => {
    const connect = `extend schema @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@source"])\n`;
    const { ok, told } = await found(connect + benchesSdl);
    expect({ ok, told }).toEqual({ ok: false, told: ["COMPOSITION benches"] });
  });

  it("accepts a deprecation with reason and date", async () => {
    const sdl = benchesSdl.replace(
      "park: Park",
      'park: Park @deprecated(reason: "Use parks. Goes on 2027-01-31.")',
    );
    expect((await found(sdl)).told).toEqual([]);
  });

  it("warns of a list without a bound, and lets it pass", async () => {
    const sdl = benchesSdl.replace(
      "type Query {",
      'type Query {\n  "All."\n  benches: [Bench!]! @cacheControl(maxAge: 60)',
    );
    expect(await found(sdl)).toMatchObject({ ok: true, told: ["LIST_NOT_PAGED Query.benches"] });
  });

  it("refuses a type of more fields than the graph can carry", async () => {
    const fields = Array.from({ length: 160 }, (_, index) => `  "One."\n  part${index}: Int`).join(
      "\n",
    );
    const sdl = benchesSdl.replace('  "Where it stands."', `${fields}\n  "Where it stands."`);
    expect((await found(sdl)).told).toEqual(["SIZE_LIMIT Bench"]);
  });

  it("wants what is a person's to be classified", async () => {
    const sdl = benchesSdl
      .replace('"@key"]', '"@key", "@authenticated"]')
      .replace("@cacheControl(maxAge: 60)", "@cacheControl(maxAge: 0) @authenticated");
    expect((await found(sdl)).told).toEqual(["PERSONAL_DATA_UNCLASSIFIED Bench"]);
  });
});

describe("another agency's types", () => {
  const extended = benchesSdl.replace(
    '(fields: "id", resolvable: false) {',
    '(fields: "id") {\n  "Its benches."\n  benches: Int',
  );
  const taken = benchesSdl
    .replace('"@key"]', '"@key", "@override"]')
    .replace(
      '(fields: "id", resolvable: false) {',
      '(fields: "id") {\n  "Its name."\n  name: String @override(from: "parks")',
    );

  it("are not added to without consent", async () => {
    expect((await found(extended)).told).toEqual(["OWNERSHIP_EXTENDS Park.benches"]);
  });

  it.each(["Park", "Park.benches"])("may be added to with consent for %s", async (coordinate) => {
    const consents = [{ coordinate, grantedBy: "parks-agency", grantedTo: "benches-agency" }];
    expect((await found(extended, { consents })).told).toEqual([]);
  });

  it("are not opened by a consent of or for somebody else", async () => {
    const consents = [
      { coordinate: "Park", grantedBy: "benches-agency", grantedTo: "benches-agency" },
      { coordinate: "Park", grantedBy: "parks-agency", grantedTo: "trees-agency" },
    ];
    expect((await found(extended, { consents })).ok).toBe(false);
  });

  it("are not overridden without consent", async () => {
    expect((await found(taken)).told).toEqual(["OWNERSHIP_TAKES_OVER Park.name"]);
  });

  it("may be shared where their owner says so", async () => {
    const shared = benchesSdl
      .replace('"@key"]', '"@key", "@shareable"]')
      .replace(
        '(fields: "id", resolvable: false) {',
        '(fields: "id") {\n  "Its name."\n  name: String @shareable',
      );
    const open = member("parks", parksSdl.replace("name: String", "name: String @shareable"));
    expect((await found(shared, { others: [open] })).told).toEqual([]);
  });
});

describe("what clients use", () => {
  const removed = benchesSdl
    .replace(/ {2}"Where it stands."\n {2}park: Park\n/, '  "Seats."\n  seats: Int\n')
    .replace(/"A park\."[\s\S]*$/, "");
  const fields = [
    { coordinate: "Bench.park", client: "city-app", count: 41 },
    { coordinate: "Bench.park", client: "", count: 2 },
  ];

  it("is not taken from them, and they are named", async () => {
    const liveSupergraph = await composed(benchesSdl);
    const usage = { fields, coversPeriod: true, periodDays: 30 };
    const { ok, findings } = await found(removed, { liveSupergraph, usage });
    expect(ok).toBe(false);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: "BREAKING_CHANGE_USED", place: "Bench.park" });
    expect(findings[0]?.message).toContain("city-app 41×, (clients without a name) 2×");
  });

  it.each([
    ["an enum value, where a field answers with it", "Bench.state", "SITTABLE WET", "SITTABLE"],
    ["an enum value, where an argument holds it", "Query.benches", "SITTABLE WET", "SITTABLE"],
    ["a field of an input", "Query.benches", "wood: Boolean ", ""],
  ])("%s is used by whoever asks that field", async (_what, coordinate, from, to) => {
    const sdl = `type Query { benches(where: Where, limit: Int): [Bench!]! }
      input Where { state: State wood: Boolean  }
      enum State { SITTABLE WET }
      type Bench { id: ID! state: State }`;
    const liveSupergraph = await composed(sdl);
    const codes = async (used: string) => {
      const fields = [{ coordinate: used, client: "city-app", count: 1 }];
      const usage = { fields, coversPeriod: true, periodDays: 30 };
      const { told } = await found(sdl.replace(from, to), { liveSupergraph, usage });
      return told.filter((one) => one.startsWith("BREAKING")).join();
    };
    expect(await codes(coordinate)).toContain("BREAKING_CHANGE_USED");
    expect(await codes("Bench.id")).not.toContain("BREAKING_CHANGE_USED");
  });

  it("may go when nobody used it in the whole period", async () => {
    const liveSupergraph = await composed(benchesSdl);
    expect(await found(removed, { liveSupergraph })).toMatchObject({
      ok: true,
      told: ["BREAKING_CHANGE_UNUSED Bench.park"],
    });
  });

  it("stays while use was not recorded for the whole period", async () => {
    const liveSupergraph = await composed(benchesSdl);
    const usage = { fields: [], coversPeriod: false, periodDays: 30 };
    const { ok, told } = await found(removed, { liveSupergraph, usage });
    expect({ ok, told }).toEqual({ ok: false, told: ["BREAKING_CHANGE_UNKNOWN Bench.park"] });
  });

  it("keeps known operations valid, but not those that were broken before", async () => {
    const liveSupergraph = await composed(benchesSdl);
    const operations = [
      { name: "Where", document: parse('{ bench(id: "1") { park { name } } }') },
      { name: "Broken", document: parse("{ nothing }") },
    ];
    const { ok, told } = await found(removed, { liveSupergraph, operations });
    expect(ok).toBe(false);
    expect(told).toContain("KNOWN_OPERATION_INVALID Where");
    expect(told.join()).not.toContain("Broken");
  });

  it("warns when a known operation would need more fetches", async () => {
    const before = `${linkOf("@key", "@shareable")}
type Query { "One." bench("Id." id: ID!): Bench @cacheControl(maxAge: 1) }
"A bench." type Bench @key(fields: "id") { "Id." id: ID!  "Where." park: Park }
"A park." type Park @key(fields: "id") { "Id." id: ID!  "Name." name: String @shareable }`;
    const after = before
      .replace(' "Name." name: String @shareable', "")
      .replace(
        '@key(fields: "id") { "Id." id: ID!  }',
        '@key(fields: "id", resolvable: false) { "Id." id: ID! }',
      );
    const others = [member("parks", parksSdl.replace("name: String", "name: String @shareable"))];
    const { supergraph: liveSupergraph } = await check(before, { others });
    expect(liveSupergraph).toBeDefined();
    const operations = [{ name: "Where", document: parse('{ bench(id: "1") { park { name } } }') }];
    const { ok, findings } = await found(after, { others, liveSupergraph, operations });
    expect(ok).toBe(true);
    expect(findings.map(({ message }) => message)).toEqual([
      "The known operation Where would take 2 fetches from subgraphs instead of 1.",
    ]);
  });
});

describe("the pages", () => {
  it("docs/checks.md lists every check as the code has it", async () => {
    const page = await readFile(fromRoot("docs/checks.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` *\| (\w+) *\| (.+?) *\|/gm)].map(
      ([, ...row]) => row,
    );
    expect(rows).toEqual(
      Object.entries(findingCodes).map(([code, { level, meaning }]) => [code, level, meaning]),
    );
  });

  it("docs/registry.md lists every error as the code has it", async () => {
    const page = await readFile(fromRoot("docs/registry.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` *\| (4\d\d) *\|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(rows).toEqual(Object.entries(registryErrors));
  });
});

describe("a key of one's own making", () => {
  it("is no way to add to another's type", async () => {
    const parksWithSize = member(
      "parks",
      `${linkOf("@key")}
type Query { park: Park }
type Park @key(fields: "id") { id: ID! size: Int }`,
    );
    const sdl = `${linkOf("@key")}
type Query { bench: Park }
type Park @key(fields: "id") @key(fields: "rating") { id: ID! rating: Int }`;
    const { told } = await found(sdl, { others: [parksWithSize] });
    expect(told).toContain("OWNERSHIP_EXTENDS Park.rating");
  });
});
