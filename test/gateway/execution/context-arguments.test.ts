/** `@context` and `@fromContext` (federation specification 2.8): what is above an entity goes into its arguments. */
import { beforeEach, describe, expect, test } from "vitest";
import { SubgraphFailure } from "../../../gateway/fetch/subgraph-fetch.ts";
import { createCachedFederation } from "../../support/cached-federation.ts";
import { createFederation, type SubgraphModule } from "../../support/federation.ts";

/** Trips with a currency each, of which stops have the price; several trips have one stop. */
const trips: SubgraphModule = {
  sdl: `type Query { trips: [Trip!]! rides: [Ride!]! }
    interface Ride @context(name: "ride") { id: ID! currency: String }
    type Trip implements Ride @key(fields: "id") @context(name: "trip") { id: ID! currency: String leg: Leg stops: [[Stop!]] @shareable }
    type Walk implements Ride @key(fields: "id") @context(name: "trip") { id: ID! currency: String stop: Stop }
    type Leg { stop: Stop first: Stop }
    type Stop @key(fields: "id") { id: ID!
      price(in: String @fromContext(field: "$trip { currency }"), times: Int = 1): String
      fee(in: String @fromContext(field: "$ride { currency }")): String }`,
  resolvers: {
    Query: {
      trips: () => [trip("1", "AED", ["s1", "s2"]), trip("2", "EUR", ["s1"])],
      rides: () => [
        { __typename: "Trip", ...trip("1", "AED", ["s1"]) },
        { __typename: "Walk", id: "9", currency: null, stop: { id: "s1" } },
      ],
    },
    Trip: {
      __resolveReference: ({ id }: { id: string }) => trip(id, id === "1" ? "AED" : "EUR", ["s1"]),
    },
    Stop: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      price: ({ id }: { id: string }, given: { in: string | null; times: number }) =>
        `${id} in ${given.in} times ${given.times}`,
      fee: ({ id }: { id: string }, given: { in: string | null }) => `${id} for ${given.in}`,
    },
  },
  cacheControl: "public, max-age=60",
};
const trip = (id: string, currency: string, stops: readonly string[]) => ({
  id,
  currency,
  leg: { stop: { id: "s1" }, first: { id: "s1" } },
  stops: [stops.map((stop) => ({ id: stop }))],
});
const names: SubgraphModule = {
  sdl: `type Stop @key(fields: "id") { id: ID! name: String } type Query { newest: [Trip!]! }
    type Trip @key(fields: "id") { id: ID! title: String }`,
  resolvers: {
    Query: { newest: () => ["2", "1", "2"].map((id) => ({ id, title: `Trip ${id}` })) },
    Stop: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Stop ${id}` }) },
    Trip: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `Trip ${id}` }) },
  },
  cacheControl: "public, max-age=60",
};

describe.each(["straight", "cached"])("%s", (way) => {
  const create = way === "straight" ? createFederation : createCachedFederation;
  let city = create({ trips, names });
  beforeEach(() => void (city = create({ trips, names })));

  test("one entity below several objects is asked with what each of them has", async () => {
    for (let round = 0; round < 2; round += 1) {
      const { data, errors } = await city.run("{ trips { stops { id name price(times: 2) } } }");
      expect(errors).toEqual([]);
      expect(data.trips.map(({ stops }: any) => stops)).toEqual([
        [
          [
            { id: "s1", name: "Stop s1", price: "s1 in AED times 2" },
            { id: "s2", name: "Stop s2", price: "s2 in AED times 2" },
          ],
        ],
        [[{ id: "s1", name: "Stop s1", price: "s1 in EUR times 2" }]],
      ]);
    }
  });

  test("entities that come twice, and those below them, keep their own", async () => {
    const query = "{ newest { title leg { stop { name price } first { price } } } }";
    const { data, errors } = await city.run(query);
    expect(errors).toEqual([]);
    const leg = (currency: string) => ({
      stop: { name: "Stop s1", price: `s1 in ${currency} times 1` },
      first: { price: `s1 in ${currency} times 1` },
    });
    expect(data.newest).toEqual([
      { title: "Trip 2", leg: leg("EUR") },
      { title: "Trip 1", leg: leg("AED") },
      { title: "Trip 2", leg: leg("EUR") },
    ]);
  });

  test("an interface gives it whichever type is there; null is a value", async () => {
    const query = "{ rides { ... on Trip { stops { fee } } ... on Walk { stop { fee } } } }";
    const { data, errors } = await city.run(query);
    expect(errors).toEqual([]);
    expect(data.rides).toEqual([
      { stops: [[{ fee: "s1 for AED" }]] },
      { stop: { fee: "s1 for null" } },
    ]);
  });

  test("what the client calls so is not mistaken for it", async () => {
    const query = "{ trips { currency: id leg { currency: first { price } } } }";
    const { data, errors } = await city.run(query);
    expect(errors).toEqual([]);
    expect(data.trips[1]).toEqual({
      currency: "2",
      leg: { currency: { price: "s1 in EUR times 1" } },
    });
  });

  test("under a condition it is fetched under the same", async () => {
    const query = `query ($yes: Boolean!, $no: Boolean!) {
      trips { id leg @include(if: $yes) { stop { price @skip(if: $no) } } stops @include(if: $no) { price } } }`;
    const { data, errors } = await city.run(query, { variables: { yes: true, no: false } });
    expect(errors).toEqual([]);
    expect(data.trips[0]).toEqual({ id: "1", leg: { stop: { price: "s1 in AED times 1" } } });
  });
});

test("values of several contexts travel in one request, which says each once", async () => {
  const city = createFederation({ trips, names });
  await city.run("{ newest { leg { stop { price } first { price } } } }");
  const last = city.fetches.at(-1);
  expect(city.fetches.filter(({ subgraph }) => subgraph === "trips")).toHaveLength(2);
  expect(Object.values(last?.variables ?? {}).filter((one) => one === "EUR")).toHaveLength(1);
});

test("where what is above could not be fetched, nothing is asked with a guess", async () => {
  const down = new SubgraphFailure("SUBGRAPH_UNAVAILABLE", "trips", "It is down.");
  const city = createFederation({ trips, names }, ({ query }) =>
    query.includes("currency") ? Promise.reject(down) : undefined,
  );
  const { data, errors } = await city.run("{ newest { title leg { stop { price } } } }");
  expect(data.newest[0]).toEqual({ title: "Trip 2", leg: null });
  expect(errors[0]).toMatchObject({
    path: ["newest", 0, "leg"],
    extensions: { subgraph: "trips" },
  });
  expect(city.fetches.filter(({ query }) => query.includes("price"))).toEqual([]);
});
