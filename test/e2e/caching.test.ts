/** What the cache does for the city's own screens, over real sockets. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, inject, test, vi } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import { people, startCity } from "../support/city.ts";
import type { StartedSubgraph } from "../support/start-subgraph.ts";

// Each starts a city of its own.
vi.setConfig({ testTimeout: 60_000 });

const location = { latitude: 25.2048, longitude: 55.2708 };
const dha: Principal = {
  kind: "agency",
  id: "agency-dha",
  agencyId: "dha",
  scopes: ["bulletins:write"],
  policies: [],
};

test("the home screen of somebody who is signed out is made once, and signed in it asks for what is private only", async () => {
  await using city = await startCity();
  const query = await readFile(fromRoot("schema/operations/HomeScreen.graphql"), "utf8");
  const variables = { location };
  const first = await city.ask(query, { variables });
  // Whoever is signed in has entries of his own, and what he asks says nothing of those who are not.
  for (const as of [people.amal, people.omar]) await city.ask(query, { as, variables });
  for (let times = 0; times < 3; times += 1) await city.ask(query, { variables });
  city.cost.fetches.splice(0);
  for (let times = 0; times < 5; times += 1)
    expect(await city.ask(query, { variables })).toEqual(first);
  expect(city.cost.fetches).toEqual([]);
  const { data } = await city.ask(query, { as: people.amal, variables });
  expect(data.me.id).toBe(people.amal.id);
  expect(data.latestBulletin).toEqual(first.data.latestBulletin);
  expect(city.cost.fetches).toEqual(["payments"]);
});

test("hours that an agency corrects are read by the next reader, though the former ones were cached", async () => {
  await using city = await startCity();
  const query = '{ facility(id: "dha-0000035") { openingHours { text } } }';
  const hours = async () => (await city.ask(query)).data.facility.openingHours.text;
  for (let reads = 0; reads < 3; reads += 1) await hours();
  const as = { ...dha, scopes: ["facilities:write"] };
  for (const text of ["Mo-Fr 08:00-12:00", "24/7"]) {
    const correct = `mutation { correctFacilityHours(facilityId: "dha-0000035", hours: "${text}") { id } }`;
    expect((await city.ask(correct, { as })).errors).toBeUndefined();
    expect(await hours()).toBe(text);
  }
});

test("a bulletin that was published past the gateway is seen as soon as its event is read", async () => {
  const env = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
  await using city = await startCity({ env });
  const latest = async (): Promise<unknown> =>
    (await city.ask("{ latestBulletin { title { en ar } } }")).data.latestBulletin.title;
  // In the cache for 30 seconds.
  for (let reads = 0; reads < 3; reads += 1) await latest();
  const title = { en: "Heat", ar: "حر" };
  const input = {
    idempotencyKey: "past-the-gateway",
    severity: "WARNING",
    title,
    body: { en: "Drink water.", ar: "اشربوا الماء." },
    validFrom: new Date(Date.now() - 1_000).toISOString(),
  };
  const { errors } = await (city.subgraphs.get("health") as StartedSubgraph).ask(
    "mutation($input: PublishBulletinInput!) { publishBulletin(input: $input) { __typename } }",
    { principal: dha, variables: { input } },
  );
  expect(errors).toBeUndefined();
  await expect.poll(latest, { timeout: 5_000 }).toEqual(title);
});

describe.each(["memory", "Redis"])("with %s", (kind) => {
  test("a bulletin that is published is seen by the next reader, though the former one was cached", async () => {
    const redis = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
    await using city = await startCity({ env: kind === "Redis" ? redis : {} });
    const latest = async () =>
      (await city.ask("{ latestBulletin { id title { en ar } } }")).data.latestBulletin;
    for (let times = 0; times < 5; times += 1) {
      // In the cache, as a part and as a whole.
      for (let reads = 0; reads < 3; reads += 1) await latest();
      const title = { en: `Dust ${times}`, ar: `غبار ${times}` };
      const input = {
        idempotencyKey: `key-${times}`,
        severity: "WARNING",
        title,
        body: { en: "Stay inside.", ar: "ابقوا في المنازل." },
        validFrom: new Date(Date.now() - 1_000).toISOString(),
      };
      const publish =
        "mutation($input: PublishBulletinInput!) { publishBulletin(input: $input) { __typename } }";
      const { errors } = await city.ask(publish, { as: dha, variables: { input } });
      expect(errors).toBeUndefined();
      expect((await latest()).title).toEqual(title);
    }
  });

  test("figures that are published or revised are seen by the next reader, though the former were cached", async () => {
    const redis = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
    await using city = await startCity({ env: kind === "Redis" ? redis : {} });
    const read = async () => {
      const query = `{ latestFigures { metric day value revisions }
        figures(metric: TESTS, from: "2026-06-01", to: "2026-06-30") { total } }`;
      const { data, errors } = await city.ask(query);
      expect(errors).toBeUndefined();
      return {
        latest: data.latestFigures.find(({ metric }: { metric: string }) => metric === "TESTS"),
        total: data.figures.reduce((sum: number, one: { total: number }) => sum + one.total, 0),
      };
    };
    const as = { ...dha, scopes: ["figures:write"] };
    for (const [times, value] of [1_000, 1_200, 1_100].entries()) {
      for (let reads = 0; reads < 3; reads += 1) await read();
      const figures = [{ metric: "TESTS", day: "2026-06-30", value }];
      const input = { figures, source: "Test", idempotencyKey: `key-${times}` };
      const publish =
        "mutation ($input: PublishFiguresInput!) { publishFigures(input: $input) { changed } }";
      const { errors } = await city.ask(publish, { as, variables: { input } });
      expect(errors).toBeUndefined();
      const latest = { metric: "TESTS", day: "2026-06-30", value, revisions: times + 1 };
      expect(await read()).toEqual({ latest, total: value });
    }
  });
});
