/** What is asked of the gateways with and without a cache. */
import { readFileSync } from "node:fs";

export type Ask = { readonly query: string; readonly variables: object; readonly token?: string };

export type CacheWorkload = {
  readonly name: string;
  /** "city": the whole city; "catalogue": two subgraphs of 10,000 products. */
  readonly graph: "city" | "catalogue";
  readonly next: () => Ask;
};

const homeScreen = readFileSync(
  new URL("../../schema/operations/HomeScreen.graphql", import.meta.url),
  "utf8",
);

/** mulberry32: the same positions and products in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Zipf's law with exponent 1 over `count` things: the first is asked for most. */
function createZipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) sums[rank] = sum += 1 / (rank + 1);
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const downtown = { latitude: 25.1972, longitude: 55.2744 };
const near = `query($location: LocationInput!) { facilitiesNear(location: $location, first: 10) {
  nodes { distanceMeters facility { id name { en ar } phone location { latitude longitude } } } } }`;
const product = "query($id: ID!) { product(id: $id) { id name text price inStock } }";

/** @param token Of somebody who is signed in. */
export function cacheWorkloads(token: string): readonly CacheWorkload[] {
  const random = createRandom(2020);
  const zipf = createZipf(10_000, random);
  const around = (degrees: number) => Math.round(degrees * 1_000) / 1_000;
  return [
    {
      name: "home screen, signed out",
      graph: "city",
      next: () => ({ query: homeScreen, variables: { location: downtown } }),
    },
    {
      name: "home screen, signed in",
      graph: "city",
      next: () => ({ query: homeScreen, variables: { location: downtown }, token }),
    },
    {
      name: "near me, 1,600 positions",
      graph: "city",
      next: () => ({
        query: near,
        variables: {
          location: {
            latitude: around(25.1 + Math.floor(random() * 40) / 400),
            longitude: around(55.2 + Math.floor(random() * 40) / 400),
          },
        },
      }),
    },
    {
      name: "Zipf mix of 10,000 entities",
      graph: "catalogue",
      next: () => ({ query: product, variables: { id: String(zipf()) } }),
    },
  ];
}
