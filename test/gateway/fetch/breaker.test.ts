import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBreaker } from "../../../gateway/fetch/breaker.ts";
import { createCallWindow } from "../../../gateway/fetch/call-window.ts";
import type { FetchEvent } from "../../../gateway/fetch/observer.ts";
import {
  type SubgraphAnswer,
  SubgraphFailure,
  type SubgraphSend,
} from "../../../gateway/fetch/subgraph-fetch.ts";
import { testContext } from "../../support/federation.ts";
import { call, withSubgraph } from "./fake-subgraph.ts";

const answered: SubgraphAnswer = {
  status: 200,
  contentType: "application/json",
  cacheControl: undefined,
  age: undefined,
  retryAfter: undefined,
  body: Buffer.from("{}"),
  durationMs: 1,
};
const options = {
  windowMs: 10_000,
  minCalls: 4,
  failureRatio: 0.5,
  failuresInARow: 6,
  slowCallMs: 1_000,
  slowRatio: 0.75,
  openMs: 5_000,
  probes: 2,
};
const isOpen = { code: "SUBGRAPH_UNAVAILABLE", subgraph: "payments" };

/** A breaker over a subgraph that does what it is told, with a clock that is turned by hand. */
function breakerOver(subgraph: { send: SubgraphSend }) {
  const states: string[] = [];
  let nowMs = 1_000_000;
  const observe = (event: FetchEvent) => {
    if (event.type === "breaker") states.push(event.state);
  };
  const breaker = createBreaker(options, { subgraph: "payments", clock: () => nowMs, observe });
  const send = breaker((given, context) => subgraph.send(given, context));
  const ask = () => send(call, testContext());
  return {
    states,
    ask,
    pass: (ms: number) => void (nowMs += ms),
    async askOften(times: number) {
      for (let asked = 0; asked < times; asked += 1) await ask().catch(() => {});
    },
  };
}

const fails: SubgraphSend = () =>
  Promise.reject(new SubgraphFailure("SUBGRAPH_UNAVAILABLE", "payments", "is away"));
const works: SubgraphSend = () => Promise.resolve(answered);
const answers =
  (changes: Partial<SubgraphAnswer>): SubgraphSend =>
  () =>
    Promise.resolve({ ...answered, ...changes });

describe("a breaker opens", () => {
  test("when enough calls failed, and then fails at once without asking", async () => {
    const subgraph = { send: fails };
    const breaker = breakerOver(subgraph);
    await breaker.askOften(4);
    subgraph.send = () => Promise.reject(new Error("it was asked"));
    await expect(breaker.ask()).rejects.toMatchObject(isOpen);
    expect(breaker.states).toEqual(["open"]);
  });

  test("when failures come in a row, although the window is full of good calls", async () => {
    const subgraph = { send: works };
    const breaker = breakerOver(subgraph);
    await breaker.askOften(1_000);
    subgraph.send = fails;
    await breaker.askOften(5);
    expect(breaker.states).toEqual([]);
    await breaker.askOften(1);
    expect(breaker.states).toEqual(["open"]);
  });

  test.each([
    ["503 with whatever body", answers({ status: 503 })],
    ["500 with a page", answers({ status: 500, contentType: "text/html" })],
    ["slow answers", answers({ durationMs: 1_500 })],
  ])("for %s", async (_what, send) => {
    const breaker = breakerOver({ send });
    await breaker.askOften(4);
    await expect(breaker.ask()).rejects.toMatchObject(isOpen);
  });
});

describe("a breaker stays closed", () => {
  test.each([
    ["when too few calls came to conclude anything", fails, 3],
    ["for 500 with a GraphQL answer: the subgraph is alive", answers({ status: 500 }), 50],
    ["for refusals of its own making", answers({ status: 400 }), 50],
  ])("%s", async (_what, send, times) => {
    const breaker = breakerOver({ send });
    await breaker.askOften(times);
    expect(breaker.states).toEqual([]);
  });

  test("when an answer comes between the failures", async () => {
    const subgraph = { send: works };
    const breaker = breakerOver(subgraph);
    await breaker.askOften(20);
    for (const send of [fails, works, fails]) {
      subgraph.send = send;
      await breaker.askOften(send === fails ? 5 : 1);
    }
    expect(breaker.states).toEqual([]);
  });

  test("when half as many fail as it takes", async () => {
    const subgraph = { send: works };
    const breaker = breakerOver(subgraph);
    for (let round = 0; round < 20; round += 1) {
      subgraph.send = works;
      await breaker.askOften(3);
      subgraph.send = fails;
      await breaker.askOften(1);
    }
    expect(breaker.states).toEqual([]);
  });

  test("when failures are older than the window", async () => {
    const subgraph = { send: fails };
    const breaker = breakerOver(subgraph);
    await breaker.askOften(2);
    breaker.pass(options.windowMs);
    await breaker.askOften(3);
    expect(breaker.states).toEqual([]);
  });

  test("when clients hang up, or had no time left", async () => {
    const late = new SubgraphFailure("SUBGRAPH_TIMEOUT", "payments", "late");
    const breaker = breakerOver({ send: () => Promise.reject(late) });
    await breaker.askOften(50);
    expect(breaker.states).toEqual([]);
  });
});

describe("an open breaker", () => {
  async function opened() {
    const subgraph = { send: fails };
    const breaker = breakerOver(subgraph);
    await breaker.askOften(4);
    breaker.pass(options.openMs);
    return { subgraph, breaker };
  }

  test("closes when its probes succeed", async () => {
    const { subgraph, breaker } = await opened();
    subgraph.send = works;
    await breaker.askOften(2);
    expect(breaker.states).toEqual(["open", "half-open", "closed"]);
  });

  test("opens again when a probe fails", async () => {
    const { breaker } = await opened();
    await breaker.askOften(1);
    expect(breaker.states).toEqual(["open", "half-open", "open"]);
    await expect(breaker.ask()).rejects.toMatchObject(isOpen);
  });

  test("lets no more through than its probes", async () => {
    const { subgraph, breaker } = await opened();
    let asked = 0;
    const gate = Promise.withResolvers<SubgraphAnswer>();
    subgraph.send = () => {
      asked += 1;
      return gate.promise;
    };
    const all = Promise.allSettled(Array.from({ length: 50 }, () => breaker.ask()));
    gate.resolve(answered);
    const settled = await all;
    expect(asked).toBe(2);
    expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(48);
  });

  test("gives a probe's place back when its client hung up", async () => {
    const { subgraph, breaker } = await opened();
    const late = new SubgraphFailure("SUBGRAPH_TIMEOUT", "payments", "late");
    subgraph.send = () => Promise.reject(late);
    await breaker.askOften(5);
    subgraph.send = works;
    await breaker.askOften(2);
    expect(breaker.states).toEqual(["open", "half-open", "closed"]);
  });

  test("does not listen to calls that began before it opened", async () => {
    const subgraph = { send: works };
    const breaker = breakerOver(subgraph);
    const gate = Promise.withResolvers<SubgraphAnswer>();
    subgraph.send = () => gate.promise;
    const early = [breaker.ask(), breaker.ask(), breaker.ask()];
    subgraph.send = fails;
    await breaker.askOften(4);
    breaker.pass(options.openMs);
    subgraph.send = () => new Promise(() => {});
    void breaker.ask();
    gate.resolve(answered);
    await Promise.all(early);
    expect(breaker.states).toEqual(["open", "half-open"]);
  });
});

test("a breaker over a real socket opens for a subgraph that hangs, and closes when it is back", async () => {
  let hangs = true;
  let asked = 0;
  const states: string[] = [];
  await using subgraph = await withSubgraph(
    (_request, response) => {
      asked += 1;
      if (!hangs) response.end('{"data":{"a":1}}');
    },
    {
      subgraph: {
        timeoutMs: 60,
        shareInFlight: false,
        breaker: { minCalls: 3, openMs: 200, probes: 1 },
      },
      observe: (event) => event.type === "breaker" && states.push(event.state),
    },
  );
  const ask = () => subgraph.send(call, testContext());
  await Promise.allSettled([ask(), ask(), ask()]);
  const askedBefore = asked;
  await expect(ask()).rejects.toMatchObject(isOpen);
  expect(asked).toBe(askedBefore);
  hangs = false;
  await expect.poll(() => ask().catch(() => ({ status: 0 }))).toMatchObject({ status: 200 });
  expect(states).toEqual(["open", "half-open", "closed"]);
});

test("the window counts exactly the calls of the last ten buckets", () => {
  const bucketMs = 100;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          waitMs: fc.integer({ min: 0, max: 700 }),
          verdict: fc.constantFrom("good", "failed", "slow"),
        }),
        { maxLength: 60 },
      ),
      (calls) => {
        const window = createCallWindow(10 * bucketMs);
        const seen: { turn: number; verdict: string }[] = [];
        let nowMs = 5_000;
        for (const { waitMs, verdict } of calls) {
          nowMs += waitMs;
          window.add(nowMs, verdict);
          const turn = Math.floor(nowMs / bucketMs);
          seen.push({ turn, verdict });
          const recent = seen.filter((one) => turn - one.turn < 10);
          const count = (wanted: string) =>
            recent.filter(({ verdict }) => verdict === wanted).length;
          expect(window.counts(nowMs)).toEqual({
            calls: recent.length,
            failures: count("failed"),
            slow: count("slow"),
          });
        }
      },
    ),
  );
});
