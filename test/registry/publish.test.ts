import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { verifySupergraph } from "../../platform/supergraph-signature.ts";
import { databases } from "../support/databases.ts";
import {
  benchesSdl,
  gatewayKey,
  parksSdl,
  startRegistry,
  type TestRegistry,
} from "../support/registry.ts";

describe.each(databases)("publishing on $kind", ({ kind }) => {
  let registry: TestRegistry;
  let parks: string;
  let benches: string;
  beforeAll(async () => {
    registry = await startRegistry({ kind });
    parks = await registry.join("parks");
    benches = await registry.join("benches");
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  const launches = async () => (await registry.ask("GET /launches", { as: parks })).body.launches;
  const live = () => registry.ask("GET /supergraph", { as: gatewayKey });

  it("says that nothing is live before the first publish", async () => {
    expect((await live()).body.error.code).toBe("NOT_FOUND");
  });

  it("composes and launches what passes, and adds the next agency's to it", async () => {
    const first = await registry.publish("parks", parksSdl, parks);
    expect(first.body).toMatchObject({ kind: "published" });
    expect((await registry.publish("benches", benchesSdl, benches)).body.kind).toBe("published");
    const { body } = await live();
    expect(body).toContain("http://parks.test/graphql");
    expect(body).toContain("type Bench");
  });

  it("launches nothing for what is live already", async () => {
    const before = await launches();
    expect((await registry.publish("parks", parksSdl, parks)).body.kind).toBe("unchanged");
    expect(await launches()).toEqual(before);
  });

  it("signs what gateways take up, and saves them reading it twice", async () => {
    const { body, headers } = await live();
    const launch = Number(headers.get("city-graph-launch"));
    const signature = headers.get("city-graph-signature") ?? "";
    const launched = { variant: "current", launch, supergraph: body };
    expect(verifySupergraph(launched, signature, registry.publicKey)).toBe(true);
    const older = { ...launched, launch: launch + 1 };
    expect(verifySupergraph(older, signature, registry.publicKey)).toBe(false);
    const etag = headers.get("etag") ?? "";
    const again = await registry.ask("GET /supergraph", {
      as: gatewayKey,
      headers: { "if-none-match": etag },
    });
    expect(again.status).toBe(304);
  });

  it("refuses what does not compose, changes nothing, and keeps why", async () => {
    const before = await launches();
    const broken = benchesSdl.replace("park: Park", "park: Tree");
    const refused = await registry.publish("benches", broken, benches);
    expect(refused.status).toBe(422);
    expect(refused.body.findings[0]).toMatchObject({ code: "COMPOSITION", place: "benches" });
    expect(refused.body.findings[0].message).toMatch(/benches.*Tree/);
    expect(await launches()).toEqual(before);
    const { rows } = await sql<{ findings: { code: string }[] }>`
      select findings from composition where supergraph is null order by id desc limit 1`.execute(
      registry.database.db,
    );
    expect(rows[0]?.findings[0]?.code).toBe("COMPOSITION");
  });

  it("tells a syntax error with its line", async () => {
    const { body } = await registry.publish("benches", "type Query {", benches);
    expect(body.findings[0].message).toMatch(/benches:1:1\d/);
  });

  it("lets a credential change its own subgraphs only", async () => {
    const { status, body } = await registry.publish("parks", parksSdl, benches);
    expect(status).toBe(403);
    expect(body.error.message).toMatch(/for benches, not for "parks"/);
    expect((await registry.ask("GET /supergraph", { as: benches })).status).toBe(403);
    expect((await registry.ask("POST /credentials", { as: benches, body: {} })).status).toBe(403);
  });

  it("knows neither made-up, nor revoked, nor rotated-out credentials", async () => {
    expect((await registry.ask("GET /launches", { as: "cgr_made-up" })).status).toBe(401);
    const issue = { body: { agency: "benches", subgraphs: ["benches"] } };
    const { body: issued } = await registry.ask("POST /credentials", issue);
    const { body: rotated } = await registry.ask("POST /credentials/rotate", {
      body: { id: issued.id, graceHours: 0 },
    });
    expect((await registry.ask("GET /launches", { as: issued.credential })).status).toBe(401);
    expect((await registry.ask("GET /launches", { as: rotated.credential })).status).toBe(200);
    await registry.ask("POST /credentials/revoke", { body: { id: rotated.id } });
    expect((await registry.ask("GET /launches", { as: rotated.credential })).status).toBe(401);
  });

  it("keeps no credential in the clear", async () => {
    const { rows } = await sql<{ hash: string }>`select * from credential`.execute(
      registry.database.db,
    );
    expect(JSON.stringify(rows)).not.toContain(parks);
    expect(rows[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("loses none of two publishes at the same moment", async () => {
    const wider = parksSdl.replace('"Its size."', '"Its trees."\n  trees: Int\n  "Its size."');
    const longer = benchesSdl.replace(
      '"Where it stands."',
      '"Its seats."\n  seats: Int\n  "Where it stands."',
    );
    const both = await Promise.all([
      registry.publish("parks", wider, parks),
      registry.publish("benches", longer, benches),
    ]);
    expect(both.map(({ body }) => body.kind)).toEqual(["published", "published"]);
    const { body } = await live();
    expect(body).toContain("trees: Int");
    expect(body).toContain("seats: Int");
  });

  it("rolls an agency's own latest publish back, and does not bring it back with another's", async () => {
    const bad = parksSdl
      .replace('"Its size."', '"Wrong."\n  wrong: Int\n  "Its size."')
      .replace('"Its size."', '"Its trees."\n  trees: Int\n  "Its size."');
    expect((await registry.publish("parks", bad, parks)).body.kind).toBe("published");
    expect((await registry.ask("POST /rollback", { as: benches })).status).toBe(403);
    const { status, body } = await registry.ask("POST /rollback", { as: parks });
    expect([status, body.kind]).toEqual([200, "rollback"]);
    expect((await live()).body).not.toContain("wrong: Int");
    const next = benchesSdl.replace(
      '"Where it stands."',
      '"Its seats."\n  seats: Int\n  "Its age."\n  age: Int\n  "Where it stands."',
    );
    expect((await registry.publish("benches", next, benches)).body.kind).toBe("published");
    expect((await live()).body).not.toContain("wrong: Int");
    expect((await live()).body).toContain("age: Int");
  });

  it("lets an operator choose a launch, and nobody one that is not", async () => {
    const all = await launches();
    const first = all.at(-1);
    expect(
      (await registry.ask("POST /rollback", { as: parks, body: { to: first.id } })).status,
    ).toBe(403);
    expect((await registry.ask("POST /rollback", { body: { to: 4_711 } })).body.error.code).toBe(
      "NOTHING_TO_ROLL_BACK",
    );
    expect((await registry.ask("POST /rollback", { body: { to: first.id } })).status).toBe(200);
    expect((await live()).body).not.toContain("type Bench");
  });

  it("keeps every SDL and the audit trail against change, by the database itself", async () => {
    const { db } = registry.database;
    for (const table of ["audit", "sdl", "composition", "launch"]) {
      await expect(sql.raw(`delete from ${table}`).execute(db)).rejects.toThrow(/kept as they are/);
      await expect(sql.raw(`update ${table} set id = default`).execute(db)).rejects.toThrow(
        /kept|DEFAULT/,
      );
      await expect(sql.raw(`truncate ${table} cascade`).execute(db)).rejects.toThrow(
        /kept as they are/,
      );
    }
    const { rows } = await sql<{ action: string }>`select action from audit`.execute(db);
    const actions = new Set(rows.map(({ action }) => action));
    expect([...actions]).toEqual(
      expect.arrayContaining([
        "subgraph registered",
        "credential issued",
        "published",
        "publish refused",
        "rolled back",
        "credential revoked",
      ]),
    );
  });

  it("needs the routing URL once, and an http one", async () => {
    const trees = await registry.join("trees");
    const missing = await registry.ask("POST /publish?subgraph=trees", {
      as: trees,
      body: benchesSdl,
    });
    expect(missing.body.error.message).toMatch(/needs a routingUrl/);
    const wrong = await registry.ask("POST /publish?subgraph=trees&routingUrl=file:///etc", {
      as: trees,
      body: benchesSdl,
    });
    expect(wrong.body.error.message).toMatch(/no http/);
    const empty = await registry.ask("POST /publish?subgraph=trees", { as: trees });
    expect(empty.body.error.message).toMatch(/Send the SDL as the body/);
  });
});
