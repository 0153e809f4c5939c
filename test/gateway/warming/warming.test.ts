/** A gateway that asks what its visitors ask, before they ask again; and its operators' commands. */
import { randomUUID } from "node:crypto";
import { describe, expect, inject, test, vi } from "vitest";
import { build, runTool } from "../../support/built-tool.ts";
import { operatorKey, startOrigin } from "../../support/origin-gateway.ts";

vi.setConfig({ testTimeout: 30_000 });

const sdl = "type Query { home: String news(size: Int): String }";
const resolvers = { Query: { home: () => "home", news: () => "news" } };

/** One use of sixteen is counted. */
const often = 100;

describe("warming", () => {
  test("asks the most used operations after a new supergraph, before a visitor does", async () => {
    await using world = await startOrigin(sdl, resolvers);
    const { post } = await world.startGateway();
    for (let times = 0; times < often; times += 1) await post("{ home }");
    // The old answers are not those of the new question.
    await world.changeSupergraph(sdl.replace("home: String", "home: String!"));
    const { origin } = world;
    await expect.poll(() => origin.requests, { timeout: 10_000 }).toBe(2);
    expect((await post("{ home }")).body).toEqual({ data: { home: "home" } });
    expect(origin.requests).toBe(2);
  });

  test("of what a new supergraph has no more, or answers with an error, harms nobody", async () => {
    await using world = await startOrigin(sdl, {
      Query: { home: () => "home", news: () => Promise.reject(new Error("no news")) },
    });
    const { post, operator } = await world.startGateway();
    for (let times = 0; times < often; times += 1) {
      await post("{ home }");
      await post("{ news }");
    }
    await world.changeSupergraph("type Query { news(size: Int): String }");
    const fieldsNow = async () =>
      (await post('{ __type(name: "Query") { fields { name } } }')).body.data.__type.fields.length;
    await expect.poll(fieldsNow, { timeout: 10_000 }).toBe(1);
    const { text } = await operator("/cache/warm?limit=10", {});
    expect(JSON.parse(text)).toMatchObject({ failed: 2 });
  });

  test("knows in a new process what others have counted", async () => {
    await using world = await startOrigin(sdl, resolvers);
    const env = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
    const { post, stop } = await world.startGateway(env);
    for (let times = 0; times < often; times += 1) await post("{ home }");
    await stop();
    const { operator } = await world.startGateway(env);
    const known = async () => JSON.parse((await operator("/cache/operations")).text);
    await expect.poll(known, { timeout: 5_000 }).toEqual([{ query: "{ home }", variables: {} }]);
  });
});

describe("npm run cache", () => {
  test("shows what is most used, warms it, purges it, and tells what is wrong", async () => {
    await build();
    await using world = await startOrigin(sdl, resolvers);
    const { url, post } = await world.startGateway({ WARM_OPERATIONS: "0" });
    const cache = (...args: string[]) =>
      runTool("cache", [...args, "--url", url], { OPERATOR_KEY: operatorKey });
    for (let times = 0; times < often; times += 1) await post("{ home }");
    const { stdout } = await cache("operations");
    expect(JSON.parse(stdout)).toEqual([{ query: "{ home }", variables: {} }]);
    const purged = await cache("purge", "--subgraph", "origin");
    expect(purged).toMatchObject({ code: 0, stdout: '{\n  "count": 1\n}\n' });
    world.origin.requests = 0;
    const warmed = await cache("warm", "--limit", "5");
    expect(JSON.parse(warmed.stdout)).toMatchObject({ operations: 1, failed: 0 });
    expect(world.origin.requests).toBe(1);
    await post("{ home }");
    expect(world.origin.requests).toBe(1);
    expect(await cache("purge", "--all")).toMatchObject({ code: 0 });
    await post("{ home }");
    expect(world.origin.requests).toBe(2);
    const wrong = [
      [["inspect", "data:none"], "Nothing is cached under this key."],
      [["purge"], "Say what to forget"],
      [["purge", "--all", "--subgraph", "origin"], "--all stands alone."],
      [["purge", "--subgraph", "origin", "--key", "1"], "--key needs --type"],
      [["purge", "--subgraph", "origin", "--type", "T", "--key", "1"], "as JSON"],
      [["warm", "--limit", "0"], "limit must be a number from 1 to 1,000."],
      [["nothing"], "Usage: npm run cache"],
    ] as const;
    for (const [args, message] of wrong) {
      const { code, stderr } = await cache(...args);
      expect(stderr).toContain(message);
      expect(code).toBe(1);
    }
    const elsewhere = await runTool("cache", ["warm", "--url", "http://127.0.0.1:1"], {
      OPERATOR_KEY: operatorKey,
    });
    expect(elsewhere.stderr).toContain("No gateway answers at http://127.0.0.1:1");
    const keyless = await runTool("cache", ["warm", "--url", url], { OPERATOR_KEY: "" });
    expect(keyless.stderr).toContain("Set OPERATOR_KEY");
  });
});
