import { expect, test } from "vitest";
import type { FetchEvent } from "../../../gateway/fetch/observer.ts";
import { testContext } from "../../support/federation.ts";
import { call, mutation, withSubgraph } from "./fake-subgraph.ts";

/** What a subgraph that answers with these statuses in turn (then 200) makes the stack tell. */
async function eventsOf(
  statuses: readonly number[],
  subgraph: object,
  act: (send: Awaited<ReturnType<typeof withSubgraph>>["send"]) => Promise<unknown>,
) {
  const events: FetchEvent[] = [];
  const left = [...statuses];
  await using stack = await withSubgraph(
    (_request, response) => {
      const status = left.shift() ?? 200;
      if (status > 0) response.writeHead(status).end('{"data":{}}');
    },
    { subgraph, observe: (event) => events.push(event) },
  );
  await act(stack.send);
  return events;
}

test("an observer is told of a fetch once, with its retries before it", async () => {
  const retry = { baseDelayMs: 1 };
  const events = await eventsOf([503], { retry }, (send) => send(call, testContext()));
  expect(events).toEqual([
    { type: "retry", subgraph: "payments", attempt: 1 },
    {
      type: "fetch",
      subgraph: "payments",
      kind: "query",
      operationName: undefined,
      outcome: "answered",
      status: 200,
      requestBytes: call.body.length,
      answerBytes: 11,
      durationMs: expect.any(Number),
    },
  ]);
});

test("an observer is told the code of what failed", async () => {
  const events = await eventsOf([0], { timeoutMs: 40 }, (send) =>
    send(mutation, testContext()).catch(() => {}),
  );
  expect(events).toMatchObject([
    { type: "fetch", kind: "mutation", outcome: "SUBGRAPH_TIMEOUT", status: undefined },
  ]);
});

test("an observer is told who shared, who waited and who was refused", async () => {
  const bulkhead = { maxConcurrent: 1, maxQueued: 1 };
  const ask = (name: string) => ({ ...call, body: `{"query":"{ ${name} }"}` });
  const events = await eventsOf([], { bulkhead }, (send) =>
    Promise.allSettled(["a", "a", "b", "c"].map((name) => send(ask(name), testContext()))),
  );
  const types = events.map(({ type }) => type).toSorted();
  expect(types).toEqual(["fetch", "fetch", "fetch", "fetch", "overloaded", "queued", "shared"]);
});
