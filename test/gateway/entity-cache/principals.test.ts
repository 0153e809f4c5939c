/**
 * Whoever asks whatever, in any order, from one cache: each gets what the same federation without a cache
 * gives to him at that moment. Values depend on the person, on his scopes, and on writes in between.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { createCachedFederation } from "../../support/cached-federation.ts";
import { createFederation, type SubgraphModule } from "../../support/federation.ts";
import { randomOperation } from "../../support/random-operation.ts";

type Context = { principal?: Principal };
const whoOf = ({ principal }: Context): string =>
  principal ? `${principal.id} ${principal.scopes.toSorted().join("+")}` : "nobody";

function createModules() {
  let writes = 0;
  const seen = (name: string) => (source: { id?: string }, given: object, context: Context) =>
    `${name} ${source?.id ?? ""} ${JSON.stringify(given)} ${whoOf(context)} ${writes}`;
  const same = (name: string) => (source: { id?: string }, given: object) =>
    `${name} ${source?.id ?? ""} ${JSON.stringify(given)} ${writes}`;
  const things = () => ["1", "2", "3"].map((id) => ({ id }));
  const catalogue: SubgraphModule = {
    sdl: `
      type Query { things: [Thing!] thing: Thing title(size: Int = 1): String }
      type Thing @key(fields: "id") { id: ID! name(short: Boolean): String }`,
    resolvers: {
      Query: { things, thing: () => ({ id: "2" }), title: same("title") },
      Thing: { name: same("name") },
    },
    cacheControl: "public, max-age=100",
  };
  const accounts: SubgraphModule = {
    sdl: `
      type Query { me: Account mine: [Thing!] }
      type Account @key(fields: "id") { id: ID! balance(currency: String): String limit: String @authenticated }
      type Thing @key(fields: "id") { id: ID! bookmark: String note(kind: Int): String @requiresScopes(scopes: [["a"], ["b", "c"]]) }`,
    resolvers: {
      Query: {
        me: (_source: unknown, _given: unknown, { principal }: Context) =>
          principal ? { id: principal.id } : null,
        mine: things,
      },
      Account: { balance: seen("balance"), limit: seen("limit") },
      Thing: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        bookmark: seen("bookmark"),
        note: seen("note"),
      },
    },
    cacheControl: "private, max-age=100",
  };
  // Says "public" of what only some may read: the gateway must not believe it.
  const careless: SubgraphModule = {
    sdl: `
      type Query { report(year: Int): String @requiresScopes(scopes: [["a"]]) notice: String }
      type Thing @key(fields: "id") { id: ID! secret: String @authenticated stock: String }`,
    resolvers: {
      Query: { report: seen("report"), notice: same("notice") },
      Thing: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        secret: seen("secret"),
        stock: same("stock"),
      },
    },
    cacheControl: "public, max-age=100",
  };
  return { modules: { catalogue, accounts, careless }, write: () => (writes += 1) };
}

type Read = {
  readonly query: string;
  readonly flags: Record<string, boolean>;
  readonly who: { readonly id: string; readonly scopes: string[] } | undefined;
};

const principals = fc.option(
  fc.record({
    id: fc.constantFrom("amal", "omar", "lina"),
    scopes: fc.subarray(["a", "b", "c"]),
  }),
  { nil: undefined, freq: 4 },
);

test(
  "random people with random rights get from one cache what they would get without it",
  { timeout: 120_000 },
  async () => {
    const { modules, write } = createModules();
    const cached = createCachedFederation(modules);
    const direct = createFederation(modules);
    const schema = cached.graph.apiSchema;
    const step = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant("read" as const),
          query: randomOperation(schema, 3),
          flags: fc.record({ flag0: fc.boolean(), flag1: fc.boolean() }),
          who: principals,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.nat(120) }),
      },
    );
    let reads = 0;
    let saved = 0;
    async function compare({ query, flags, who }: Read): Promise<void> {
      const principal: Principal | undefined = who && { kind: "person", policies: [], ...who };
      const asked = { variables: flags, ...(principal ? { principal } : {}) };
      cached.fetches.splice(0);
      direct.fetches.splice(0);
      const given = await cached.run(query, asked);
      const expected = await direct.run(query, asked);
      expect(JSON.stringify(given.data)).toBe(JSON.stringify(expected.data));
      expect(given.errors).toEqual(expected.errors);
      reads += 1;
      saved += direct.fetches.length - cached.fetches.length;
    }
    const operations = fc.array(step, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(operations, async (steps) => {
        // Asked twice in other orders: by somebody else in between as often as not.
        for (const one of [...steps, ...steps.toReversed()]) {
          if (one.kind === "write") {
            write();
            await cached.invalidator.invalidate(
              Object.keys(modules).map((subgraph) => ({ kind: "subgraph", subgraph })),
            );
          } else if (one.kind === "wait") cached.passSeconds(one.seconds);
          else await compare(one);
        }
      }),
      { numRuns: 60 },
    );
    // Else nothing was tried.
    expect(reads).toBeGreaterThan(100);
    expect(saved).toBeGreaterThan(50);
  },
);
