import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { type City, people, startCity } from "../support/city.ts";

let city: City;
beforeAll(async () => {
  city = await startCity({ kind: "pglite", env: { CACHE: "false" } });
});
afterAll(() => city[Symbol.asyncDispose]());

const query = '{ agency(id: "dewa") { name { en } bills(first: 1) { totalCount } } }';

async function ask(as: Principal | undefined, header = true) {
  const authorization = as ? { authorization: `Bearer ${await city.tokenOf(as)}` } : {};
  const response = await fetch(city.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(header ? { "city-graph-explain": "1" } : {}),
      ...authorization,
    },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as any;
}

describe("an answer explains how it came about", () => {
  test("to an operator who asks, the first time and every other", async () => {
    for (const _again of [1, 2]) {
      const { data, extensions } = await ask(people.noura);
      expect(data.agency.name.en).toContain("Water");
      const { requests, durationMs } = extensions.explain;
      expect(durationMs).toBeGreaterThan(0);
      expect(
        requests.map(({ subgraph, representations }: any) => [subgraph, representations]),
      ).toEqual([
        ["services", 0],
        ["payments", 1],
      ]);
      expect(requests[1].query).toContain("_entities");
      // Not whose data it was.
      expect(JSON.stringify(requests)).not.toContain("dewa");
    }
  });

  test("to nobody else, and not unasked", async () => {
    expect((await ask(people.amal)).extensions).toBeUndefined();
    expect((await ask(undefined)).extensions).toBeUndefined();
    expect((await ask(people.noura, false)).extensions).toBeUndefined();
  });
});
