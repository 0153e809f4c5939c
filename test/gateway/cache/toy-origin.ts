/** An origin for tests of the cache: values by key, a count of loads, a switch that makes it fail. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CacheAnswer, CacheItem, Load, Loaded } from "../../../gateway/cache/cache-types.ts";
import type { Freshness } from "../../../gateway/cache/freshness.ts";

export const item = (key: string, scope: CacheItem["scope"] = "public"): CacheItem => ({
  key,
  scope,
  labels: { subgraph: "services", type: "Service" },
});

export const fresh = (change: Partial<Freshness> = {}): Freshness => ({
  scope: "public",
  maxAgeMs: 60_000,
  ageMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  ...change,
});

export type ToyOrigin = {
  /** What keys stand for now; a key without a value stands for its name and version 0. */
  readonly versions: Map<string, number>;
  /** Keys of each load, in order. */
  readonly loads: { readonly keys: readonly string[]; readonly reason: string }[];
  readonly load: Load<CacheItem>;
  /** May be changed by a test. */
  answer: (key: string) => Loaded;
  delayMs: number;
};

export function createToyOrigin(freshness: Freshness | undefined = fresh()): ToyOrigin {
  const versions = new Map<string, number>();
  const origin: ToyOrigin = {
    versions,
    loads: [],
    delayMs: 1,
    answer: (key) => ({
      kind: "value",
      value: Buffer.from(`${key}@${versions.get(key) ?? 0}`),
      freshness,
      tags: [`tag-${key}`, "all"],
    }),
    async load(items, reason) {
      origin.loads.push({ keys: items.map(({ key }) => key), reason });
      const answers = items.map(({ key }) => origin.answer(key));
      await sleep(origin.delayMs);
      return answers;
    },
  };
  return origin;
}

export const textOf = (answer: CacheAnswer | undefined): string | undefined =>
  answer?.kind === "value" ? answer.value.toString() : undefined;
