import { describe, expect, test, vi } from "vitest";
import type { ServerResponse } from "node:http";
import { createFetchStack } from "../../../gateway/fetch/subgraph-fetch-stack.ts";
import { readSubgraphOptions } from "../../../gateway/fetch/subgraph-options.ts";
import { testContext } from "../../support/federation.ts";
import { call, listen, withSubgraph } from "./fake-subgraph.ts";

const alone = { shareInFlight: false, breaker: false, retry: false } as const;

/** A subgraph that answers when it is told to. */
async function holding(bulkhead: object, more: object = {}) {
  const held: ServerResponse[] = [];
  let most = 0;
  const subgraph = await withSubgraph(
    (_request, response) => {
      held.push(response);
      most = Math.max(most, held.length);
      response.once(
        "close",
        () => held.includes(response) && held.splice(held.indexOf(response), 1),
      );
    },
    { subgraph: { ...alone, ...more, bulkhead } },
  );
  return Object.assign(subgraph, {
    held,
    most: () => most,
    answerOne: () => held.shift()?.end('{"data":{}}'),
  });
}

describe("a bulkhead", () => {
  test("lets so many calls through at a time; the rest follow in turn", async () => {
    await using subgraph = await holding({ maxConcurrent: 3, queueTimeoutMs: 10_000 });
    const all = Promise.all(Array.from({ length: 10 }, () => subgraph.send(call, testContext())));
    await expect.poll(() => subgraph.held.length).toBe(3);
    for (let answered = 0; answered < 10; answered += 1) {
      await expect.poll(() => subgraph.held.length).toBeGreaterThan(0);
      subgraph.answerOne();
    }
    expect((await all).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(subgraph.most()).toBe(3);
  });

  test("refuses at once what finds the queue full", async () => {
    await using subgraph = await holding({ maxConcurrent: 1, maxQueued: 2 });
    const client = new AbortController();
    const context = { ...testContext(), signal: client.signal };
    const waiting = [1, 2, 3].map(() => subgraph.send(call, context));
    await expect(subgraph.send(call, context)).rejects.toMatchObject({
      code: "SUBGRAPH_OVERLOADED",
    });
    client.abort();
    await Promise.allSettled(waiting);
  });

  test("refuses what has waited too long, and asks the subgraph nothing for it", async () => {
    await using subgraph = await holding({ maxConcurrent: 1, queueTimeoutMs: 40 });
    const client = new AbortController();
    const first = subgraph.send(call, { ...testContext(), signal: client.signal });
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_OVERLOADED",
    });
    expect(subgraph.most()).toBe(1);
    client.abort();
    await expect(first).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
  });

  test("keeps nobody beyond his deadline", async () => {
    await using subgraph = await holding({ maxConcurrent: 1, queueTimeoutMs: 10_000 });
    const client = new AbortController();
    const first = subgraph.send(call, { ...testContext(), signal: client.signal });
    const context = { ...testContext(), deadlineMs: Date.now() + 40 };
    await expect(subgraph.send(call, context)).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    client.abort();
    await Promise.allSettled([first]);
  });

  test("lets a waiter go when its client hangs up, though no slot is free", async () => {
    await using subgraph = await holding({ maxConcurrent: 1, queueTimeoutMs: 10_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const holds = subgraph.send(call, { ...testContext(), signal: first.signal });
    const waits = subgraph.send(call, { ...testContext(), signal: second.signal });
    await expect.poll(() => subgraph.held.length).toBe(1);
    const ended = vi.fn<(reason: unknown) => void>();
    waits.catch(ended);
    second.abort();
    await expect.poll(() => ended.mock.calls).toMatchObject([[{ code: "SUBGRAPH_TIMEOUT" }]]);
    expect(subgraph.held).toHaveLength(1);
    first.abort();
    await Promise.allSettled([holds]);
  });

  test("gives the slot of a call that failed, and the place of one that left, to the next", async () => {
    await using subgraph = await holding({ maxConcurrent: 1, queueTimeoutMs: 10_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const sent = [first, second].map(({ signal }) =>
      subgraph.send(call, { ...testContext(), signal }),
    );
    const third = subgraph.send(call, testContext());
    await expect.poll(() => subgraph.held.length).toBe(1);
    second.abort();
    first.abort();
    await Promise.allSettled(sent);
    await expect
      .poll(() => {
        subgraph.answerOne();
        return Promise.race([third, Promise.resolve()]);
      })
      .toMatchObject({ status: 200 });
  });
});

test("a subgraph that hangs takes nothing from the others", async () => {
  await using slow = await listen(() => {});
  await using quick = await listen((_request, response) => response.end('{"data":{"a":1}}'));
  const urls = new Map([
    ["parking", slow.url],
    ["payments", quick.url],
  ]);
  const client = new AbortController();
  const stack = createFetchStack({
    urlOf: (subgraph) => urls.get(subgraph),
    optionsOf: readSubgraphOptions(
      "all: { shareInFlight: false, bulkhead: { maxConcurrent: 8, maxQueued: 16 } }",
      {},
    ),
    signingKey: undefined,
    clock: Date.now,
  });
  const context = { ...testContext(), signal: client.signal };
  const stuck = Array.from({ length: 500 }, () =>
    stack
      .send({ ...call, subgraph: "parking" }, context)
      .catch(({ code }: { code: string }) => code),
  );
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => stack.send(call, testContext())),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await expect
    .poll(
      () => new Promise<number>((resolve) => slow.server.getConnections((_error, n) => resolve(n))),
    )
    .toBe(8);
  client.abort();
  const codes = await Promise.all(stuck);
  expect(codes.filter((code) => code === "SUBGRAPH_OVERLOADED")).toHaveLength(500 - 24);
  await stack.close();
});

test("many answers that are each within their limit are not taken beyond what they may take up together", async () => {
  const whole = Buffer.alloc(900_000, "x");
  let asked = 0;
  await using subgraph = await withSubgraph(
    (_request, response) => {
      asked += 1;
      response.writeHead(200, { "content-length": String(whole.length) });
      // All but the last byte: the gateway has to hold it.
      response.write(asked <= 20 ? whole.subarray(1) : whole, () => asked > 20 && response.end());
    },
    { subgraph: { ...alone, maxResponseBytes: 1_000_000, maxBufferedBytes: 5_000_000 } },
  );
  const client = new AbortController();
  const context = { ...testContext(), signal: client.signal };
  const codes: string[] = [];
  const sent = Array.from({ length: 20 }, () =>
    subgraph.send(call, context).catch(({ code }: { code: string }) => void codes.push(code)),
  );
  await expect.poll(() => codes).toHaveLength(15);
  expect(new Set(codes)).toEqual(new Set(["SUBGRAPH_OVERLOADED"]));
  client.abort();
  await Promise.all(sent);
  // What was held is free again.
  expect((await subgraph.send(call, testContext())).body).toHaveLength(whole.length);
});
