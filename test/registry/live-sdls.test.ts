/** What an agency may read of the live graph: the SDLs of all, and not where they are reached. */
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { databases } from "../support/databases.ts";
import {
  benchesSdl,
  gatewayKey,
  operatorKey,
  parksSdl,
  startRegistry,
} from "../support/registry.ts";

const route = "GET /subgraphs/sdl";

describe.each(databases)("the SDLs of the live graph on $kind", ({ kind }) => {
  it("are read by every agency, another's as its own, without anybody's address", async () => {
    await using registry = await startRegistry({ kind });
    const parks = await registry.join("parks");
    const benches = await registry.join("benches");
    expect(await registry.ask(route, { as: parks })).toMatchObject({
      status: 404,
      body: { error: { code: "NOT_FOUND", message: expect.stringMatching(/first publish/) } },
    });
    await registry.publish("parks", parksSdl, parks);
    await registry.publish("benches", benchesSdl, benches);
    const { status, body } = await registry.ask(route, { as: benches });
    expect(status).toBe(200);
    expect(body.subgraphs).toEqual([
      { name: "benches", sdl: benchesSdl },
      { name: "parks", sdl: parksSdl },
    ]);
    expect(JSON.stringify(body)).not.toContain("parks.test");
  });

  it("are what is live: a roll-back takes them back, a candidate does not change them", async () => {
    await using registry = await startRegistry({ kind });
    const parks = await registry.join("parks");
    const sdls = async () => (await registry.ask(route, { as: parks })).body;
    await registry.publish("parks", parksSdl, parks);
    const first = await sdls();
    const wider = parksSdl.replace('"Its size."', '"Its ponds."\n  ponds: Int\n  "Its size."');
    await registry.publish("parks", wider, parks);
    expect((await sdls()).subgraphs).toEqual([{ name: "parks", sdl: wider }]);
    await registry.ask("POST /rollback", { as: parks });
    const back = await sdls();
    expect(back.subgraphs).toEqual(first.subgraphs);
    expect(back.launch).toBeGreaterThan(first.launch);
    await registry.ask("POST /publish?subgraph=parks&candidate=10", { as: parks, body: wider });
    expect(await sdls()).toEqual(back);
  });

  it("are sent once a launch, and each reading is in the audit trail", async () => {
    await using registry = await startRegistry({ kind });
    const parks = await registry.join("parks");
    await registry.publish("parks", parksSdl, parks);
    const { headers, body } = await registry.ask(route, { as: parks });
    const known = { "if-none-match": headers.get("etag") ?? "" };
    const again = await registry.ask(route, { as: parks, headers: known });
    expect([again.status, again.body]).toEqual([304, ""]);
    await registry.publish(
      "parks",
      `${parksSdl}\n"A pond." type Pond { "Its id." id: ID! }`,
      parks,
    );
    expect((await registry.ask(route, { as: parks, headers: known })).status).toBe(200);
    const { rows } = await sql<{ actor: string; detail: { launch: number } }>`
      select actor, detail from audit where action = 'live SDLs read' order by id`.execute(
      registry.database.db,
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      actor: expect.stringMatching(/^parks\/cred_/),
      detail: { launch: body.launch },
    });
  });
});

it("are no gateway's, and nobody's without a credential", async () => {
  await using registry = await startRegistry();
  expect(await registry.ask(route, { as: gatewayKey })).toMatchObject({
    status: 403,
    body: { error: { message: expect.stringMatching(/GET \/supergraph/) } },
  });
  expect((await registry.ask(route, { as: "cgr_made-up" })).status).toBe(401);
});

it("are the operators' alone in a city that keeps them to itself", async () => {
  await using registry = await startRegistry({ sdlReaders: "operators" });
  const parks = await registry.join("parks");
  await registry.publish("parks", parksSdl, parks);
  expect((await registry.ask(route, { as: operatorKey })).body.subgraphs).toHaveLength(1);
  expect(await registry.ask(route, { as: parks })).toMatchObject({
    status: 403,
    body: { error: { code: "NOT_ALLOWED", message: expect.stringMatching(/REGISTRY_SDL_TO/) } },
  });
});
