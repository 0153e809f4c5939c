import { describe, expect, it } from "vitest";
import { databases } from "../support/databases.ts";
import { bills, openRegistry, parking } from "./registry-room.ts";

const dayMs = 86_400_000;

async function openPublished(database: (typeof databases)[number]) {
  const room = await openRegistry(database, { windowDays: 3 });
  await room.register("bills", "dewa");
  await room.register("parking", "rta");
  await room.publish("bills", bills("due: String  late: Boolean"));
  await room.publish("parking", parking());
  const codes = async (name: string, sdl: string) => {
    const { json } = await room.check(name, sdl);
    return json.problems.map(({ code }: any) => code);
  };
  const report = (document: string, clientName = "app", count = 1) =>
    room.call("POST", "/use", {
      body: { operations: [{ document, clientName, clientVersion: "1.2", count }] },
    });
  return { ...room, room, codes, report };
}

describe.each(databases)("checks on $kind", (database) => {
  const published = () => openPublished(database);

  it("a partner points at another's entity and repeats its value types without asking", async () => {
    const { room, codes } = await published();
    await using _ = room;
    expect(await codes("parking", parking({ permit: "plate: String  zone: String!" }))).toEqual([]);
  });

  it("a partner neither adds to another's type nor answers for it nor overrides it", async () => {
    const { room, check } = await published();
    await using _ = room;
    const problemsOf = async (sdl: string) =>
      (await check("parking", sdl)).json.problems.filter((one: any) => one.check === "ownership");
    const adds = await problemsOf(parking({ bill: "permit: Permit" }));
    expect(adds).toMatchObject([{ code: "EXTENDS_FOREIGN_TYPE", subgraphs: ["parking"] }]);
    expect(adds[0].message).toMatch(/^\[parking\] Bill\.permit at 5:\d+: Bill belongs to dewa/);
    const answers = await problemsOf(parking({ bill: "due: String" }));
    expect(answers).toMatchObject([{ code: "ANSWERS_FOR_FOREIGN_TYPE" }]);
    const root = await problemsOf(parking({ query: "bill(id: ID!): Bill" }));
    expect(root).toMatchObject([{ code: "ANSWERS_FOR_FOREIGN_TYPE" }]);
    const overrides = await problemsOf(parking({ bill: 'due: String @override(from: "bills")' }));
    expect(overrides).toMatchObject([{ code: "OVERRIDES_FOREIGN_FIELD" }]);
    const pretends = await problemsOf(parking({ bill: 'x: Int @override(from: "nobody")' }));
    expect(pretends).toMatchObject([{ code: "EXTENDS_FOREIGN_TYPE" }]);
    const grown = parking().replace("currency: String!", "currency: String!  rate: Int");
    expect(await problemsOf(grown)).toMatchObject([{ code: "EXTENDS_FOREIGN_TYPE" }]);
    const state = `${parking()} enum BillState { DUE PAID TOWED }`;
    expect(await problemsOf(state)).toMatchObject([{ code: "EXTENDS_FOREIGN_TYPE" }]);
    const keyed = parking({ bill: "due: String" }).replace(
      'type Bill @key(fields: "id"',
      'type Bill @key(fields: "due") @key(fields: "id"',
    );
    expect(await problemsOf(keyed)).toMatchObject([{ code: "ANSWERS_FOR_FOREIGN_TYPE" }]);
  });

  it("with the owner's consent it may, for as long as the consent stands", async () => {
    const { room, call, credential, codes, publish } = await published();
    await using _ = room;
    const sdl = parking({ bill: "permit: Permit" });
    const [dewa, rta] = [await credential("dewa", "bills"), await credential("rta", "parking")];
    const body = { ownerAgency: "dewa", subject: "Bill.permit", partnerAgency: "rta" };
    expect((await call("POST", "/consents", { body, token: rta.token })).status).toBe(403);
    const { json } = await call("POST", "/consents", { body, token: dewa.token });
    expect((await call("POST", "/consents", { body, token: dewa.token })).json).toEqual(json);
    expect(await codes("parking", sdl)).toEqual([]);
    expect(await codes("parking", parking({ bill: "other: Int" }))).toEqual([
      "EXTENDS_FOREIGN_TYPE",
    ]);
    expect((await publish("parking", sdl, rta.token)).status).toBe(200);
    expect((await call("DELETE", `/consents/${json.id}`, { token: rta.token })).status).toBe(403);
    expect((await call("DELETE", `/consents/${json.id}`, { token: dewa.token })).status).toBe(204);
    expect(await codes("parking", `${sdl} # changed`)).toEqual(["EXTENDS_FOREIGN_TYPE"]);
  });

  it("the consent of somebody who does not own a type opens nothing", async () => {
    const { room, call, codes } = await published();
    await using _ = room;
    await room.register("tolls", "salik");
    await room.publish("tolls", "type Query { toll: Int }");
    const body = { ownerAgency: "salik", subject: "Bill.toll", partnerAgency: "rta" };
    await call("POST", "/consents", { body });
    const sdl = parking({ bill: 'toll: Int @override(from: "tolls")' });
    expect(await codes("parking", sdl)).toEqual(["EXTENDS_FOREIGN_TYPE"]);
  });

  it("what is used is not removed, and the message names the clients", async () => {
    const { room, time, report, check } = await published();
    await using _ = room;
    await report("{ bills { due } }", "city-app", 5);
    await report(
      'query Q($id: ID!) { bill(id: $id) { late } other: bill(id: "B-1") { due } }',
      "kiosk",
      2,
    );
    time.nowMs += 2 * dayMs;
    const { json } = await check("bills", bills("late: Boolean"));
    expect(json.problems).toHaveLength(1);
    expect(json.problems[0]).toMatchObject({ check: "breaking-changes", code: "BREAKS_CLIENTS" });
    expect(json.problems[0].message).toMatch(
      /^Bill\.due: .*city-app 1\.2 \(5×\); kiosk 1\.2 \(2×\)/,
    );
  });

  it("what nobody used for the whole window may go; before that an operator may accept it", async () => {
    const { room, time, report, codes, publish } = await published();
    await using _ = room;
    const without = bills("due: String");
    expect(await codes("bills", without)).toEqual(["USE_UNKNOWN"]);
    await report("{ bills { late } }");
    time.nowMs += dayMs;
    await report("{ bills { due } }");
    time.nowMs += dayMs;
    expect(await codes("bills", without)).toEqual(["BREAKS_CLIENTS"]);
    time.nowMs += dayMs;
    expect(await codes("bills", without)).toEqual([]);
    expect(await codes("bills", bills("late: Boolean"))).toEqual(["BREAKS_CLIENTS"]);
    const accepted = await publish("bills", bills(), undefined, { accept: ["Bill.due"] });
    expect(accepted.status).toBe(200);
  });

  it("values are not kept of what clients send", async () => {
    const { room, db, report } = await published();
    await using _ = room;
    await report('{ bill(id: "784-1990-1234567-1") { id } bills(first: 42, state: DUE) { id } }');
    await report('{ bill(id: "784-1985-7654321-1") { id } bills(first: 7, state: DUE) { id } }');
    const rows = await db.selectFrom("operation").select("document").execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.document).not.toMatch(/784|42/);
    const uses = await db.selectFrom("operation_use").select("count").execute();
    expect(uses).toEqual([{ count: 2n }]);
  });
});

const [, postgres] = databases;

describe("a breaking change", () => {
  it.each([
    [
      "a required argument",
      "bills(state: BillState, first: Int)",
      "bills(state: BillState, first: Int!)",
      "{ bills { id } }",
    ],
    [
      "an enum value that comes back",
      "enum BillState { DUE PAID }",
      "enum BillState { DUE }",
      "{ bills { state } }",
    ],
    [
      "an enum value in a variable",
      "enum BillState { DUE PAID }",
      "enum BillState { DUE }",
      "query Q($s: BillState) { bills(state: $s) { id } }",
    ],
    [
      "a field that may be null",
      "state: BillState!",
      "state: BillState",
      "{ bill(id: 1) { state } }",
    ],
    [
      "an argument that is gone",
      "bills(state: BillState, first: Int)",
      "bills(state: BillState)",
      "{ bills(first: 2) { id } }",
    ],
  ])("%s breaks who uses it, and nobody else", async (_what, from, to, operation) => {
    const { room, time, report, codes } = await openPublished(postgres);
    await using _ = room;
    const changed = bills("due: String  late: Boolean").replace(from, to);
    expect(changed).not.toBe(bills("due: String  late: Boolean"));
    await report("{ permit(id: 1) { zone } }");
    time.nowMs += 2 * dayMs;
    expect(await codes("bills", changed)).toEqual([]);
    await report(operation);
    expect(await codes("bills", changed)).toContain("BREAKS_CLIENTS");
  });
});
