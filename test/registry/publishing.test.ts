import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { isSignedBy } from "../../platform/supergraph-signature.ts";
import { databases } from "../support/databases.ts";
import { bills, openRegistry, parking } from "./registry-room.ts";

describe.each(databases)("publishing on $kind", (database) => {
  async function withBills() {
    const room = await openRegistry(database);
    await room.register("bills", "dewa");
    await room.register("parking", "rta");
    expect((await room.publish("bills", bills())).status).toBe(200);
    return room;
  }

  it("launches what composes, and gives it out signed, with an ETag", async () => {
    await using room = await withBills();
    const gateway = (
      await room.call("POST", "/credentials", { body: { kind: "GATEWAY", label: "gateways" } })
    ).json;
    const answer = await room.call("GET", "/supergraph?variant=city", { token: gateway.token });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("https://bills.example/graphql");
    const signature = answer.headers.get("city-graph-supergraph-signature") ?? "";
    const launched = { variant: "city", launchId: 1, supergraph: answer.text };
    expect(isSignedBy(room.publicKey, launched, signature)).toBe(true);
    expect(isSignedBy(room.publicKey, { ...launched, launchId: 2 }, signature)).toBe(false);
    expect(isSignedBy(room.publicKey, { ...launched, variant: "public" }, signature)).toBe(false);
    const changed = { ...launched, supergraph: `${answer.text} ` };
    expect(isSignedBy(room.publicKey, changed, signature)).toBe(false);
    const etag = answer.headers.get("etag") ?? "";
    const again = await room.call("GET", "/supergraph", {
      token: gateway.token,
      headers: { "if-none-match": etag },
    });
    expect([again.status, again.text]).toEqual([304, ""]);
    await room.publish("parking", parking());
    const news = await room.call("GET", "/supergraph", { headers: { "if-none-match": etag } });
    expect(news.status).toBe(200);
    expect(news.text).toContain("type Permit");
  });

  it("refuses what does not compose, names the place, and changes nothing but its records", async () => {
    await using room = await withBills();
    const before = await room.call("GET", "/supergraph");
    const broken = parking({ permit: "zone: Zone!" });
    const checked = await room.check("parking", broken);
    const refused = await room.publish("parking", broken);
    expect([checked.status, refused.status]).toEqual([422, 422]);
    expect(checked.json.passes).toBe(false);
    expect(refused.json.error.code).toBe("CHECKS_FAILED");
    expect(refused.json.problems).toEqual(checked.json.problems);
    expect(refused.json.problems[0]).toMatchObject({
      check: "composition",
      subgraphs: ["parking"],
    });
    expect(refused.json.problems[0].message).toMatch(/Unknown type Zone \(at parking:4:\d+\)/);
    const after = await room.call("GET", "/supergraph");
    expect(after.headers.get("etag")).toBe(before.headers.get("etag"));
    expect((await room.call("GET", "/subgraphs/parking/schemas")).json.schemas).toEqual([]);
    const kept = await room.call("GET", `/compositions/${checked.json.compositionId}`);
    expect(kept.json).toMatchObject({ purpose: "CHECK", sha256: null, supergraph: null });
    expect(kept.json.errors[0].message).toContain("Zone");
    const { entries } = (await room.call("GET", "/audit?limit=2")).json;
    expect(entries.map(({ action }: any) => action)).toEqual(["PUBLISH_REFUSED", "CHECKED"]);
  });

  it("tells a syntax error by line and column", async () => {
    await using room = await withBills();
    const answer = await room.check("parking", "type Query {\n  permit(id ID!): String\n}");
    expect(answer.json.problems).toMatchObject([
      { code: "SDL_SYNTAX_ERROR", message: expect.stringContaining("[parking] 2:13") },
    ]);
  });

  it("keeps every SDL, and publishing the same again changes nothing", async () => {
    await using room = await withBills();
    expect((await room.publish("bills", bills())).json).toMatchObject({
      changed: false,
      launchId: 1,
    });
    await room.publish("bills", bills("due: String"));
    const { schemas } = (await room.call("GET", "/subgraphs/bills/schemas")).json;
    expect(schemas).toHaveLength(2);
    const first = await room.call("GET", `/subgraphs/bills/schemas/${schemas[1].id}`);
    expect(first.text).toBe(bills());
  });

  it("rolls back by one call, again and again, and goes on from there", async () => {
    await using room = await withBills();
    const supergraph = async () => (await room.call("GET", "/supergraph")).text;
    const first = await supergraph();
    await room.publish("parking", parking());
    const second = await supergraph();
    await room.publish("bills", bills("due: String"));
    const back = await room.call("POST", "/rollback", { body: {} });
    expect(back.json).toEqual({ launchId: 4, restores: 2, subgraphs: ["bills"] });
    expect(await supergraph()).toBe(second);
    expect((await room.call("POST", "/rollback", { body: {} })).json).toMatchObject({
      restores: 1,
    });
    expect(await supergraph()).toBe(first);
    expect((await room.call("POST", "/rollback", { body: {} })).status).toBe(409);
    await room.call("POST", "/rollback", { body: { toLaunch: 2 } });
    expect(await supergraph()).toBe(second);
    await room.publish("bills", bills("paidAt: String"));
    const now = await supergraph();
    expect(now).toContain("paidAt");
    expect(now).toContain("Permit");
    expect(now).not.toContain("due:");
    const { launches } = (await room.call("GET", "/launches")).json;
    expect(launches.map(({ id, restores }: any) => [id, restores])).toEqual([
      [7, null],
      [6, 2],
      [5, 1],
      [4, 2],
      [3, null],
      [2, null],
      [1, null],
    ]);
  });

  it("lets an agency take back what is its own, and nothing of others", async () => {
    await using room = await withBills();
    const rta = await room.credential("rta", "parking");
    await room.publish("parking", parking(), rta.token);
    await room.publish("bills", bills("due: String"));
    const refused = await room.call("POST", "/rollback", { body: {}, token: rta.token });
    expect(refused.status).toBe(403);
    expect(refused.json.error.message).toContain('"bills"');
    await room.publish("parking", parking({ permit: "zone: String!  plate: String" }), rta.token);
    const taken = await room.call("POST", "/rollback", { body: {}, token: rta.token });
    expect(taken.json).toMatchObject({ subgraphs: ["parking"] });
    expect((await room.call("GET", "/supergraph")).text).toContain("due:");
  });

  it("lets publications at the same time all come true, one after the other", async () => {
    await using room = await openRegistry(database);
    const names = ["a", "b", "c", "d"];
    for (const name of names) await room.register(name, "dewa");
    const sdl = (name: string) => `type Query { ${name}: String }`;
    const answers = await Promise.all(names.map((name) => room.publish(name, sdl(name))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { text } = await room.call("GET", "/supergraph");
    for (const name of names) expect(text).toContain(`https://${name}.example/graphql`);
    const rows = await room.db.selectFrom("launch").select("previous_id").orderBy("id").execute();
    expect(new Set(rows.map((row) => row.previous_id)).size).toBe(4);
  });

  it("publishes several subgraphs together or none of them", async () => {
    await using room = await openRegistry(database);
    await room.register("bills", "dewa");
    await room.register("parking", "rta");
    const subgraphs = (permit: string) => [
      { name: "bills", routingUrl: "https://bills.example/", sdl: bills() },
      { name: "parking", routingUrl: "https://parking.example/", sdl: parking({ permit }) },
    ];
    const none = await room.call("POST", "/publish", { body: { subgraphs: subgraphs("z: Nope") } });
    expect(none.status).toBe(422);
    expect((await room.call("GET", "/supergraph")).status).toBe(404);
    const all = await room.call("POST", "/publish", { body: { subgraphs: subgraphs("z: Int") } });
    expect(all.json).toMatchObject({ changed: true });
  });

  it("holds history in the database itself", async () => {
    await using room = await withBills();
    for (const table of [
      "schema_version",
      "composition",
      "composition_member",
      "launch",
      "audit_entry",
    ]) {
      for (const statement of [`delete from ${table}`, `truncate ${table} cascade`])
        await expect(sql.raw(statement).execute(room.db)).rejects.toThrow("append-only");
    }
    await expect(
      sql.raw("update audit_entry set actor = 'nobody'").execute(room.db),
    ).rejects.toThrow("append-only");
    const fork = `insert into launch (variant, previous_id, composition_id, launched_at, launched_by)
      select variant, previous_id, composition_id, launched_at, launched_by from launch`;
    await expect(sql.raw(fork).execute(room.db)).rejects.toThrow("launches_do_not_fork");
  });
});
