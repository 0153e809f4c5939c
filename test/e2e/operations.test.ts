/** Every named operation of known clients runs against the whole city; what each costs is stated here. */
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import { type City, people, startCity } from "../support/city.ts";

const location = { latitude: 25.2048, longitude: 55.2708 };

type Cost = {
  readonly as?: Principal;
  readonly variables?: object;
  /** Requests to each subgraph. */
  readonly fetches: Readonly<Record<string, number>>;
  /** SQL statements of all subgraphs together, on either database. */
  readonly statements: number;
};

/** A change that adds a round trip or a statement changes a number here, and shows in review. */
const costs: Readonly<Record<string, Cost>> = {
  HomeScreen: {
    as: people.amal,
    variables: { location },
    fetches: { services: 1, payments: 1, health: 1 },
    statements: 7,
  },
};

const operation = (name: string) => readFile(fromRoot(`schema/operations/${name}.graphql`), "utf8");

let city: City;
beforeAll(async () => {
  city = await startCity();
});
afterAll(() => city[Symbol.asyncDispose]());

const tally = (names: readonly string[]) =>
  Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]),
  );

describe("the named operations", () => {
  test("have their costs stated, every one", async () => {
    const files = await readdir(fromRoot("schema/operations"));
    expect(Object.keys(costs).sort()).toEqual(
      files.map((file) => file.replace(".graphql", "")).sort(),
    );
  });

  test.each(Object.entries(costs))(
    "%s answers without an error, at its stated cost",
    async (name, cost) => {
      const query = await operation(name);
      city.cost.reset();
      const { data, errors } = await city.ask(query, cost);
      expect(errors).toBeUndefined();
      expect(data).toMatchSnapshot();
      expect({ fetches: tally(city.cost.fetches), statements: city.cost.statements() }).toEqual({
        fetches: cost.fetches,
        statements: cost.statements,
      });
    },
  );
});
