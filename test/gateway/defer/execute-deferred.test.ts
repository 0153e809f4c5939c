/** What is told at once, what later, and what an error takes with it. */
import { expect, test } from "vitest";
import { unavailable } from "../../../gateway/fetch/failure.ts";
import { createFederation, type SubgraphModule } from "../../support/federation.ts";
import { collect } from "./merge.ts";

const products = [
  { id: "1", name: "Table", kind: "Chair" },
  { id: "2", name: "Chair", kind: "Table" },
];

const modules = {
  products: {
    sdl: `
      type Query { product: Product products: [Product!]! thing: Thing }
      interface Thing { id: ID! }
      type Product implements Thing @key(fields: "id") { id: ID! name: String }
      type Place implements Thing { id: ID! city: String }`,
    resolvers: {
      Query: {
        product: () => products[0],
        products: () => products,
        thing: () => ({ __typename: "Place", id: "9", city: "Dubai" }),
      },
    },
  },
  reviews: {
    sdl: `type Product @key(fields: "id") { id: ID! stars: Int! score: Int reviews: [Review] }
      type Review { id: ID! body: String author: Author }
      type Author @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Product: {
        stars: ({ id }: { id: string }) => Number(id),
        score: () => 5,
        reviews: () => [{ id: "r1", body: "Good", author: { id: "a1" } }],
      },
    },
  },
  people: {
    sdl: `type Author @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Author: {
        __resolveReference: ({ id }: object & { id: string }) => ({ id, name: `Name of ${id}` }),
      },
    },
  },
} as const satisfies Record<string, SubgraphModule>;

test("what a slow subgraph gives comes later, the rest at once", async () => {
  const gate = Promise.withResolvers<void>();
  const { defer, run } = createFederation({
    ...modules,
    reviews: {
      ...modules.reviews,
      resolvers: {
        Product: {
          ...modules.reviews.resolvers.Product,
          stars: async ({ id }: { id: string }) => {
            await gate.promise;
            return Number(id);
          },
        },
      },
    },
  });
  const query = `{ products { name ... @defer(label: "stars") { stars } } }`;
  const executed = await defer(query);
  expect(executed?.initial).toEqual({
    data: { products: [{ name: "Table" }, { name: "Chair" }] },
    errors: [],
  });
  expect(executed?.pending).toEqual([
    { id: "1", path: ["products", 0], label: "stars" },
    { id: "2", path: ["products", 1], label: "stars" },
  ]);
  gate.resolve();
  const { data, parts } = await collect(executed!);
  expect(parts.map(({ data: told }) => told)).toEqual([{ stars: 1 }, { stars: 2 }]);
  expect(data).toEqual((await run(query)).data);
});

test("nothing is asked twice: the fetches are those of the query without @defer", async () => {
  const text = (defer: string) =>
    `{ products { name ... ${defer} { stars reviews { body ... ${defer} { author { name } } } } } }`;
  const plain = createFederation(modules);
  await plain.run(text(""));
  const deferring = createFederation(modules);
  await collect((await deferring.defer(text("@defer")))!);
  expect(deferring.fetches.map(({ query }) => query)).toEqual(
    plain.fetches.map(({ query }) => query),
  );
});

test("a deferred fragment in a deferred one is announced when the outer is told", async () => {
  const { defer } = createFederation(modules);
  const executed = await defer(`{ product { name
    ... @defer(label: "outer") { reviews { body ... @defer(label: "inner") { author { name } } } } } }`);
  expect(executed?.pending.map(({ label }) => label)).toEqual(["outer"]);
  const { parts, data } = await collect(executed!);
  expect(parts.map(({ part, data: told }) => [part.label, part.path, told])).toEqual([
    ["outer", ["product"], { reviews: [{ body: "Good" }] }],
    ["inner", ["product", "reviews", 0], { author: { name: "Name of a1" } }],
  ]);
  expect(data.product.reviews).toEqual([{ body: "Good", author: { name: "Name of a1" } }]);
});

test("named fragments, type conditions and `if` are heeded", async () => {
  const { defer } = createFederation(modules);
  const query = `query ($later: Boolean!) {
    thing { id ...OfPlace @defer(if: $later) ... on Product @defer { name } } }
    fragment OfPlace on Place { city }`;
  const later = await defer(query, { later: true });
  expect(later?.initial.data).toEqual({ thing: { id: "9" } });
  // There is no part for a product.
  expect(later?.pending).toEqual([{ id: "1", path: ["thing"], label: undefined }]);
  expect((await collect(later!)).data).toEqual({ thing: { id: "9", city: "Dubai" } });
  const atOnce = await defer(query, { later: false });
  expect(atOnce?.initial.data).toEqual({ thing: { id: "9", city: "Dubai" } });
  expect(atOnce?.pending).toEqual([]);
});

test("what is asked for outside of the deferred fragment, too, is told once and at once", async () => {
  const { defer } = createFederation(modules);
  const executed = await defer(
    `{ product { name reviews { body } ... @defer { name score reviews { author { name } } } } }`,
  );
  expect(executed?.initial.data).toEqual({
    product: { name: "Table", reviews: [{ body: "Good", author: { name: "Name of a1" } }] },
  });
  const { parts } = await collect(executed!);
  expect(parts.map(({ data }) => data)).toEqual([{ score: 5 }]);
});

test("an error in a deferred part nulls only that part", async () => {
  const failing = {
    ...modules,
    reviews: {
      ...modules.reviews,
      resolvers: {
        Product: {
          ...modules.reviews.resolvers.Product,
          stars({ id }: { id: string }) {
            if (id === "2") throw new Error("no stars");
            return 1;
          },
        },
      },
    },
  };
  const { defer } = createFederation(failing);
  const executed = await defer(`{ products { name ... @defer { stars } } }`);
  expect(executed?.initial.errors).toEqual([]);
  const { data, parts, errors } = await collect(executed!);
  // The list and its items are never null: without @defer all of the data would be.
  expect(data).toEqual({ products: [{ name: "Table", stars: 1 }, { name: "Chair" }] });
  expect(parts.map(({ data: told }) => told)).toEqual([{ stars: 1 }, null]);
  expect(errors).toMatchObject([{ message: "no stars", path: ["products", 1, "stars"] }]);
});

test("a subgraph that is down takes its parts and nothing else", async () => {
  const { defer } = createFederation(modules, ({ subgraph }) =>
    subgraph === "reviews" ? Promise.reject(unavailable(subgraph)) : undefined,
  );
  const executed = await defer(
    `{ product { name ... @defer(label: "a") { score } ... @defer(label: "b") { stars } } }`,
  );
  expect(executed?.initial).toEqual({ data: { product: { name: "Table" } }, errors: [] });
  const { parts } = await collect(executed!);
  expect(parts).toMatchObject([
    { part: { label: "a" }, data: { score: null }, errors: [{ path: ["product", "score"] }] },
    { part: { label: "b" }, data: null, errors: [{ path: ["product", "stars"] }] },
  ]);
});

test("mutations and documents without @defer are answered in the ordinary way", async () => {
  const { defer } = createFederation(modules);
  expect(await defer("{ product { name } }")).toBeUndefined();
});
