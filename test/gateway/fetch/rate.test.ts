import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FetchEvent } from "../../../gateway/fetch/observer.ts";
import { createRate } from "../../../gateway/fetch/rate.ts";
import { readSubgraphOptions } from "../../../gateway/fetch/subgraph-options.ts";
import type { SubgraphAnswer } from "../../../gateway/fetch/subgraph-fetch.ts";
import { testContext } from "../../support/federation.ts";
import { call, withSubgraph } from "./fake-subgraph.ts";

const alone = { shareInFlight: false, breaker: false, retry: false, bulkhead: false } as const;

/** Calls at these times, in milliseconds. @returns which of them came through. */
async function through(rate: { perSecond: number; burst: number }, timesMs: readonly number[]) {
  let nowMs = 0;
  const deps = { subgraph: "parking", clock: () => nowMs, observe: () => {} };
  const send = createRate(rate, deps)(async () => ({}) as SubgraphAnswer);
  const came: boolean[] = [];
  for (const timeMs of timesMs) {
    nowMs = timeMs;
    came.push(
      await send(call, testContext()).then(
        () => true,
        () => false,
      ),
    );
  }
  return came;
}

test("a rate without a burst lets a second's calls come at once, and is off when it is not set", () => {
  const optionsOf = readSubgraphOptions("{ parking: { rate: { perSecond: 2.5 } } }", {});
  expect(optionsOf("parking").rate).toEqual({ perSecond: 2.5, burst: 3 });
  expect(optionsOf("health").rate).toBe(false);
});

describe("a rate", () => {
  test("lets a burst through, and then as many as time brings", async () => {
    const times = [0, 0, 0, 100, 200, 300, 400, 500, 600];
    expect(await through({ perSecond: 5, burst: 2 }, times)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test("is never passed in any stretch of time by more than its burst", async () => {
    const steps = fc.array(fc.integer({ min: -50, max: 400 }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        steps,
        async (perSecond, burst, gaps) => {
          let now = 1_000_000;
          const times = gaps.map((gap) => (now += Math.max(0, gap)));
          const came = await through({ perSecond, burst }, times);
          for (let from = 0; from < times.length; from += 1) {
            for (let to = from; to < times.length; to += 1) {
              const count = came.slice(from, to + 1).filter(Boolean).length;
              const seconds = ((times[to] ?? 0) - (times[from] ?? 0)) / 1_000;
              expect(count).toBeLessThanOrEqual(burst + seconds * perSecond + 1e-6);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test("gains nothing when the clock is set back", async () => {
    expect(await through({ perSecond: 1, burst: 1 }, [5_000, 1_000, 1_000, 2_000])).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test("asks the subgraph nothing beyond it, and tells of what it refused", async () => {
    let asked = 0;
    const events: FetchEvent[] = [];
    await using subgraph = await withSubgraph(
      (_request, response) => {
        asked += 1;
        response.end('{"data":{}}');
      },
      {
        subgraph: { ...alone, rate: { perSecond: 1, burst: 3 } },
        clock: () => 0,
        observe: (event) => events.push(event),
      },
    );
    const context = { ...testContext(), deadlineMs: 60_000 };
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, () => subgraph.send(call, context)),
    );
    expect(asked).toBe(3);
    const refused = all.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(7);
    expect(refused[0]).toMatchObject({ reason: { code: "SUBGRAPH_OVERLOADED" } });
    expect(events.filter(({ type }) => type === "overloaded")).toHaveLength(7);
  });

  test("does not open the breaker, and is not waited out by retries", async () => {
    let asked = 0;
    await using subgraph = await withSubgraph(
      (_request, response) => {
        asked += 1;
        response.end('{"data":{}}');
      },
      {
        subgraph: {
          ...alone,
          retry: { retries: 3 },
          breaker: { minCalls: 5 },
          rate: { perSecond: 1_000, burst: 5 },
        },
      },
    );
    await Promise.allSettled(Array.from({ length: 200 }, () => subgraph.send(call, testContext())));
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await subgraph.send(call, testContext())).status).toBe(200);
    expect(asked).toBe(before + 1);
  });
});
