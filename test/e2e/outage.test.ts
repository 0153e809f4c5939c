/** When an agency's subgraph is gone, its part of an answer is null with an error, and the rest is served. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { people, startCity } from "../support/city.ts";

const location = { latitude: 25.2048, longitude: 55.2708 };

describe("with one subgraph gone", () => {
  test("the home screen shows what the others know, and readiness names who is gone", async () => {
    await using city = await startCity({ env: { CACHE: "false" } });
    const query = await readFile(fromRoot("schema/operations/HomeScreen.graphql"), "utf8");
    const whole = await city.ask(query, { as: people.amal, variables: { location } });
    expect(whole.errors).toBeUndefined();

    await city.subgraphs.get("health")?.[Symbol.asyncDispose]();
    const { data, errors } = await city.ask(query, { as: people.amal, variables: { location } });
    expect(data).toEqual({ ...whole.data, facilitiesNear: null, latestBulletin: null });
    expect(errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      { path: ["facilitiesNear"], code: "SUBGRAPH_UNAVAILABLE", subgraph: "health" },
      { path: ["latestBulletin"], code: "SUBGRAPH_UNAVAILABLE", subgraph: "health" },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONN|stack/);
    const ready = await fetch(city.url.replace("/graphql", "/ready"));
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ready: true, unreachable: ["health"] });

    await city.subgraphs.get("payments")?.[Symbol.asyncDispose]();
    const less = await city.ask(query, { as: people.amal, variables: { location } });
    expect(less.data.me).toBeNull();
    expect(less.errors?.map(({ path }) => path)).toContainEqual(["me"]);
    expect(less.data.mostUsedServices).toEqual(whole.data.mostUsedServices);
  });

  test("what was cached of it is served, and only what is private or new is missing", async () => {
    await using city = await startCity();
    const query = await readFile(fromRoot("schema/operations/HomeScreen.graphql"), "utf8");
    const ask = () => city.ask(query, { as: people.amal, variables: { location } });
    const whole = await ask();
    for (const name of ["health", "payments"])
      await city.subgraphs.get(name)?.[Symbol.asyncDispose]();
    const { data, errors } = await ask();
    expect(data).toEqual({ ...whole.data, me: null });
    expect(errors?.map(({ path }) => path)).toEqual([["me"]]);
    const { data: other } = await city.ask("{ latestFigures { __typename } }");
    expect(other).toEqual({ latestFigures: null });
  });
});
