import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { SubgraphCall } from "../../../gateway/fetch/subgraph-fetch.ts";
import type { Principal } from "../../../platform/principal.ts";
import { testContext } from "../../support/federation.ts";
import { call, mutation, withSubgraph } from "./fake-subgraph.ts";

const person = (id: string, scopes: string[] = []): Principal => ({
  kind: "person",
  id,
  scopes,
  policies: [],
});

/** Holds every request until all are told to be answered. */
async function holding(settings: object = {}) {
  const held: ServerResponse[] = [];
  let asked = 0;
  let hungUp = 0;
  const subgraph = await withSubgraph(
    (_request, response) => {
      asked += 1;
      held.push(response);
      response.once("close", () => void (response.writableFinished || (hungUp += 1)));
    },
    { subgraph: { retry: false, ...settings } },
  );
  return Object.assign(subgraph, {
    held,
    asked: () => asked,
    hungUp: () => hungUp,
    answerAll: () => held.splice(0).forEach((response) => response.end('{"data":{"a":1}}')),
  });
}

const leaving = () => {
  const client = new AbortController();
  return { ...testContext(), signal: client.signal, leave: () => client.abort() };
};

describe("equal queries at the same time", () => {
  test("travel once, and all get the answer", async () => {
    await using subgraph = await holding();
    const all = Promise.all(Array.from({ length: 20 }, () => subgraph.send(call, testContext())));
    await expect.poll(() => subgraph.asked()).toBe(1);
    subgraph.answerAll();
    expect((await all).map(({ body }) => body.toString())).toEqual(
      Array(20).fill('{"data":{"a":1}}'),
    );
    expect(subgraph.asked()).toBe(1);
  });

  test("give each waiter objects of its own", async () => {
    await using subgraph = await holding();
    const request = { ...call, query: "{ a }", variables: {} };
    const both = [1, 2].map(() => subgraph.fetch(request, testContext()));
    await expect.poll(() => subgraph.asked()).toBe(1);
    subgraph.answerAll();
    const [one, other] = await Promise.all(both);
    expect(one?.data).toEqual(other?.data);
    expect(one?.data).not.toBe(other?.data);
  });

  test("do not join what began before a mutation ended: it may not show what was written", async () => {
    await using subgraph = await holding();
    const before = subgraph.fetch(call, testContext());
    await expect.poll(subgraph.asked).toBe(1);
    const written = subgraph.fetch(mutation, testContext());
    await expect.poll(subgraph.asked).toBe(2);
    subgraph.held.pop()?.end('{"data":{"a":1}}');
    await written;
    const after = subgraph.fetch(call, testContext());
    await expect.poll(subgraph.asked).toBe(3);
    subgraph.answerAll();
    await Promise.all([before, after]);
  });

  test("travel again once the answer is there", async () => {
    await using subgraph = await withSubgraph((_request, response) => response.end("{}"));
    const first = await subgraph.send(call, testContext());
    const second = await subgraph.send(call, testContext());
    expect(second).not.toBe(first);
  });

  const amal = person("person-amal");
  const differing: [string, [SubgraphCall, Principal?], [SubgraphCall, Principal?]][] = [
    ["other bytes", [call], [{ ...call, body: '{"query":"{ b }"}' }]],
    ["another person", [call, amal], [call, person("person-noura")]],
    ["somebody and nobody", [call, amal], [call]],
    ["the same person with other rights", [call, amal], [call, person("person-amal", ["x"])]],
    ["other headers", [{ ...call, headers: { a: "1" } }], [{ ...call, headers: { a: "2" } }]],
    ["mutations", [mutation], [mutation]],
  ];
  test.each(differing)("are not shared: %s", async (_what, one, other) => {
    await using subgraph = await holding();
    const sent = [one, other].map(([given, principal]) =>
      subgraph.send(given, testContext(principal)),
    );
    await expect.poll(() => subgraph.asked()).toBe(2);
    subgraph.answerAll();
    await Promise.all(sent);
  });

  test("are shared with equal headers in any order, and by equal principals", async () => {
    await using subgraph = await holding();
    const sent = [
      subgraph.send({ ...call, headers: { a: "1", b: "2" } }, testContext(person("person-amal"))),
      subgraph.send({ ...call, headers: { b: "2", a: "1" } }, testContext(person("person-amal"))),
    ];
    await expect.poll(() => subgraph.asked()).toBe(1);
    subgraph.answerAll();
    await Promise.all(sent);
    expect(subgraph.asked()).toBe(1);
  });
});

test("a query after a mutation never joins one that began before the mutation ended", async () => {
  const held: ServerResponse[] = [];
  await using subgraph = await withSubgraph((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (body.includes("mutation")) response.end('{"data":{}}');
      else held.push(response);
    });
  });
  const before = subgraph.send(call, testContext());
  await expect.poll(() => held.length).toBe(1);
  // In another subgraph, even: what it changed may show here.
  const write = { ...mutation, subgraph: "parking", body: '{"query":"mutation { b }"}' };
  await subgraph.send(write, testContext());
  const after = subgraph.send(call, testContext());
  await expect.poll(() => held.length).toBe(2);
  held[1]?.end('"after"');
  expect((await after).body.toString()).toBe('"after"');
  held[0]?.end('"before"');
  expect((await before).body.toString()).toBe('"before"');
});

describe("a waiter that leaves", () => {
  test("ends at once and takes nobody along, not even when it came first", async () => {
    await using subgraph = await holding();
    const first = leaving();
    const left = subgraph.send(call, first);
    const stays = subgraph.send(call, testContext());
    await expect.poll(() => subgraph.asked()).toBe(1);
    first.leave();
    await expect(left).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    subgraph.answerAll();
    expect((await stays).status).toBe(200);
    expect(subgraph.hungUp()).toBe(0);
  });

  test("as the last one ends the call at the subgraph, and the next query begins anew", async () => {
    await using subgraph = await holding();
    const clients = [leaving(), leaving(), leaving()];
    const sent = clients.map((client) => subgraph.send(call, client));
    await expect.poll(() => subgraph.asked()).toBe(1);
    for (const client of clients) client.leave();
    await Promise.allSettled(sent);
    const next = subgraph.send(call, testContext());
    await expect.poll(() => subgraph.hungUp()).toBe(1);
    await expect.poll(() => subgraph.asked()).toBe(2);
    subgraph.answerAll();
    expect((await next).status).toBe(200);
  });

  test("at its own deadline leaves the others theirs", async () => {
    await using subgraph = await holding();
    const hurried = subgraph.send(call, { ...testContext(), deadlineMs: Date.now() + 40 });
    const patient = subgraph.send(call, testContext());
    await expect(hurried).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    subgraph.answerAll();
    expect((await patient).status).toBe(200);
    expect(subgraph.asked()).toBe(1);
  });

  test("that had hung up before asks the subgraph nothing that lasts", async () => {
    await using subgraph = await holding();
    const gone = leaving();
    gone.leave();
    await expect(subgraph.send(call, gone)).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    const next = subgraph.send(call, testContext());
    await expect.poll(() => subgraph.asked()).toBeGreaterThan(0);
    await expect
      .poll(() => {
        subgraph.answerAll();
        return Promise.race([next, Promise.resolve()]);
      })
      .toMatchObject({ status: 200 });
  });
});

test("all waiters of a call that failed learn why", async () => {
  await using subgraph = await holding({ timeoutMs: 60 });
  const settled = await Promise.allSettled(
    Array.from({ length: 5 }, () => subgraph.send(call, testContext())),
  );
  for (const one of settled) {
    expect(one).toMatchObject({ status: "rejected", reason: { code: "SUBGRAPH_TIMEOUT" } });
  }
});
