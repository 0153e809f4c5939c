/** What is asked again, what is not, and whose it is. */
import { describe, expect, test } from "vitest";
import { SubgraphFailure } from "../../../gateway/fetch/subgraph-fetch.ts";
import type { Principal } from "../../../platform/principal.ts";
import { createCachedFederation } from "../../support/cached-federation.ts";
import type { RecordedFetch, SubgraphModule } from "../../support/federation.ts";

const amal: Principal = { kind: "person", id: "amal", scopes: [], policies: [] };
const omar: Principal = { ...amal, id: "omar" };

type Given = { principal?: Principal };
const who = (_source: unknown, _arguments: unknown, { principal }: Given) =>
  principal?.id ?? "nobody";

const catalogue: SubgraphModule = {
  sdl: `
    type Query {
      things(ids: [ID!]!): [Thing!]!
      first: Thing
      other: Thing
      near(radius: Int!): [Thing!]! @cacheTag(format: "near-{$args.radius}")
      named(name: String = "x"): String @cacheTag(format: "named-{$args.name}")
    }
    type Thing @key(fields: "id") { id: ID! }`,
  resolvers: {
    Query: {
      things: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => ({ id })),
      first: () => ({ id: "1" }),
      other: () => ({ id: "2" }),
      near: (_: unknown, { radius }: { radius: number }) => [{ id: String(radius) }],
      named: (_: unknown, { name }: { name: string }) => name,
    },
  },
  cacheControl: "public, max-age=100",
};

function createPrices(cacheControl: string) {
  let price = 10;
  const module: SubgraphModule = {
    sdl: `
      type Query { cheapest: Thing priceOf(id: ID!): Int viewer: String }
      type Mutation { change(invalidation: String): Int }
      type Thing @key(fields: "id") @cacheTag(format: "price-{$key.id}") { id: ID! price: Int double(by: Int!): Int viewer: String broken: String }`,
    resolvers: {
      Query: { cheapest: () => ({ id: "3" }), priceOf: () => price, viewer: who },
      Mutation: { change: () => (price += 1) },
      Thing: {
        __resolveReference: ({ id }: { id: string }) => (id === "none" ? null : { id }),
        price: ({ id }: { id: string }) => price + Number(id),
        double: (_: unknown, { by }: { by: number }) => price * by,
        viewer: who,
        broken: ({ id }: { id: string }) => {
          if (id === "2") throw new Error("out of order");
          return "whole";
        },
      },
    },
    cacheControl,
  };
  return { module, change: () => (price += 1) };
}

function createShop(
  cacheControl = "public, max-age=100",
  intercept?: Parameters<typeof createCachedFederation>[1],
) {
  const prices = createPrices(cacheControl);
  const shop = createCachedFederation({ catalogue, prices: prices.module }, intercept);
  return { ...shop, change: prices.change };
}

const pricesOf = (...ids: string[]) => ({
  query: "query($ids: [ID!]!) { things(ids: $ids) { price } }",
  ids,
});
const representations = ({ variables }: RecordedFetch) =>
  variables["representations"].map(({ id }: any) => id);

describe("entities are cached one by one", () => {
  test("only the missing ones are asked for, and the answer is in the question's order", async () => {
    const { run, fetches, asked } = createShop();
    const { query, ids } = pricesOf("1", "3");
    await run(query, { variables: { ids } });
    asked("prices");
    const { data, errors } = await run(query, { variables: { ids: ["4", "3", "2", "1", "none"] } });
    expect(errors).toEqual([]);
    expect(data.things.map(({ price }: any) => price)).toEqual([14, 13, 12, 11, null]);
    const [fetch] = fetches.filter(({ subgraph }) => subgraph === "prices");
    expect(representations(fetch as RecordedFetch)).toEqual(["4", "2", "none"]);
    asked("prices");
    await run(query, { variables: { ids: ["none", "1", "2", "3", "4"] } });
    expect(asked("prices")).toBe(0);
  });

  test("aliases, order, fragments and the operation's name do not matter", async () => {
    const { run, asked } = createShop();
    await run("query One { first { price id double(by: 2) } }");
    asked("prices");
    const { data } = await run(
      "query Two($two: Int!) { first { ... on Thing { d: double(by: $two) p: price } } }",
      { variables: { two: 2 } },
    );
    expect(data.first).toEqual({ d: 20, p: 11 });
    expect(asked("prices")).toBe(0);
  });

  test("arguments do", async () => {
    const { run } = createShop();
    expect((await run("{ first { a: double(by: 2) b: double(by: 3) } }")).data.first).toEqual({
      a: 20,
      b: 30,
    });
    expect((await run("{ first { a: double(by: 3) b: double(by: 2) } }")).data.first).toEqual({
      a: 30,
      b: 20,
    });
    const query = "query($x: Int!, $y: Int!) { first { a: double(by: $x) b: double(by: $y) } }";
    const swapped = "query($x: Int!, $y: Int!) { first { a: double(by: $y) b: double(by: $x) } }";
    const variables = { x: 5, y: 7 };
    expect((await run(query, { variables })).data.first).toEqual({ a: 50, b: 70 });
    expect((await run(swapped, { variables })).data.first).toEqual({ a: 70, b: 50 });
  });

  test("one with an error is not cached, the others are, and the error is at the client's path", async () => {
    const shop = createShop();
    const query = "query($ids: [ID!]!) { all: things(ids: $ids) { broken } }";
    await shop.run(query, { variables: { ids: ["1"] } });
    const { data, errors } = await shop.run(query, { variables: { ids: ["3", "1", "2"] } });
    expect(data.all).toEqual([{ broken: "whole" }, { broken: "whole" }, { broken: null }]);
    expect(errors).toMatchObject([{ message: "out of order", path: ["all", 2, "broken"] }]);
    shop.asked("prices");
    await shop.run(query, { variables: { ids: ["1", "2"] } });
    expect(shop.asked("prices")).toBe(1);
  });
});

describe("root fields are cached one by one", () => {
  test("only the missing one is asked for", async () => {
    const { run, fetches } = createShop();
    await run("{ first { id } }");
    fetches.splice(0);
    const { data } = await run("query($r: Int!) { near(radius: $r) { id } one: first { id } }", {
      variables: { r: 3 },
    });
    expect(data).toEqual({ near: [{ id: "3" }], one: { id: "1" } });
    expect(fetches.map(({ query }) => query)).toEqual(["query($r:Int!){near(radius:$r){id}}"]);
  });

  test("each variable that is used counts, and no other", async () => {
    const { run, asked } = createShop();
    const query = "query($r: Int!) { first { id } near(radius: $r) { id } }";
    await run(query, { variables: { r: 1 } });
    asked("catalogue");
    expect((await run(query, { variables: { r: 2 } })).data.near).toEqual([{ id: "2" }]);
    expect(asked("catalogue")).toBe(1);
    await run("{ first { id } }");
    expect(asked("catalogue")).toBe(0);
  });
});

describe("freshness", () => {
  test("is the subgraph's word: no header, no caching", async () => {
    const { run, asked } = createShop("");
    await run("{ first { price } }");
    asked("prices");
    await run("{ first { price } }");
    expect(asked("prices")).toBe(1);
  });

  test("ends", async () => {
    const { run, asked, change, passSeconds } = createShop("public, max-age=100");
    await run("{ first { price } }");
    change();
    passSeconds(99);
    expect((await run("{ first { price } }")).data.first.price).toBe(11);
    passSeconds(2);
    asked("prices");
    expect((await run("{ first { price } }")).data.first.price).toBe(12);
    expect(asked("prices")).toBe(1);
  });

  test("a strict root field does not take its neighbours' caching away for good", async () => {
    // One header for two questions: which of them it is about shows when each is asked alone.
    const { run, asked } = createCachedFederation(
      { one: { sdl: "type Query { fresh: Int stable: Int }", resolvers: {} } },
      ({ query }) =>
        Promise.resolve({
          data: { fresh: 1, stable: 2 },
          errors: [],
          caching: {
            cacheControl: query.includes("fresh") ? "no-store" : "public, max-age=100",
            age: undefined,
          },
        }),
    );
    for (let times = 0; times < 3; times += 1) await run("{ fresh stable }");
    asked("one");
    await run("{ stable }");
    expect(asked("one")).toBe(0);
    await run("{ fresh }");
    expect(asked("one")).toBe(1);
  });
});

describe("private data", () => {
  test("is found again by its owner, and by nobody else", async () => {
    const { run, asked } = createShop("private, max-age=100");
    const viewer = async (principal?: Principal) =>
      (await run("{ first { viewer } }", principal ? { principal } : {})).data.first.viewer;
    for (const principal of [amal, omar, undefined, amal, omar, undefined])
      expect(await viewer(principal)).toBe(principal?.id ?? "nobody");
    asked("prices");
    expect(await viewer(amal)).toBe("amal");
    expect(asked("prices")).toBe(0);
  });

  test("an answer to somebody who is signed in is everybody's only if it says so", async () => {
    const { run } = createShop("max-age=100");
    expect((await run("{ viewer }", { principal: amal })).data.viewer).toBe("amal");
    expect((await run("{ viewer }", { principal: omar })).data.viewer).toBe("omar");
  });
});

describe("when a subgraph does not answer", () => {
  test("what was cached is served, and only the rest is missing", async () => {
    let isDead = false;
    const { run, passSeconds } = createShop("public, max-age=100", ({ subgraph }) => {
      if (isDead && subgraph === "prices")
        throw new SubgraphFailure("SUBGRAPH_UNAVAILABLE", "prices", "prices is away");
      return undefined;
    });
    await run("{ first { price } }");
    isDead = true;
    passSeconds(200);
    const { data, errors, extensions } = await run("{ first { price } other { price } }");
    expect(extensions).toEqual({
      stale: [{ subgraph: "prices", type: "Thing", ageSeconds: 200 }],
    });
    expect(data).toEqual({ first: { price: 11 }, other: { price: null } });
    expect(errors).toMatchObject([
      { path: ["other", "price"], extensions: { code: "SUBGRAPH_UNAVAILABLE" } },
    ]);
  });
});

describe("invalidation", () => {
  const cases = [
    { kind: "entity", subgraph: "prices", type: "Thing", key: { id: "1" } },
    { kind: "type", subgraph: "prices", type: "Thing" },
    { kind: "subgraph", subgraph: "prices" },
    { kind: "cache_tag", subgraphs: ["prices"], cache_tag: "price-1" },
  ] as const;
  test.each(cases)("by $kind is obeyed by the next read", async (request) => {
    const { run, change, invalidator } = createShop();
    await run("{ first { price } }");
    change();
    expect((await run("{ first { price } }")).data.first.price).toBe(11);
    await invalidator.invalidate([request]);
    expect((await run("{ first { price } }")).data.first.price).toBe(12);
  });

  test("leaves others alone", async () => {
    const { run, asked, invalidator } = createShop();
    await run("{ first { price } other { price } }");
    asked("prices");
    await invalidator.invalidate([
      { kind: "entity", subgraph: "prices", type: "Thing", key: { id: "1" } },
      { kind: "entity", subgraph: "catalogue", type: "Thing", key: { id: "2" } },
      { kind: "cache_tag", subgraphs: ["catalogue"], cache_tag: "price-2" },
    ]);
    await run("{ other { price } }");
    expect(asked("prices")).toBe(0);
  });

  test("of an entity reaches lists that hold it, whether or not they ask for its key", async () => {
    const { run, asked, invalidator } = createShop();
    const list = "{ near(radius: 3) { id } }";
    const keyless = "{ near(radius: 3) { __typename } }";
    await run(list);
    await run(keyless);
    const key = { id: "3" };
    await invalidator.invalidate([{ kind: "entity", subgraph: "catalogue", type: "Thing", key }]);
    asked("catalogue");
    await run(list);
    await run(keyless);
    expect(asked("catalogue")).toBe(2);
  });

  const prices = (ids: readonly string[], tags: unknown) => ({
    data: { _entities: ids.map((id) => ({ price: Number(id) })) },
    errors: [],
    caching: { cacheControl: "public, max-age=100", age: undefined },
    extensions: { apolloEntityCacheTags: tags },
  });
  const byTag = (cache_tag: string, subgraph = "prices") =>
    ({ kind: "cache_tag", subgraphs: [subgraph], cache_tag }) as const;

  test("by tags that the subgraph gave in its answer, entity by entity", async () => {
    const { run, asked, invalidator } = createShop("", (request) =>
      request.subgraph === "prices"
        ? Promise.resolve(prices(representations(request), [["sale"], []]))
        : undefined,
    );
    const { query, ids } = pricesOf("1", "2");
    await run(query, { variables: { ids } });
    await invalidator.invalidate([byTag("sale")]);
    asked("prices");
    await run(query, { variables: { ids: ["2"] } });
    expect(asked("prices")).toBe(0);
    await run(query, { variables: { ids: ["1"] } });
    expect(asked("prices")).toBe(1);
  });

  test("by tags that fit no entity reaches all of the answer, and tags that cannot be kept keep it out", async () => {
    let tags: unknown = [["sale"], ["other"], ["third"]];
    const { run, asked, invalidator } = createShop("", (request) =>
      request.subgraph === "prices"
        ? Promise.resolve(prices(representations(request), tags))
        : undefined,
    );
    const { query, ids } = pricesOf("1", "2");
    await run(query, { variables: { ids } });
    await invalidator.invalidate([byTag("third")]);
    asked("prices");
    for (const wrong of ["sale", [[1], ["x"]], [Array(65).fill("x"), [""]]]) {
      tags = wrong;
      await run(query, { variables: { ids } });
      expect(asked("prices")).toBe(1);
    }
  });

  test("by tags of the answer of root fields", async () => {
    const { run, asked, invalidator } = createShop("", ({ subgraph }) =>
      subgraph === "catalogue"
        ? Promise.resolve({
            data: { named: "x" },
            errors: [],
            caching: { cacheControl: "public, max-age=100", age: undefined },
            extensions: { apolloCacheTags: ["names"] },
          })
        : undefined,
    );
    await run("{ named }");
    await run("{ named }");
    expect(asked("catalogue")).toBe(1);
    await invalidator.invalidate([byTag("names", "catalogue")]);
    await run("{ named }");
    expect(asked("catalogue")).toBe(1);
  });

  test("by the tag of a root field with its arguments, defaults among them", async () => {
    const { run, asked, invalidator } = createShop();
    await run("{ a: near(radius: 3) { id } b: near(radius: 4) { id } named }");
    asked("catalogue");
    const tag = (cache_tag: string) =>
      ({ kind: "cache_tag", subgraphs: ["catalogue"], cache_tag }) as const;
    await invalidator.invalidate([tag("near-3"), tag("named-x")]);
    await run("{ near(radius: 4) { id } }");
    expect(asked("catalogue")).toBe(0);
    await run("{ near(radius: 3) { id } }");
    await run("{ named }");
    expect(asked("catalogue")).toBe(2);
  });

  test("by a mutation's answer: whoever reads after it sees the change", async () => {
    const price = (value: number) =>
      Promise.resolve({
        data: { priceOf: value },
        errors: [],
        caching: { cacheControl: "public, max-age=100", age: undefined },
      });
    let value = 10;
    let says: unknown = [{ kind: "subgraph", subgraph: "prices" }];
    const { run } = createShop("public, max-age=100", ({ subgraph, kind }) => {
      if (subgraph !== "prices") return undefined;
      if (kind === "query") return price(value);
      value += 1;
      return Promise.resolve({
        data: { change: value },
        errors: [],
        extensions: { invalidation: says },
      });
    });
    const read = async () => (await run('{ priceOf(id: "1") }')).data.priceOf;
    expect(await read()).toBe(10);
    await run("mutation { change }");
    expect(await read()).toBe(11);
    // Another's data is not a subgraph's to invalidate, and nonsense invalidates nothing.
    for (const nonsense of [
      [{ kind: "subgraph", subgraph: "catalogue" }],
      "everything",
      [{ kind: "type" }],
    ]) {
      says = nonsense;
      await run("mutation { change }");
      expect(await read()).toBe(11);
    }
  });
});
