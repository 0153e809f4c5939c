import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRetryAfter } from "../../../gateway/fetch/retry-after.ts";
import type { FetchEvent } from "../../../gateway/fetch/observer.ts";
import { testContext } from "../../support/federation.ts";
import { call, mutation, stackTo, withSubgraph } from "./fake-subgraph.ts";

const retry = { retries: 2, baseDelayMs: 5, maxDelayMs: 20 };
const alone = { breaker: false, shareInFlight: false } as const;

/** Fails with these statuses in turn (0: closes the connection), then answers. */
async function failing(statuses: readonly number[], settings = {}, headers = {}) {
  const left = [...statuses];
  const events: FetchEvent[] = [];
  let asked = 0;
  const subgraph = await withSubgraph(
    (_request, response) => {
      asked += 1;
      const status = left.shift();
      if (status === 0) response.destroy();
      else if (status === undefined) response.end('{"data":{"a":1}}');
      else response.writeHead(status, headers).end("{}");
    },
    { subgraph: { ...alone, retry, ...settings }, observe: (event) => events.push(event) },
  );
  return Object.assign(subgraph, { asked: () => asked, events });
}

describe("a query that did not get through", () => {
  test.each([502, 503, 504, 0])("is repeated after %i until it is answered", async (status) => {
    await using subgraph = await failing([status, status]);
    const answer = await subgraph.send(call, testContext());
    expect(answer.status).toBe(200);
    expect(subgraph.asked()).toBe(3);
  });

  test("gives up after the last try, with the subgraph's own last answer", async () => {
    await using subgraph = await failing([503, 503, 503, 503]);
    expect((await subgraph.send(call, testContext())).status).toBe(503);
    expect(subgraph.asked()).toBe(3);
  });

  test.each([500, 429, 400, 200])("is not repeated after %i: that is an answer", async (status) => {
    await using subgraph = await failing([status]);
    expect((await subgraph.send(call, testContext())).status).toBe(status);
    expect(subgraph.asked()).toBe(1);
  });

  test("is not repeated after a time-out: the subgraph may still be at work", async () => {
    let asked = 0;
    await using subgraph = await withSubgraph(() => void (asked += 1), {
      subgraph: { ...alone, retry, timeoutMs: 60 },
    });
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_TIMEOUT",
    });
    expect(asked).toBe(1);
  });

  test("is repeated when nobody listened at first", async () => {
    const events: FetchEvent[] = [];
    await using stack = Object.assign(
      stackTo("http://127.0.0.1:1/graphql", {
        subgraph: { ...alone, retry },
        observe: (event) => events.push(event),
      }),
      { [Symbol.asyncDispose]: () => stack.close() },
    );
    await expect(stack.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
  });

  test("does not wait beyond its deadline for what Retry-After asks", async () => {
    await using subgraph = await failing([503], {}, { "retry-after": "3600" });
    expect((await subgraph.send(call, testContext())).status).toBe(503);
    expect(subgraph.asked()).toBe(1);
  });

  test("waits as long as Retry-After asks", async () => {
    await using subgraph = await failing([503], {}, { "retry-after": "1" });
    const startMs = Date.now();
    await subgraph.send(call, testContext());
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(990);
  });

  test("is left alone once its client has hung up, also in the middle of a wait", async () => {
    const client = new AbortController();
    await using subgraph = await failing([503], {}, { "retry-after": "3" });
    const sent = subgraph.send(call, { ...testContext(), signal: client.signal });
    await expect.poll(() => subgraph.asked()).toBe(1);
    client.abort();
    await expect(sent).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    expect(subgraph.asked()).toBe(1);
  });
});

test("a mutation is never repeated", async () => {
  await using subgraph = await failing([503, 503]);
  expect((await subgraph.send(mutation, testContext())).status).toBe(503);
  expect(subgraph.asked()).toBe(1);
});

test("retries stay within their share of the traffic when everything fails", async () => {
  await using subgraph = await failing(
    Array.from({ length: 1_000 }, () => 503),
    {
      retry: { retries: 2, baseDelayMs: 1, maxDelayMs: 1, budgetRatio: 0.1, budgetBurst: 5 },
    },
  );
  for (let sent = 0; sent < 100; sent += 1) await subgraph.send(call, testContext());
  // 5 at the start and a tenth of 100, give or take the first deposits that found the bucket full.
  expect(subgraph.asked()).toBeGreaterThan(110);
  expect(subgraph.asked()).toBeLessThanOrEqual(115);
  expect(subgraph.events.some(({ type }) => type === "retry-budget-empty")).toBe(true);
});

describe("Retry-After", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  test.each([
    ["120", 120_000],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (header, expected) => {
    expect(parseRetryAfter(header, nowMs)).toBe(expected);
  });

  test("whatever is sent, it is no time or one that is not negative", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const parsed = parseRetryAfter(header, nowMs);
        expect(parsed ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
