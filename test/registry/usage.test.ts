/** From what clients ask of a gateway to who is named when it would be taken away. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "graphql-ws";
import { sql } from "kysely";
import { WebSocket } from "ws";
import { databases } from "../support/databases.ts";
import { gatewayKey, linkOf, startRegistry, type TestRegistry } from "../support/registry.ts";
import {
  type RegistryWorld,
  type SmallSubgraph,
  startRegistryWorld,
  startSmallSubgraph,
} from "../support/registry-world.ts";

const sdl = `${linkOf("@key")}
type Query {
  "One bench."
  bench("Its number." number: Int = 1): Bench @cacheControl(maxAge: 60)
}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
  "Its colour."
  colour: String
  "How many sit on it."
  seats: Int
  "What it is made of."
  wood: String
}
`;
const without = (field: string): string => {
  const lines = new RegExp(`  "[^"]+"\\n  ${field}\\b.*\\n`);
  expect(sdl).toMatch(lines);
  return sdl.replace(lines, "");
};
const by = (name: string, version = "1") => ({
  headers: { "apollographql-client-name": name, "apollographql-client-version": version },
});

type Told = { code: string; message: string };
const check = async (registry: TestRegistry, text: string): Promise<readonly Told[]> =>
  (await registry.ask("POST /check?subgraph=benches", { body: text })).body.findings;
const told = (findings: readonly Told[], code: string): string =>
  findings
    .filter((one) => one.code === code)
    .map(({ message }) => message)
    .join("\n");
/** Use of each (client, version), by operation. */
const recorded = async ({ database }: TestRegistry) => {
  return database.db
    .selectFrom("operation_usage")
    .leftJoin("operation_text", "operation_text.operation", "operation_usage.operation")
    .select(["client", "client_version", sql<number>`count::int`.as("count"), "text"])
    .execute();
};

describe("a gateway that follows a registry", () => {
  let world: RegistryWorld;
  let benches: SmallSubgraph;
  beforeAll(async () => {
    world = await startRegistryWorld();
    benches = await startSmallSubgraph(sdl, {
      Query: { bench: () => ({ id: "1", colour: "green", seats: 3, wood: "oak" }) },
    });
    await world.registry.join("benches");
    await world.publish("benches", sdl, benches.url);
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await benches[Symbol.asyncDispose]();
  });

  it("reports who asked what, and a removal is refused with the clients' names", async () => {
    const gateway = await world.startGateway({ REGISTRY_USAGE_INTERVAL_MS: "100" });
    const ask = (query: string, client: string) => gateway.ask("/graphql", query, by(client));
    for (let times = 0; times < 3; times += 1)
      await ask("query Colours { bench(number: 7) { id colour } }", "park-app");
    await ask("query Colours { bench(number: 8) { id colour } }", "park-app");
    await ask("{ bench { id seats } }", "kiosk");
    await vi.waitFor(
      async () => {
        const rows = await recorded(world.registry);
        expect(rows).toContainEqual(expect.objectContaining({ client: "park-app", count: 4 }));
        expect(rows).toContainEqual(expect.objectContaining({ client: "kiosk", count: 1 }));
      },
      { timeout: 10_000 },
    );

    const colour = await check(world.registry, without("colour"));
    expect(told(colour, "BREAKING_CHANGE_USED")).toMatch(/Bench\b.*used by: park-app 4×\./);
    expect(told(colour, "KNOWN_OPERATION_INVALID")).toMatch(/Colours \w{8} \(asked by park-app\)/);
    const seats = await check(world.registry, without("seats"));
    expect(told(seats, "BREAKING_CHANGE_USED")).toMatch(/used by: kiosk 1×/);
    expect(told(await check(world.registry, without("wood")), "BREAKING_CHANGE_USED")).toBe("");
    await gateway.stop();
  }, 60_000);

  it("checks operations as they were asked: an argument that nobody gives may go", async () => {
    const gone = sdl.replace('("Its number." number: Int = 1)', "");
    const findings = await check(world.registry, gone);
    expect(told(findings, "KNOWN_OPERATION_INVALID")).toMatch(/Unknown argument "number"/);
    expect(told(findings, "KNOWN_OPERATION_INVALID")).not.toMatch(/kiosk/);
  });

  it("tells the registry no value of a client's question", async () => {
    for (const { text } of await recorded(world.registry)) expect(text).not.toMatch(/[78]\)/);
  });

  it("counts each way of asking: fetched, from the cache, with an error, over a WebSocket", async () => {
    const gateway = await world.startGateway({ REGISTRY_USAGE_INTERVAL_MS: "100" });
    const client = by("ways", "2");
    const query = "query Ways { bench { wood } }";
    benches.state.cacheControl = "public, max-age=60";
    for (let times = 0; times < 3; times += 1) await gateway.ask("/graphql", query, client);
    benches.state.cacheControl = "no-store";
    benches.state.isFailing = true;
    await gateway.ask("/graphql", "query Ways { bench(number: 9) { wood } }", client);
    benches.state.isFailing = false;
    const socket = createClient({
      url: `${gateway.origin.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: client.headers,
    });
    for await (const answer of socket.iterate({ query })) expect(answer.errors).toBeUndefined();
    await socket.dispose();
    // Refused before anything was answered: no use.
    await gateway.ask("/graphql", "query Ways { bench { paint } }", client);
    await gateway.stop();
    const rows = (await recorded(world.registry)).filter((row) => row.client === "ways");
    const counts = rows.map(({ client_version, count }) => [client_version, count] as const);
    expect(counts.toSorted((one, other) => one[1] - other[1])).toEqual([
      ["2", 1],
      ["2", 4],
    ]);
  }, 60_000);

  it("keeps its counts while the registry is away, and reports them when it is back", async () => {
    const gateway = await world.startGateway({ REGISTRY_USAGE_INTERVAL_MS: "100" });
    await world.registry.stopServing();
    await gateway.ask("/graphql", "query Away { bench { id } }", by("patient"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await gateway.ask("/graphql", "query Away { bench { id } }", by("patient"));
    await world.registry.serveAgain();
    await vi.waitFor(
      async () =>
        expect(await recorded(world.registry)).toContainEqual(
          expect.objectContaining({ client: "patient", count: 2 }),
        ),
      { timeout: 10_000 },
    );
  }, 60_000);
});

describe.each(databases)("recorded use on $kind", ({ kind }) => {
  let registry: TestRegistry;
  let now = Date.parse("2026-11-01T12:00:00Z");
  beforeAll(async () => {
    registry = await startRegistry({ kind, clock: () => now });
    await registry.publish("benches", sdl, await registry.join("benches"));
  });
  afterAll(() => registry[Symbol.asyncDispose]());
  const report = (operations: readonly object[]) =>
    registry.ask("POST /usage", { as: gatewayKey, body: { operations } });
  const use = (more: object = {}) => ({
    operation: "wood",
    text: "{ bench { wood } }",
    client: "joiner",
    clientVersion: "1",
    count: 1,
    fields: ["Bench.wood"],
    ...more,
  });

  it("refuses a text that is not one operation, and records nothing of that report", async () => {
    for (const text of ["{", "type A { a: Int }", "{ a } query B { b }"]) {
      const { status, body } = await report([use(), use({ text })]);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toMatch(/operations\.1\.text: is one operation/);
    }
    expect(await recorded(registry)).toEqual([]);
  });

  it("names the most asked operations first, and how many there are more", async () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      use({
        operation: `op-${index}`,
        text: `query Q${index} { bench { wood } }`,
        count: index + 1,
      }),
    );
    expect((await report(many)).status).toBe(200);
    const message = told(await check(registry, without("wood")), "KNOWN_OPERATION_INVALID");
    expect(message).toMatch(/would be Q7 op-7 \(asked by joiner\), Q6 .* and 3 more: Cannot query/);
  });

  it("puts clients above the thousandth of a day together, and goes on counting", async () => {
    const clients = Array.from({ length: 1_500 }, (_, index) =>
      use({ operation: "flood", client: `c-${index}` }),
    );
    expect((await report(clients)).status).toBe(200);
    const rows = (await recorded(registry)).filter(({ client }) => client !== "joiner");
    expect(rows).toHaveLength(1_000);
    expect(rows).toContainEqual(expect.objectContaining({ client: "(other clients)", count: 501 }));
  });

  it("forgets what is older than twice the period", async () => {
    now += 61 * 86_400_000;
    await report([use({ operation: "new", client: "later" })]);
    const rows = await recorded(registry);
    expect(rows.map(({ client }) => client)).toEqual(["later"]);
    const texts = await registry.database.db.selectFrom("operation_text").selectAll().execute();
    expect(texts.map(({ operation }) => operation)).toEqual(["new"]);
  });
});
