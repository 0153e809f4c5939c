/** Whose a type is, and what other agencies may do with it: checks over SDLs, with and without consent. */
import { describe, expect, it } from "vitest";
import { runChecks } from "../../registry/checks/run.ts";
import { linkOf } from "../support/registry.ts";

const link = linkOf("@key", "@shareable", "@inaccessible", "@tag", "@authenticated", "@override");
const parks = `${link}
type Query { parks(where: Where, state: State, sort: Sort): [Park!] found: Found }
type Park @key(fields: "id") {
  id: ID!
  name(language: String): String! @shareable
  state: State
}
enum State { OPEN CLOSED }
enum Season { SUMMER WINTER }
enum Sort { NAME SIZE }
union Found = Park | Gate
type Gate { wide: Boolean season: Season }
input Where { state: State name: String }
`;
/** As benches sees it, before it does anything that needs consent. */
const benches = `${link}
type Query { bench: Bench }
type Bench @key(fields: "id") { id: ID! park: Park }
type Park @key(fields: "id") { id: ID! }
`;

const member = (name: string, sdl: string, owner = name) => ({
  name,
  owner,
  routingUrl: `http://${name}.test/graphql`,
  sdl,
});
type Member = ReturnType<typeof member>;
type Consent = { coordinate: string; grantedBy: string; grantedTo: string };

async function told(
  subgraph: Member,
  others: readonly Member[],
  { consents = [], live = others }: { consents?: Consent[]; live?: readonly Member[] } = {},
): Promise<readonly string[]> {
  const { findings } = await runChecks({
    subgraph,
    others,
    liveMembers: live,
    consents,
    liveSupergraph: undefined,
    usage: { fields: [], coversPeriod: true, periodDays: 30 },
    operations: [],
  });
  return findings
    .filter(({ code }) => code.startsWith("OWNERSHIP") || code === "COMPOSITION")
    .map(({ code, place }) => `${code} ${place}`);
}
const ofBenches = (sdl: string, consents: Consent[] = []) =>
  told(member("benches", sdl), [member("parks", parks)], { consents });
const add = (more: string) => `${benches}${more}\n`;

describe("another agency's types", () => {
  it("may be pointed at by their key", async () => {
    expect(await ofBenches(benches)).toEqual([]);
  });

  it.each([
    ["an enum as it is", "enum State { OPEN CLOSED } extend type Bench { state: State }"],
    [
      "an input as it is",
      "input Where { state: State name: String } enum State { OPEN CLOSED } extend type Bench { near(where: Where): ID }",
    ],
    [
      "a shareable field as it is",
      "extend type Park { name(language: String): String! @shareable }",
    ],
    [
      "an enum that nobody takes in, in part",
      "enum Season { SUMMER } extend type Bench { season: Season }",
    ],
  ])("may be shared: %s", async (_what, more) => {
    expect(await ofBenches(add(more))).toEqual([]);
  });

  it.each([
    ["a field to a type", "extend type Park { benches: Int }", "OWNERSHIP_EXTENDS Park.benches"],
    [
      "a value to an enum",
      "enum Season { SUMMER WINTER RAMADAN } extend type Bench { season: Season }",
      "OWNERSHIP_EXTENDS Season.RAMADAN",
    ],
    ["a member to a union", "union Found = Bench", "OWNERSHIP_EXTENDS Found.Bench"],
  ])("are not added to: %s", async (_what, more, expected) => {
    expect(await ofBenches(add(more))).toEqual([expected]);
    const [, coordinate = ""] = expected.split(" ");
    const consent = { coordinate, grantedBy: "parks", grantedTo: "benches" };
    expect(await ofBenches(add(more), [consent])).toEqual([]);
    expect(await ofBenches(add(more), [{ ...consent, grantedTo: "trees" }])).toEqual([expected]);
  });

  it.each([
    [
      "an input of a field",
      "input Where { state: State } enum State { OPEN CLOSED } extend type Bench { near(where: Where): ID }",
      "Where.name",
    ],
    [
      "an enum of a value that may be given",
      "enum Sort { NAME } extend type Bench { near(sort: Sort): ID }",
      "Sort.SIZE",
    ],
    ["a shared field of an argument", "extend type Park { name: String! @shareable }", "Park.name"],
    [
      "a shared field of its being there",
      "extend type Park { name(language: String): String @shareable }",
      "Park.name",
    ],
  ])("are not robbed: %s", async (_what, more, coordinate) => {
    expect(await ofBenches(add(more))).toEqual([`OWNERSHIP_TAKES_OVER ${coordinate}`]);
  });

  it("do not get a key that may be null", async () => {
    const loose = benches.replace(
      'type Park @key(fields: "id") { id: ID! }',
      'type Park @key(fields: "id") { id: ID }',
    );
    expect(await ofBenches(loose)).toEqual(["OWNERSHIP_TAKES_OVER Park.id"]);
  });

  it.each([
    ["hidden", 'type Park @key(fields: "id") { id: ID! @inaccessible }', "Park.id"],
    ["tagged away", 'type Park @key(fields: "id") @tag(name: "internal") { id: ID! }', "Park"],
    [
      "kept from who is not signed in",
      'type Park @key(fields: "id") { id: ID! @authenticated }',
      "Park.id",
    ],
  ])("are not %s for everybody", async (_how, stub, place) => {
    const sdl = benches.replace('type Park @key(fields: "id") { id: ID! }', stub);
    expect(sdl).not.toBe(benches);
    expect(await ofBenches(sdl)).toContain(`OWNERSHIP_RESTRICTS ${place}`);
    const consents = [{ coordinate: "Park", grantedBy: "parks", grantedTo: "benches" }];
    expect(await ofBenches(sdl, consents)).toEqual([]);
  });

  it("may carry what their owner writes on them as well", async () => {
    const tagged = parks.replace("type Gate {", 'type Gate @tag(name: "map") @shareable {');
    const sdl = add(
      'enum Season { SUMMER WINTER } type Gate @tag(name: "map") @shareable { wide: Boolean season: Season }',
    );
    expect(await told(member("benches", sdl), [member("parks", tagged)])).toEqual([]);
  });
});

describe("a type's owner", () => {
  const extension = (field: string) => `${link}
    type Query { ${field}s: Int }
    type Park @key(fields: "id") { id: ID! ${field}: Int }
  `;
  const consents = [{ coordinate: "Park", grantedBy: "parks", grantedTo: "trees" }];
  const trees = member("trees", extension("tree"));

  it("is asked, and not whoever was allowed to add to it", async () => {
    const others = [trees, member("parks", parks)];
    const findings = await told(member("ponds", extension("pond")), others, { consents });
    expect(findings).toEqual(["OWNERSHIP_EXTENDS Park.pond"]);
    const both = [...consents, { coordinate: "Park", grantedBy: "parks", grantedTo: "ponds" }];
    expect(await told(member("ponds", extension("pond")), others, { consents: both })).toEqual([]);
    const ofGuest = [{ coordinate: "Park", grantedBy: "trees", grantedTo: "ponds" }, ...consents];
    expect(await told(member("ponds", extension("pond")), others, { consents: ofGuest })).toEqual([
      "OWNERSHIP_EXTENDS Park.pond",
    ]);
  });

  it("goes on adding to it when others did", async () => {
    const next = member("parks", parks.replace("state: State\n}", "state: State\n  trams: Int\n}"));
    const live = [member("parks", parks), trees];
    expect(await told(next, [trees], { consents, live })).toEqual([]);
  });

  it("does not answer the fields that others added", async () => {
    const next = member(
      "parks",
      parks.replace("state: State\n}", 'state: State\n  tree: Int @override(from: "trees")\n}'),
    );
    const live = [member("parks", parks), trees];
    expect(await told(next, [trees], { consents, live })).toContain(
      "OWNERSHIP_TAKES_OVER Park.tree",
    );
  });

  it("is the one whose subgraph was registered first, of two that hold it alike", async () => {
    const units = (field: string, values: string) =>
      `${link} type Query { ${field}: Unit } enum Unit { ${values} }`;
    const live = [member("first", units("one", "CM M")), member("second", units("two", "CM M"))];
    const third = member("third", units("three", "CM M KM"));
    const consentOf = (grantedBy: string) => [
      { coordinate: "Unit", grantedBy, grantedTo: "third" },
    ];
    const refused = ["OWNERSHIP_EXTENDS Unit.KM"];
    expect(await told(third, live, { consents: consentOf("second") })).toEqual(refused);
    expect(await told(third, live, { consents: consentOf("first") })).toEqual([]);
  });
});
