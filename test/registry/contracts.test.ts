import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifySupergraph } from "../../platform/supergraph-signature.ts";
import { viewGraph } from "../../registry/graph-view.ts";
import { databases } from "../support/databases.ts";
import {
  benchesSdl,
  gatewayKey,
  linkOf,
  parksSdl,
  startRegistry,
  type TestRegistry,
} from "../support/registry.ts";

/** Benches with a field for the city alone, and one for partners. */
const tagged = benchesSdl
  .replace('["@key"]', '["@key", "@tag"]')
  .replace(linkOf("@key"), linkOf("@key", "@tag"))
  .replace(
    '"Where it stands."',
    `"What it has cost."
  cost: Int @tag(name: "internal")
  "Who looks after it."
  keeper: Keeper @tag(name: "partner")
  "Where it stands."`,
  )
  .concat('"A keeper."\ntype Keeper {\n  "The name."\n  name: String\n}\n');

const fieldsOf = (supergraph: string): readonly string[] =>
  Object.values(viewGraph(supergraph).apiSchema.getTypeMap()).flatMap((type) =>
    "getFields" in type && !type.name.startsWith("__")
      ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
      : [],
  );

describe.each(databases)("contracts on $kind", ({ kind }) => {
  let registry: TestRegistry;
  let parks: string;
  let benches: string;
  const announced: string[] = [];
  beforeAll(async () => {
    registry = await startRegistry({
      kind,
      announce: (variant, launch) => void announced.push(`${variant} ${launch}`),
    });
    parks = await registry.join("parks");
    benches = await registry.join("benches");
    await registry.publish("parks", parksSdl, parks);
    const { body } = await registry.publish("benches", tagged, benches);
    if (body.kind !== "published") throw new Error(JSON.stringify(body));
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  const supergraph = async (variant: string) => {
    const asked = await registry.ask(`GET /supergraph?variant=${variant}`, { as: gatewayKey });
    expect(asked.status).toBe(200);
    return asked;
  };
  const launchesOf = async (variant: string) =>
    (await registry.ask(`GET /launches?variant=${variant}`)).body.launches;
  const stateOf = async () =>
    Promise.all(["current", "public", "partner", "internal"].map(launchesOf));

  it("shows each variant what its tags leave, and no type that nothing leads to", async () => {
    const [all, open, partner, internal] = await Promise.all(
      ["current", "public", "partner", "internal"].map(async (variant) =>
        fieldsOf((await supergraph(variant)).body),
      ),
    );
    expect(all).toEqual(expect.arrayContaining(["Bench.cost", "Bench.keeper", "Keeper.name"]));
    expect(internal).toEqual(all);
    expect(partner).toEqual(all?.filter((field) => field !== "Bench.cost"));
    expect(open).toEqual(
      all?.filter((field) => !["Bench.cost", "Bench.keeper", "Keeper.name"].includes(field)),
    );
  });

  it("signs each variant as itself", async () => {
    const { body, headers } = await supergraph("public");
    const launch = Number(headers.get("city-graph-launch"));
    const signature = headers.get("city-graph-signature") ?? "";
    const launched = { variant: "public", launch, supergraph: body };
    expect(verifySupergraph(launched, signature, registry.publicKey)).toBe(true);
    expect(
      verifySupergraph({ ...launched, variant: "internal" }, signature, registry.publicKey),
    ).toBe(false);
  });

  it("announces every variant that a publish has changed", () => {
    expect(new Set(announced.map((one) => one.split(" ")[0]))).toEqual(
      new Set(["current", "public", "partner", "internal"]),
    );
  });

  it("refuses a publish that breaks one contract, names the element and the mend, and changes nothing", async () => {
    const before = await stateOf();
    const broken = tagged.replace("type Keeper {", 'type Keeper @tag(name: "internal") {');
    const { status, body } = await registry.publish("benches", broken, benches);
    expect(status).toBe(422);
    const [found] = body.findings.filter((one: { level: string }) => one.level === "error");
    expect(found).toMatchObject({ code: "CONTRACT_BROKEN", place: "Keeper" });
    expect(found.message).toMatch(/contract partner.*Bench\.keeper/);
    expect(found.mend).toMatch(/same tag/);
    expect(await stateOf()).toEqual(before);
  });

  it("refuses to leave a contract without a field of Query", async () => {
    const contract = { name: "few", include: ["few"] };
    const { status, body } = await registry.ask("POST /contracts", { body: contract });
    expect(status).toBe(422);
    expect(body.findings[0]).toMatchObject({ code: "CONTRACT_BROKEN", place: "Query" });
    const { body: listed } = await registry.ask("GET /contracts");
    expect(listed.contracts.map(({ name }: { name: string }) => name)).not.toContain("few");
  });

  it("refuses to hide from a contract's clients what they use, and not what only others use", async () => {
    const use = (variant: string, client: string) => ({
      operation: "Bench",
      client,
      clientVersion: "1",
      variant,
      count: 3,
      fields: ["Bench.keeper"],
    });
    const hidden = tagged.replace(
      'keeper: Keeper @tag(name: "partner")',
      'keeper: Keeper @tag(name: "internal")',
    );
    const report = (operations: object[]) =>
      registry.ask("POST /usage", { as: gatewayKey, body: { operations } });
    await report([use("internal", "city-desk")]);
    const check = () => registry.ask("POST /check?subgraph=benches", { as: benches, body: hidden });
    const codesAt = async () =>
      (await check()).body.findings
        .filter(({ place }: { place: string }) => place === "Bench.keeper")
        .map(({ code }: { code: string }) => code);
    // Use has not been recorded for the whole period yet.
    expect(await codesAt()).toEqual(["BREAKING_CHANGE_UNKNOWN"]);
    await report([use("partner", "bank-app")]);
    const { body } = await check();
    const found = body.findings.find(
      ({ code }: { code: string }) => code === "BREAKING_CHANGE_USED",
    );
    expect(found.message).toMatch(/contract partner.*bank-app 3×/);
    expect(found.message).not.toContain("city-desk");
  });

  it("tells a tag that no contract knows", async () => {
    const misspelt = tagged.replace('@tag(name: "internal")', '@tag(name: "interal")');
    const { body } = await registry.ask("POST /check?subgraph=benches", {
      as: benches,
      body: misspelt,
    });
    expect(body.findings).toContainEqual(
      expect.objectContaining({ code: "CONTRACT_TAG_UNKNOWN", place: "Bench.cost" }),
    );
  });

  it("lets an operator set a contract of its own, launched at once, and nobody else", async () => {
    const contract = { name: "map", include: [], exclude: ["internal", "partner"] };
    expect((await registry.ask("POST /contracts", { as: benches, body: contract })).status).toBe(
      403,
    );
    const { body } = await registry.ask("POST /contracts", { body: contract });
    expect(body).toMatchObject({ kind: "set", launch: expect.any(Number) });
    expect(fieldsOf((await supergraph("map")).body)).not.toContain("Bench.cost");
    await registry.ask("POST /contracts/remove", { body: { name: "map" } });
    const gone = await registry.ask("GET /supergraph?variant=map", { as: gatewayKey });
    expect(gone.status).toBe(404);
    expect(gone.body.error.message).toMatch(/there are: current, internal, partner, public/);
  });

  it("shows only what is tagged where a contract includes", async () => {
    const open = tagged
      .replace(
        'cost: Int @tag(name: "internal")',
        'cost: Int @tag(name: "internal") @tag(name: "map")',
      )
      .replace(
        'bench("Its id." id: ID!): Bench',
        'bench("Its id." id: ID!): Bench @tag(name: "map")',
      )
      .replace(
        'id: ID!\n  "What it has cost."',
        'id: ID! @tag(name: "map")\n  "What it has cost."',
      );
    await registry.ask("POST /contracts", { body: { name: "map", exclude: ["internal"] } });
    expect((await registry.publish("benches", open, benches)).body.kind).toBe("published");
    const contract = { name: "map", include: ["map"], exclude: ["internal"] };
    const refused = await registry.ask("POST /contracts", { body: contract });
    // Clients lose what the contract showed so far.
    expect(refused.status).toBe(422);
    await registry.ask("POST /contracts", { body: { ...contract, force: true } });
    expect(fieldsOf((await supergraph("map")).body)).toEqual(["Bench.id", "Query.bench"]);
    await registry.ask("POST /contracts/remove", { body: { name: "map" } });
  });

  it("rolls all variants back together, by the tags of today", async () => {
    const wider = tagged.replace(
      '"Where it stands."',
      '"Its colour."\n  colour: String\n  "Where it stands."',
    );
    await registry.publish("benches", wider, benches);
    for (const variant of ["current", "public", "partner", "internal"])
      expect((await supergraph(variant)).body).toContain("colour: String");
    announced.length = 0;
    const { status } = await registry.ask("POST /rollback", { as: benches });
    expect(status).toBe(200);
    for (const variant of ["current", "public", "partner", "internal"])
      expect((await supergraph(variant)).body).not.toContain("colour: String");
    expect(fieldsOf((await supergraph("public")).body)).not.toContain("Bench.cost");
    expect(new Set(announced.map((one) => one.split(" ")[0])).size).toBe(4);
    const [latest] = await launchesOf("public");
    expect(latest.kind).toBe("rollback");
  });
});
