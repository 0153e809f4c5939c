/** Whole answers, what they say about their own use, and how operators reach the cache; over real sockets. */
import { randomUUID } from "node:crypto";
import { describe, expect, inject, test } from "vitest";
import { operatorKey, startOrigin } from "../support/origin-gateway.ts";

let value = 1;
const sdl = `
  type Query { value: Int text(size: Int!): String secret: Int @authenticated failing: Int thing: Thing news: [News!]! }
  type Mutation { write: Int }
  type Thing @key(fields: "id") { id: ID! value: Int }
  type News @key(fields: "id") { id: ID! }`;
const resolvers = {
  Query: {
    value: () => value,
    text: (_: unknown, { size }: { size: number }) => "x".repeat(size),
    secret: () => 42,
    failing: () => {
      throw new Error("out of order");
    },
    thing: () => ({ id: "1", value }),
    news: () => [{ id: "n1" }],
  },
  Mutation: { write: () => (value += 1) },
  Thing: { __resolveReference: ({ id }: { id: string }) => ({ id, value }) },
  News: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
};
const start = () => startOrigin(sdl, resolvers);

const stores = [
  { kind: "memory", env: () => ({}) },
  { kind: "Redis", env: () => ({ REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() }) },
] as const;

describe.each(stores)("with $kind", ({ env }) => {
  test("an answer is made once, whatever the operation is called", async () => {
    await using city = await start();
    const { post } = await city.startGateway(env());
    for (const name of ["A", "B", "A", "C"]) {
      const { status, body } = await post(`query ${name} { thing { id value } }`);
      expect({ status, body }).toEqual({
        status: 200,
        body: { data: { thing: { id: "1", value } } },
      });
    }
    expect(city.origin.requests).toBe(1);
  });

  test("1,000 who ask for the same at once make one request, cold or just expired", async () => {
    await using city = await start();
    city.origin.cacheControl = "public, max-age=4";
    const { post } = await city.startGateway(env());
    const query = "query($size: Int!) { text(size: $size) }";
    // The text is known from here on, its answers are not.
    await post(query, { size: 1 });
    for (const _round of ["cold", "expired"]) {
      city.origin.requests = 0;
      city.origin.delayMs = 100;
      const all = Array.from({ length: 1_000 }, () => post(query, { size: 7 }));
      const answers = await Promise.all(all);
      expect(answers.every(({ body }) => body.data.text === "xxxxxxx")).toBe(true);
      expect(city.origin.requests).toBe(1);
      await new Promise((done) => setTimeout(done, 4_100));
    }
  });

  test("a mutation that says what it changed is seen by the next read", async () => {
    await using city = await start();
    const { post } = await city.startGateway(env());
    for (let times = 0; times < 20; times += 1) {
      expect((await post("{ value thing { value } }")).body.data).toEqual({
        value,
        thing: { value },
      });
      city.origin.extensions = {
        invalidation: [
          { kind: "type", subgraph: "origin", type: "Query" },
          { kind: "entity", subgraph: "origin", type: "Thing", key: { id: "1" } },
        ],
      };
      await post("mutation { write }");
      city.origin.extensions = undefined;
    }
  });
});

describe("an answer says how long it may be used", () => {
  test("as long as its parts, and for nobody else when one of them is private", async () => {
    await using city = await start();
    const { post } = await city.startGateway();
    city.origin.cacheControl = "public, max-age=60, stale-while-revalidate=30";
    city.origin.age = "20";
    for (const query of ["query A { value }", "query A { value }", "query B { value }"]) {
      const { header } = await post(query);
      expect(header("cache-control")).toMatch(
        /^public, max-age=(5[4-9]|60), stale-while-revalidate=\d+/,
      );
      expect(Number(header("age"))).toBeGreaterThanOrEqual(20);
    }
    city.origin.cacheControl = "private, max-age=60";
    expect((await post("{ thing { value } }")).header("cache-control")).toMatch(
      /^private, max-age=/,
    );
    expect((await post("{ value thing { value } }")).header("cache-control")).toMatch(
      /^private, max-age=/,
    );
  });

  test("not at all with an error, for a mutation, or without the subgraph's word", async () => {
    await using city = await start();
    const { post } = await city.startGateway();
    for (const query of ["{ value failing }", "mutation { write }"])
      for (let times = 0; times < 2; times += 1)
        expect((await post(query)).header("cache-control")).toBe("no-store");
    city.origin.cacheControl = "";
    for (let times = 0; times < 2; times += 1)
      expect((await post("{ thing { value } }")).header("cache-control")).toBe("no-store");
  });

  test("GET is answered with 304 when the client has it already", async () => {
    await using city = await start();
    const { get } = await city.startGateway();
    for (let times = 0; times < 3; times += 1) {
      const { status, header, body } = await get("{ text(size: 5000) }", {
        "accept-encoding": "gzip",
      });
      expect(status).toBe(200);
      expect(body.data.text).toHaveLength(5_000);
      const etag = header("etag") ?? "";
      expect(etag).toMatch(/^"[\w-]{22}-gzip"$/);
      const again = await get("{ text(size: 5000) }", { "if-none-match": `"other", ${etag}` });
      expect([again.status, again.body, again.header("etag")]).toEqual([
        304,
        undefined,
        etag.replace("-gzip", ""),
      ]);
      expect((await get("{ text(size: 5000) }", { "if-none-match": '"other"' })).status).toBe(200);
    }
  });

  test("a field that not everybody may see is not shared", async () => {
    await using city = await start();
    const { post } = await city.startGateway();
    for (let times = 0; times < 3; times += 1) {
      const { body, header } = await post("{ value secret }");
      expect(body.errors[0].extensions.code).toBe("UNAUTHENTICATED");
      expect(header("cache-control")).toBe("no-store");
    }
  });
});

describe("when the origin is down", () => {
  test("what was cached is served, and says so", async () => {
    await using city = await start();
    city.origin.cacheControl = "public, max-age=1, stale-if-error=100";
    const { post } = await city.startGateway();
    await post("{ value }");
    await post("{ value }");
    city.origin.isDown = true;
    await new Promise((done) => setTimeout(done, 1_100));
    for (let times = 0; times < 3; times += 1) {
      const { body, header } = await post("{ value }");
      expect(body.data).toEqual({ value });
      expect(header("cache-control")).toBe("no-store");
      expect(header("cache-status")).toMatch(/^city-graph; hit; ttl=-/);
    }
    const { body } = await post("query Another { value }");
    expect(body.extensions.stale).toMatchObject([{ subgraph: "origin", type: "Query.value" }]);
  });
});

describe("operators", () => {
  test("invalidate by the request that Apollo Router takes", async () => {
    await using city = await start();
    const { post, operator } = await city.startGateway();
    await post("{ value }");
    value += 1;
    expect((await post("{ value }")).body.data.value).toBe(value - 1);
    const done = await operator("/invalidation", [{ kind: "subgraph", subgraph: "origin" }]);
    expect([done.status, JSON.parse(done.text)]).toEqual([202, { count: 1 }]);
    expect((await post("{ value }")).body.data.value).toBe(value);
  });

  test("are told what is wrong with a request", async () => {
    await using city = await start();
    const { operator } = await city.startGateway();
    const code = async (...given: Parameters<typeof operator>) => {
      const { status, text } = await operator(...given);
      return [
        status,
        JSON.parse(text).errors[0].extensions.code,
        JSON.parse(text).errors[0].message,
      ];
    };
    expect(await code("/invalidation", [{ kind: "type", subgraph: "origin" }])).toEqual([
      400,
      "BAD_REQUEST",
      expect.stringContaining("0.type"),
    ]);
    expect((await code("/invalidation", [], "wrong key"))[1]).toBe("UNAUTHENTICATED");
    expect((await code("/invalidation"))[1]).toBe("METHOD_NOT_ALLOWED");
    expect((await code("/metrics", undefined, "wrong key"))[1]).toBe("UNAUTHENTICATED");
    const { operator: closed } = await city.startGateway({ OPERATOR_KEY: "" });
    expect((await closed("/invalidation", [])).status).toBe(404);
  });

  test("see hits and misses, and what is under a key", async () => {
    await using city = await start();
    const { post, operator } = await city.startGateway({ EXPLAIN_TO: "everybody" });
    const { body } = await post("{ value }", {}, { "city-graph-explain": "1" });
    const [lookUp] = body.extensions.explain.cache;
    expect(lookUp).toMatchObject({ status: "miss", type: "Query.value", scope: "public" });
    await post("{ value }");
    const inspected = await operator(`/cache?key=${lookUp.key}`);
    expect(JSON.parse(inspected.text)).toMatchObject({
      source: "memory",
      valid: true,
      scope: "public",
    });
    const { text } = await operator("/metrics", undefined, `Bearer ${operatorKey}`);
    expect(text).toMatch(
      /city_graph_cache_answers_total\{[^}]*type="Query.value",status="miss"[^}]*\} 1/,
    );
    expect(text).toMatch(
      /city_graph_cache_answers_total\{[^}]*type="Query.value",status="hit"[^}]*\} [1-9]/,
    );
    expect(text).toMatch(/city_graph_cache_memory_entries [1-9]/);
  });
});
