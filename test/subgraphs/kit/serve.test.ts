import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { deriveSubgraphKey, signRequest } from "../../../platform/http-signature.ts";
import { silentLog } from "../../../platform/log.ts";
import { encodePrincipal, type Principal } from "../../../platform/principal.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { serveSubgraph } from "../../../subgraphs/kit/serve.ts";
import { databases } from "../../support/databases.ts";
import { toySubgraph } from "../../support/toy-subgraph.ts";

const signingKey = deriveSubgraphKey("test", "toy-shop");
const amal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };

type Answer = {
  data: any;
  errors: { message: string; path: unknown; extensions: { code: string } }[];
};
type ToyPage = {
  totalCount: number;
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

async function startToyShop(open: (typeof databases)[number]["open"] = databases[0].open) {
  const database = await open(toySubgraph);
  const { definition, host, port } = { definition: toySubgraph, host: "127.0.0.1", port: 0 };
  const openDb = async () => database.db;
  const running = await serveSubgraph({
    definition,
    openDb,
    host,
    port,
    signingKey,
    log: silentLog,
  });
  const ask = async (
    query: string,
    options: { principal?: Principal; variables?: object; sign?: boolean } = {},
  ) => {
    const body = JSON.stringify({ query, variables: options.variables });
    const principal = encodePrincipal(options.principal);
    const parts = { method: "POST", path: "/graphql", body, principal, requestId: "req-1" };
    const signature = signRequest(parts, signingKey, "toy-shop", Math.floor(Date.now() / 1_000));
    const identity = { "city-graph-principal": principal, "x-request-id": "req-1", ...signature };
    const headers = {
      "content-type": "application/json",
      ...(options.sign === false ? {} : identity),
    };
    const response = await fetch(running.url, { method: "POST", headers, body });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answer,
    };
  };
  return { ask, url: running.url, database, [Symbol.asyncDispose]: () => running.stop() };
}

describe("a subgraph on the kit", () => {
  test("ends although a client does not read the answer that it asked for", async () => {
    const database = await databases[0].open(toySubgraph);
    const write = async () => "x".repeat(64 * 1024 * 1024);
    const large = { contentType: "text/plain", maxAgeSeconds: 0, write };
    const running = await serveSubgraph({
      definition: { ...toySubgraph, documents: { "/large": large } },
      openDb: async () => database.db,
      host: "127.0.0.1",
      port: 0,
      signingKey,
      log: silentLog,
      drainTimeoutMs: 100,
    });
    const client = connect(Number(new URL(running.url).port), "127.0.0.1");
    client.on("error", () => {});
    client.write("GET /large HTTP/1.1\r\nhost: toy\r\n\r\n");
    await new Promise((begun) => client.once("readable", begun));
    await expect(running.stop()).resolves.toBeUndefined();
    client.destroy();
  });

  test("prints Federation 2 SDL with a header that imports what it uses", () => {
    const sdl = printSubgraphSdl(toySubgraph);
    expect(sdl).toContain(
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@inaccessible"])',
    );
    expect(sdl).toContain('type Toy @key(fields: "id") @cacheControl(maxAge: 60)');
    expect(sdl).toContain("directive @cacheControl");
  });

  test.each(databases)(
    "answers a batch of representations in order with one statement on $kind",
    async ({ open }) => {
      await using shop = await startToyShop(open);
      const ids = ["toy-07", "toy-00", "nobody", "toy-07"];
      const representations = ids.map((id) => ({ __typename: "Toy", id }));
      shop.database.statements.length = 0;
      const { body } = await shop.ask(
        "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Toy { id price { amount formatted { en } } } } }",
        { variables: { representations } },
      );
      expect(body.errors).toBeUndefined();
      expect(body.data._entities.map((toy: { id: string } | null) => toy?.id)).toEqual([
        "toy-07",
        "toy-00",
        undefined,
        "toy-07",
      ]);
      expect(body.data._entities[0].price).toEqual({
        amount: 41_250,
        formatted: { en: "AED 412.50" },
      });
      expect(shop.database.statements).toHaveLength(1);
    },
  );

  test("turns @cacheControl into the Cache-Control header", async () => {
    await using shop = await startToyShop();
    const { headers } = await shop.ask('{ toy(id: "toy-01") { id } }');
    expect(headers.get("cache-control")).toBe("max-age=60, public");
    const whole = await shop.ask(
      '{ toy(id: "toy-01") { name { en } price { formatted { ar } } } }',
    );
    expect(whole.headers.get("cache-control")).toBe("max-age=60, public");
  });

  test("marks what belongs to a person as private in the header and in the SDL", async () => {
    expect(printSubgraphSdl(toySubgraph)).toContain("@cacheControl(maxAge: 0, scope: PRIVATE)");
    await using shop = await startToyShop();
    const { headers } = await shop.ask("{ whoAmI mine }", { principal: amal });
    expect(headers.get("cache-control")).toBe("no-store");
    expect((await shop.ask("{ mine }")).headers.get("cache-control")).toBe("max-age=10, private");
  });

  test("tells resolvers who asks, as signed by the gateway", async () => {
    await using shop = await startToyShop();
    expect((await shop.ask("{ whoAmI }", { principal: amal })).body.data.whoAmI).toBe(
      "person-amal",
    );
    expect((await shop.ask("{ whoAmI }")).body.data.whoAmI).toBeNull();
  });

  test("refuses whoever goes round the gateway, but tells its SDL and health to all", async () => {
    await using shop = await startToyShop();
    const refused = await shop.ask("{ whoAmI }", { sign: false });
    expect(refused.status).toBe(401);
    expect(refused.body.errors[0]?.message).toContain("Only the gateway may ask here");
    const sneaky = await shop.ask("{ _service { sdl } whoAmI }", { sign: false });
    expect(sneaky.status).toBe(401);
    const open = await shop.ask("{ _service { sdl } }", { sign: false });
    expect(open.body.data._service.sdl).toContain("type Toy");
    const health = await fetch(shop.url.replace("/graphql", "/health"));
    expect(await health.json()).toEqual({ status: "alive" });
  });

  test("refuses text that the database could not hold", async () => {
    await using shop = await startToyShop();
    const { body } = await shop.ask("query ($id: ID!) { toy(id: $id) { id } }", {
      variables: { id: "a\u0000b" },
    });
    expect(body.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("lets no unforeseen message out", async () => {
    await using shop = await startToyShop();
    const { body } = await shop.ask('{ toy(id: "toy-01") { broken } }');
    expect(JSON.stringify(body)).not.toMatch(/secret|postgres|stack/);
    expect(body.errors[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(body.errors[0]?.path).toEqual(["toy", "broken"]);
  });

  test.each(databases)("pages through a list on $kind", async ({ open }) => {
    await using shop = await startToyShop(open);
    const query =
      "query ($after: String) { toys(first: 13, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 3; pages += 1) {
      const { body } = await shop.ask(query, { variables: { after } });
      const { toys } = body.data as { toys: ToyPage };
      expect(toys.totalCount).toBe(30);
      expect(toys.pageInfo.hasNextPage).toBe(pages < 2);
      seen.push(...toys.nodes.map((toy: { id: string }) => toy.id));
      after = toys.pageInfo.endCursor;
    }
    expect(new Set(seen).size).toBe(30);
  });

  test.each([
    ["toys(first: -1) { totalCount }", "`first` must be from 0 to 100, not -1."],
    ["toys(first: 101) { totalCount }", "`first` must be from 0 to 100, not 101."],
    ['toys(after: "nonsense") { totalCount }', "`after` is not a cursor of this list"],
    ['toys(after: "WzFd") { totalCount }', "`after` is not a cursor of this list"],
  ])("{ %s } is refused with a message that says how to mend it", async (field, message) => {
    await using shop = await startToyShop();
    const { body } = await shop.ask(`{ ${field} }`);
    expect(body.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(body.errors[0]?.message).toContain(message);
  });
});
