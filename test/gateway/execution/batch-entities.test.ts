/** Which entity fetches of an operation travel together, and when they leave. */
import { describe, expect, test } from "vitest";
import {
  createFederation,
  type Federation,
  type SubgraphModule,
} from "../../support/federation.ts";

/** Agencies are reached from two subgraphs that answer at different times; their names are the third's. */
function createCity(delays: Readonly<Record<string, Promise<void> | undefined>> = {}): Federation {
  const root = (field: string): SubgraphModule => ({
    sdl: `type Query { ${field}: [Item${field}!]! } type Item${field} { agency: Agency } type Agency @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: {
        [field]: async () => {
          await delays[field];
          return field === "nothing" ? [] : [{ agency: { id: field } }];
        },
      },
    },
  });
  const agencies: SubgraphModule = {
    sdl: `type Query { ping: Boolean } type Agency @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Agency: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `name of ${id}` }) },
    },
  };
  return createFederation({
    bills: root("bills"),
    data: root("data"),
    nothing: root("nothing"),
    agencies,
  });
}

const query = "{ bills { agency { name } } data { agency { name } } nothing { agency { name } } }";
const answer = {
  bills: [{ agency: { name: "name of bills" } }],
  data: [{ agency: { name: "name of data" } }],
  nothing: [],
};
const askedOf = ({ fetches }: Federation, subgraph: string) =>
  fetches.filter((fetch) => fetch.subgraph === subgraph).length;

describe("entity fetches of one subgraph and level", () => {
  test("travel as one request, although the branches that lead to them end at different times", async () => {
    const later = new Promise<void>((resolve) => {
      setTimeout(resolve, 40);
    });
    const city = createCity({ data: later });
    expect(await city.run(query)).toEqual({ data: answer, errors: [] });
    expect(askedOf(city, "agencies")).toBe(1);
  });

  test("do not wait for a branch that turns out to have nothing to ask", async () => {
    const city = createCity();
    expect(
      (await city.run("{ bills { agency { name } } nothing { agency { name } } }")).errors,
    ).toEqual([]);
    expect(askedOf(city, "agencies")).toBe(1);
  });

  test("leave without one that keeps them waiting, which then asks by itself", async () => {
    let release = (): void => undefined;
    const hangs = new Promise<void>((resolve) => {
      release = resolve;
    });
    const city = createCity({ data: hangs });
    const response = city.run(query);
    await expect.poll(() => askedOf(city, "agencies"), { timeout: 5_000 }).toBe(1);
    release();
    expect(await response).toEqual({ data: answer, errors: [] });
    expect(askedOf(city, "agencies")).toBe(2);
  });
});
