/** Mocks: a gateway over real HTTP in front of subgraphs of which only the SDL is there. */
import { readFile, writeFile } from "node:fs/promises";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import type { Principal } from "../../../platform/principal.ts";
import { fromRoot } from "../../../platform/root.ts";
import { readRover } from "../../../schema/rover.ts";
import { startMock } from "../../../tools/dev/mock-server.ts";
import { createIssuer } from "../../support/issuer.ts";
import { testSigningKey } from "../../support/start-subgraph.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const planned = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable"])
  type Query {
    permit(id: ID!): Permit
    permits(first: Int = 20, after: String, zone: String): PermitConnection!
    anything: Thing
  }
  type Subscription { permitChanged(zone: String!): PermitChange! }
  type PermitChange { state: State! at: DateTime! permit: Permit! }
  type Permit @key(fields: "id") {
    id: ID! zone: String! state: State! fee: Int! area: Area! holders: [Holder!]!
    phone: String website: String lat: Float! lon: Float! since: DateTime
  }
  enum State { ACTIVE ENDED }
  scalar DateTime
  type Area { name: LocalizedText! }
  type LocalizedText @shareable { en: String! ar: String! }
  type Holder { name: String! }
  union Thing = Area | Holder
  type PermitConnection { edges: [PermitEdge!]! nodes: [Permit!]! totalCount: Int! pageInfo: PageInfo! }
  type PermitEdge { cursor: String! node: Permit! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
`;

const eventEveryMs = 50;
const stack = new AsyncDisposableStack();
const sdls = new Map<string, string>([["parking", planned]]);
let gateway: RunningGateway;
let tokenOf: (principal: Principal) => Promise<string>;

beforeAll(async () => {
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  for (const { name, schema } of subgraphs) {
    if ("file" in schema) sdls.set(name, await readFile(fromRoot(schema.file), "utf8"));
  }
  const home = stack.use(
    await tempFolder(Object.fromEntries([...sdls].map(([name, sdl]) => [`${name}.graphql`, sdl]))),
  );
  const listed: Record<string, object> = {};
  for (const [name, sdl] of sdls) {
    const mock = stack.use(await startMock({ eventEveryMs }));
    mock.serve(sdl);
    listed[name] = { routing_url: mock.url, schema: { file: `${name}.graphql` } };
  }
  await writeFile(home.file("rover.yaml"), JSON.stringify({ subgraphs: listed }));
  const issuer = await createIssuer(home.path);
  ({ tokenOf } = issuer);
  const env = { PORT: "0", SUPERGRAPH: home.file("rover.yaml"), SIGNING_KEY: testSigningKey };
  gateway = await startGateway(readConfig([], { ...env, ...issuer.env }), silentLog);
});
afterAll(async () => {
  await gateway.stop();
  await stack.disposeAsync();
});

async function ask(query: string, as?: Principal): Promise<{ data: any; errors?: object[] }> {
  const response = await fetch(gateway.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(as ? { authorization: `Bearer ${await tokenOf(as)}` } : {}),
    },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: any; errors?: object[] };
}

describe("a planned SDL", () => {
  const fields =
    "id zone state fee area { name { en ar } } holders { name } phone website lat lon since";

  test("is answered by data of its types, the same each time", async () => {
    const query = `{ permit(id: "p-7") { ${fields} } }`;
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    expect(data.permit).toMatchObject({
      id: "p-7",
      zone: expect.any(String),
      state: expect.stringMatching(/^(?:ACTIVE|ENDED)$/),
      holders: [{ name: expect.any(String) }, {}, {}],
      phone: expect.stringMatching(/^\+971/),
      website: expect.stringMatching(/^https:/),
    });
    expect(data.permit.area.name.ar).toMatch(/^[\u0600-\u06FF ]+$/);
    expect(data.permit.area.name.en).toMatch(/^[A-Za-z ]+$/);
    expect(Math.abs(data.permit.lat - 25.2)).toBeLessThan(0.2);
    expect(new Date(data.permit.since).toISOString()).toBe(data.permit.since);
    expect(await ask(query)).toEqual({ data });
  });

  test("has entities that look alike by whichever way they are reached", async () => {
    const { data } = await ask(`{ permits(first: 2) { nodes { ${fields} } } }`);
    const [first, second] = data.permits.nodes;
    expect(first.id).not.toBe(second.id);
    const { data: alone } = await ask(`{ permit(id: "${first.id}") { ${fields} } }`);
    expect(alone.permit).toEqual(first);
  });

  test("has pages that follow on one another, and end", async () => {
    const ids: string[] = [];
    let after = "";
    let total = 0;
    for (;;) {
      const given = after ? `first: 4, after: "${after}"` : "first: 4";
      const { data } = await ask(
        `{ permits(${given}, zone: "A") { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
      );
      const { nodes, pageInfo, totalCount } = data.permits;
      ids.push(...nodes.map(({ id }: { id: string }) => id));
      total = totalCount;
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(ids).toHaveLength(total);
    expect(total).toBeGreaterThanOrEqual(5);
  });

  test("has a type for what may be several", async () => {
    const { data } = await ask("{ anything { __typename ... on Holder { name } } }");
    expect(["Area", "Holder"]).toContain(data.anything.__typename);
  });
});

describe("the city's own SDL", () => {
  test("is answered across subgraphs, by entities", async () => {
    const { data, errors } = await ask(
      `{ services(first: 2) { nodes { id name { en ar } agency { id name { en } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.services.nodes).toHaveLength(2);
  });

  test("says who is signed in", async () => {
    const amal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };
    expect((await ask("{ me { id } }", amal)).data).toEqual({ me: { id: "person-amal" } });
    expect((await ask("{ me { id } }")).data).toEqual({ me: null });
  });
});

describe("a subscription", () => {
  /** The first of its events, then it leaves. */
  async function follow(query: string, count: number): Promise<any[]> {
    const client = createClient({ url: gateway.url, retryAttempts: 0 });
    const seen: any[] = [];
    for await (const event of client.iterate({ query })) {
      expect(event.errors).toBeUndefined();
      seen.push(event.data);
      if (seen.length === count) break;
    }
    client.dispose();
    return seen;
  }
  const changes =
    'subscription { permitChanged(zone: "A") { state at permit { id zone area { name { ar } } } } }';

  test("tells typed events one after another, the same ones to who subscribes again", async () => {
    const startedMs = performance.now();
    const seen = await follow(changes, 4);
    expect(performance.now() - startedMs).toBeGreaterThan(2 * eventEveryMs);
    for (const { permitChanged } of seen) {
      expect(permitChanged.state).toMatch(/^(?:ACTIVE|ENDED)$/);
      expect(new Date(permitChanged.at).toISOString()).toBe(permitChanged.at);
      expect(permitChanged.permit.area.name.ar).toMatch(/^[\u0600-\u06FF ]+$/);
    }
    expect(new Set(seen.map(({ permitChanged }) => permitChanged.at)).size).toBe(4);
    expect(await follow(changes, 2)).toEqual(seen.slice(0, 2));
  });

  test("tells of entities that look alike by a query", async () => {
    const [{ permitChanged }] = await follow(changes, 1);
    const { id } = permitChanged.permit;
    const { data } = await ask(`{ permit(id: "${id}") { id zone area { name { ar } } } }`);
    expect(data.permit).toEqual(permitChanged.permit);
  });

  test("of the city's own SDL is answered across subgraphs", async () => {
    const [first] = await follow(
      "subscription { bulletinChanged { kind bulletin { id publisher { id name { en ar } } } } }",
      1,
    );
    expect(first.bulletinChanged.bulletin.publisher.name.en).toEqual(expect.any(String));
  });

  test("of a mock that has no SDL yet, or of a field that is not there, is refused", async () => {
    await using mock = await startMock();
    const open = (query: string) =>
      fetch(mock.url, {
        method: "POST",
        headers: { accept: "text/event-stream", "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
    expect((await open(changes)).status).toBe(503);
    mock.serve(planned);
    const refused = await open("subscription { permitGone }");
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("permitGone");
  });
});
