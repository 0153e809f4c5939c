/** What the home screen costs, first and then again: the numbers that docs/services.md tells. */
import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { people, startCity } from "../support/city.ts";

vi.setConfig({ testTimeout: 60_000 });

const variables = { location: { latitude: 25.2048, longitude: 55.2708 } };

test("the home screen costs three fetches and seven statements, and then what is private only", async () => {
  await using city = await startCity();
  const query = await readFile(fromRoot("schema/operations/HomeScreen.graphql"), "utf8");
  const cost = async (as?: (typeof people)["amal" | "omar"]) => {
    city.cost.reset();
    const { errors } = await city.ask(query, { ...(as ? { as } : {}), variables });
    expect(errors).toBeUndefined();
    return { fetches: [...city.cost.fetches].sort(), statements: city.cost.statements() };
  };
  expect(await cost(people.amal)).toEqual({
    fetches: ["health", "payments", "services"],
    statements: 7,
  });
  expect(await cost(people.amal)).toEqual({ fetches: ["payments"], statements: 3 });
});
