/** Plans that Apollo's planner gets wrong by itself, and what the gateway does so that answers are right. */
import { describe, expect, test } from "vitest";
import { createFederation, type SubgraphModule } from "../../support/federation.ts";

describe("required fields with arguments", () => {
  const prices: Readonly<Record<string, number>> = { AED: 367, USD: 100, EUR: 90 };
  const shop: SubgraphModule = {
    sdl: `type Query { items: [Item!]! item(id: ID!): Item } type Mutation { touch: Item }
      type Item @key(fields: "id") { id: ID! price(currency: String!): Int tags(first: Int): [Tag!] } type Tag @shareable { id: ID! }`,
    resolvers: {
      Query: {
        items: () => [{ id: "1" }, { id: "2" }],
        item: (_: unknown, { id }: any) => ({ id }),
      },
      Mutation: { touch: () => ({ id: "1" }) },
      Item: {
        price: ({ id }: any, { currency }: any) => Number(id) * (prices[currency] ?? 0),
        tags: ({ id }: any, { first }: any) =>
          Array.from({ length: Math.min(first ?? 5, 5) }, (_, index) => ({ id: `${id}-${index}` })),
      },
    },
  };
  const post: SubgraphModule = {
    sdl: `type Item @key(fields: "id") { id: ID!
        price(currency: String!): Int @external tags(first: Int): [Tag!] @external
        postageUsd: Int @requires(fields: "price(currency: \\"USD\\")")
        postageEur: Int @requires(fields: "price(currency: \\"EUR\\")")
        label: String @requires(fields: "tags(first: 3) { id }") }
      type Tag @shareable { id: ID! }`,
    resolvers: {
      Item: {
        __resolveReference: (reference: object) => reference,
        postageUsd: ({ price }: any) => price / 10,
        postageEur: ({ price }: any) => price / 10,
        label: ({ tags }: any) => tags.map(({ id }: any) => id).join(" "),
      },
    },
  };
  const city = () => createFederation({ shop, post });

  test("are not those of the client's own arguments, nor the other way round", async () => {
    const query = "query ($n: Int) { items { id label tags(first: $n) { id } } }";
    const { data, errors } = await city().run(query, { variables: { n: 1 } });
    expect(errors).toEqual([]);
    expect(data.items[1]).toEqual({ id: "2", label: "2-0 2-1 2-2", tags: [{ id: "2-0" }] });
  });

  test("that are at odds with each other are each asked", async () => {
    const { data, errors } = await city().run(
      "{ items { ...Both id } } fragment Both on Item { postageEur postageUsd }",
    );
    expect(errors).toEqual([]);
    expect(data.items).toEqual([
      { postageEur: 9, postageUsd: 10, id: "1" },
      { postageEur: 18, postageUsd: 20, id: "2" },
    ]);
  });

  test("do not hide the client's price from itself", async () => {
    const query = `{ item(id: "2") { dirhams: price(currency: "AED") price(currency: "EUR") postageUsd } }`;
    const { data, errors } = await city().run(query);
    expect(errors).toEqual([]);
    expect(data.item).toEqual({ dirhams: 734, price: 180, postageUsd: 20 });
  });

  test("an error at such a field has the path that the client knows", async () => {
    const failing = createFederation({
      post,
      shop: {
        sdl: shop.sdl,
        resolvers: {
          ...shop.resolvers,
          Item: { price: () => Promise.reject(new Error("no price today")) },
        },
      },
    });
    const { errors } = await failing.run(`{ items { cost: price(currency: "AED") } }`);
    expect(errors.map(({ path }) => path)).toEqual([
      ["items", 0, "cost"],
      ["items", 1, "cost"],
    ]);
  });

  test("a list that changes between two readings is an error, not a mixture", async () => {
    let asked = 0;
    const shrinking = createFederation({
      post,
      shop: {
        sdl: shop.sdl,
        resolvers: {
          ...shop.resolvers,
          Query: { items: () => (asked++ === 0 ? [{ id: "1" }, { id: "2" }] : [{ id: "1" }]) },
        },
      },
    });
    const { data, errors } = await shrinking.run("{ items { id postageUsd postageEur } }");
    expect(data.items.map(({ id }: any) => id)).toEqual(["1", "2"]);
    expect(errors.map(({ message }) => message)).toEqual([
      "A list changed while it was read; ask again.",
      "A list changed while it was read; ask again.",
    ]);
  });

  test("a mutation is refused rather than carried out twice", async () => {
    await expect(city().run("mutation { touch { postageUsd postageEur } }")).rejects.toMatchObject({
      extensions: { code: "UNPLANNABLE" },
    });
  });
});

test("a subgraph is entered by a key that it can resolve, whichever comes first", async () => {
  const subgraphs: Record<string, SubgraphModule> = {
    a: {
      sdl: `type Query { thing: Thing } type Thing @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }`,
      resolvers: {
        Query: { thing: () => ({ id: "i", code: "c" }) },
        Thing: { __resolveReference: () => ({ id: "i", code: "c" }) },
      },
    },
    b: {
      sdl: `type Thing @key(fields: "id", resolvable: false) @key(fields: "code") { id: ID! code: ID! size: Int }`,
      resolvers: {
        Thing: { __resolveReference: ({ code }: any) => (code ? { code, size: 7 } : null) },
      },
    },
  };
  expect(await createFederation(subgraphs).run("{ thing { size } }")).toEqual({
    data: { thing: { size: 7 } },
    errors: [],
  });
});
