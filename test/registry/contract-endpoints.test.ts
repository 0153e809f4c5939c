/** What each contract's clients get of one gateway, over real sockets. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { readConfig } from "../../gateway/config.ts";
import { people } from "../support/city.ts";
import { linkOf } from "../support/registry.ts";
import {
  type RegistryWorld,
  type SmallSubgraph,
  startRegistryWorld,
  startSmallSubgraph,
} from "../support/registry-world.ts";

const sdl = `${linkOf("@key", "@tag")}
type Query {
  "One bench."
  bench: Bench @cacheControl(maxAge: 60)
  "What was found last."
  found: Found @cacheControl(maxAge: 60)
}
"What may be found."
union Found = Bench | Ledger
"The city's books."
type Ledger @tag(name: "internal") {
  "The sum."
  sum: Int
}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
  "What it has cost."
  cost: Int @tag(name: "internal")
  "What a seat is let for."
  rent: Int @tag(name: "partner")
}
`;
const resolvers = {
  Query: {
    bench: () => ({ id: "1", cost: 700, rent: 5 }),
    found: () => ({ __typename: "Ledger", sum: 9 }),
  },
};

/** Of the same agency; it needs a field that the public does not see. */
const yardsSdl = `${linkOf("@key", "@external", "@requires")}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
  "What it has cost."
  cost: Int @external
  "Whether it was dear."
  isDear: Boolean @requires(fields: "cost")
}
`;

let world: RegistryWorld;
let yards: SmallSubgraph;
let benches: SmallSubgraph;
let gateway: Awaited<ReturnType<RegistryWorld["startGateway"]>>;
const tokens = { public: "", partner: "", internal: "" };

beforeAll(async () => {
  world = await startRegistryWorld();
  benches = await startSmallSubgraph(sdl, resolvers);
  await world.registry.join("benches");
  await world.publish("benches", sdl, benches.url);
  yards = await startSmallSubgraph(yardsSdl, {
    Bench: { isDear: ({ cost }: { cost: number }) => cost > 500 },
  });
  await world.registry.join("yards", "benches");
  await world.publish("yards", yardsSdl, yards.url);
  gateway = await world.startGateway({
    CONTRACTS: "public=/graphql,partner=/partner/graphql,internal=/internal/graphql",
    CONTRACT_AUDIENCES: "partner=city-partner,internal=city-internal",
  });
  tokens.public = await world.tokenOf(people.amal);
  tokens.partner = await world.tokenOf(people.dewa, "city-partner");
  tokens.internal = await world.tokenOf(people.noura, "city-internal");
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await benches[Symbol.asyncDispose]();
  await yards[Symbol.asyncDispose]();
});

it("hides a tagged field from the public path, in introspection and in queries, and answers it elsewhere", async () => {
  const introspection = '{ __type(name: "Bench") { fields { name } } }';
  const shown = async (path: string, token?: string) =>
    (await gateway.ask(path, introspection, token ? { token } : {})).data.__type.fields.map(
      ({ name }: { name: string }) => name,
    );
  expect(await shown("/graphql")).toEqual(["id", "isDear"]);
  expect(await shown("/partner/graphql", tokens.partner)).toEqual(["id", "rent", "isDear"]);
  expect(await shown("/internal/graphql", tokens.internal)).toEqual([
    "id",
    "cost",
    "rent",
    "isDear",
  ]);

  const query = "{ bench { id cost } }";
  const internal = await gateway.ask("/internal/graphql", query, { token: tokens.internal });
  expect(internal.data).toEqual({ bench: { id: "1", cost: 700 } });
  // Asked twice: the second time it would go the short way, were it admitted.
  for (const path of ["/graphql", "/graphql"]) {
    const hidden = await gateway.ask(path, query, { token: tokens.public });
    expect(hidden.errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(hidden.data).toBeUndefined();
  }
  const partner = await gateway.ask("/partner/graphql", "{ bench { rent } }", {
    token: tokens.partner,
  });
  expect(partner.data).toEqual({ bench: { rent: 5 } });
});

it("still fetches what is hidden, to answer what is not", async () => {
  const { data } = await gateway.ask("/graphql", "{ bench { isDear } }");
  expect(data).toEqual({ bench: { isDear: true } });
});

it("answers with nothing where a field turns out to be of a type that is hidden, and does not name it", async () => {
  const internal = await gateway.ask("/internal/graphql", "{ found { __typename } }", {
    token: tokens.internal,
  });
  expect(internal.data).toEqual({ found: { __typename: "Ledger" } });
  for (const query of ["{ found { __typename } }", "{ found { ... on Bench { id } } }"]) {
    const answer = await gateway.ask("/graphql", query);
    expect(answer.data).toEqual({ found: null });
    expect(JSON.stringify(answer)).not.toContain("Ledger");
  }
});

it("refuses a token of another contract, and says where it belongs", async () => {
  const { status, errors } = await gateway.ask("/internal/graphql", "{ bench { id } }", {
    token: tokens.partner,
  });
  expect(status).toBe(403);
  expect(errors?.[0]?.extensions.code).toBe("WRONG_CONTRACT");
  expect(errors?.[0]?.message).toMatch(
    /is for the contract "partner" at \/partner\/graphql.*"internal".*audience "city-internal"/,
  );
  const open = await gateway.ask("/graphql", "{ bench { id } }", { token: tokens.internal });
  expect(open.errors?.[0]?.extensions.code).toBe("WRONG_CONTRACT");
  const nobodys = await world.tokenOf(people.amal, "another-city");
  const foreign = await gateway.ask("/graphql", "{ bench { id } }", { token: nobodys });
  expect([foreign.status, foreign.errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
});

it("answers nobody without a token where one is needed, and everybody in the open contract", async () => {
  const { status, errors } = await gateway.ask("/partner/graphql", "{ bench { id } }");
  expect([status, errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
  expect(errors?.[0]?.message).toMatch(/audience "city-partner"/);
  expect((await gateway.ask("/graphql", "{ bench { id } }")).data).toEqual({ bench: { id: "1" } });
});

it("holds WebSockets to the same, each at its contract's path", async () => {
  const over = (path: string, authorization?: string) =>
    new Promise<unknown>((resolve, reject) => {
      const client = createClient({
        url: `${gateway.origin.replace("http", "ws")}${path}`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...(authorization ? { connectionParams: { authorization } } : {}),
      });
      let last: unknown;
      client.subscribe(
        { query: "{ bench { id cost } }" },
        { next: (value) => void (last = value), error: reject, complete: () => resolve(last) },
      );
    });
  expect(await over("/internal/graphql", `Bearer ${tokens.internal}`)).toMatchObject({
    data: { bench: { cost: 700 } },
  });
  await expect(over("/internal/graphql")).rejects.toMatchObject({ code: 4403 });
  await expect(over("/internal/graphql", `Bearer ${tokens.partner}`)).rejects.toMatchObject({
    code: 4403,
  });
  await expect(over("/graphql")).rejects.toMatchObject([
    { message: expect.stringMatching(/cost/) },
  ]);
});

it("lets shared caches keep what is for everybody, and nothing of a contract that needs a token", async () => {
  const cacheControl = async (path: string, token?: string) => {
    const url = `${gateway.origin}${path}?query=${encodeURIComponent("{ bench { id } }")}`;
    const headers = {
      "apollo-require-preflight": "1",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const response = await fetch(url, { headers });
    await response.text();
    return response.headers.get("cache-control");
  };
  benches.state.cacheControl = "public, max-age=60";
  expect(await cacheControl("/graphql")).toMatch(/^public, max-age=/);
  // The second time from what the gateway itself has kept.
  for (const path of ["/partner/graphql", "/partner/graphql"])
    expect(await cacheControl(path, tokens.partner)).toMatch(/^private, max-age=/);
  benches.state.cacheControl = "no-store";
});

it("takes up a change of a contract's tags by push, without a restart", async () => {
  const contract = { name: "partner", exclude: ["internal", "partner"], force: true };
  const { body } = await world.registry.ask("POST /contracts", { body: contract });
  expect(body.kind).toBe("set");
  await vi.waitFor(
    async () => {
      const { errors } = await gateway.ask("/partner/graphql", "{ bench { rent } }", {
        token: tokens.partner,
      });
      expect(errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    },
    { timeout: 10_000, interval: 50 },
  );
  const internal = await gateway.ask("/internal/graphql", "{ bench { rent } }", {
    token: tokens.internal,
  });
  expect(internal.data).toEqual({ bench: { rent: 5 } });
});

it("serves one contract alone as a gateway of its own", async () => {
  const alone = await world.startGateway({ REGISTRY_VARIANT: "public" });
  const { errors } = await alone.ask("/graphql", "{ bench { cost } }");
  expect(errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  expect((await alone.ask("/graphql", "{ bench { id } }")).data.bench.id).toBe("1");
});

it.each([
  ["two at one path", { CONTRACTS: "public=/graphql,partner=/graphql" }, /two contracts are at/],
  ["a path that is taken", { CONTRACTS: "public=/ready" }, /no path for a graph/],
  [
    "two that are open",
    { CONTRACTS: "public=/graphql,partner=/partner" },
    /public and partner would be open to everybody/,
  ],
  [
    "one audience for two",
    {
      CONTRACTS: "public=/graphql,partner=/partner",
      CONTRACT_AUDIENCES: "partner=city",
      JWKS_URL: "jwks.json",
      JWT_ISSUER: "city",
      JWT_AUDIENCE: "city",
    },
    /"city" is the audience of two/,
  ],
  ["none of its own", { CONTRACT_AUDIENCES: "partner=city" }, /"partner" is not among CONTRACTS/],
])("does not start with contracts that are wrong: %s", (_what, env, problem) => {
  expect(() => readConfig([], env)).toThrow(problem);
});
