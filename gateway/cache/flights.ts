/**
 * Loads under way in this process, by key: whoever misses the same key waits for the one that began.
 * A flight always lands: its leader answers every item, whatever happens.
 */
import type { CacheSource, Loaded } from "./cache-types.ts";
import type { Entry } from "./entry.ts";

export type Landing =
  /** May be given to everybody who waits, if the book still allows it. */
  | {
      readonly kind: "entry";
      readonly entry: Entry;
      readonly source: CacheSource;
      /** The origin failed and this is what the cache had. */
      readonly insteadOf?: unknown;
    }
  /** Belongs to the leader alone. */
  | {
      readonly kind: "own";
      readonly value: Extract<Loaded, { kind: "value" }>;
      readonly note: string;
    }
  | { readonly kind: "failure"; readonly error: unknown }
  /** The leader gave up; whoever waits begins again. */
  | { readonly kind: "abandoned"; readonly error: unknown };

export type Flight = {
  readonly startedMs: number;
  /** Went to the origin without asking the cache. */
  readonly direct: boolean;
  readonly landing: Promise<Landing>;
  /** The first call counts. */
  readonly land: (landing: Landing) => void;
};

export type Flights = {
  readonly get: (key: string) => Flight | undefined;
  readonly begin: (key: string, startedMs: number, direct: boolean) => Flight;
  /** A flight that nobody can join. */
  readonly alone: (startedMs: number) => Flight;
};

export function createFlights(): Flights {
  const byKey = new Map<string, Flight>();

  function flight(startedMs: number, direct: boolean, landed: (it: Flight) => void): Flight {
    const { promise: landing, resolve } = Promise.withResolvers<Landing>();
    const it: Flight = {
      startedMs,
      direct,
      landing,
      land(result) {
        landed(it);
        resolve(result);
      },
    };
    return it;
  }

  return {
    get: (key) => byKey.get(key),
    begin(key, startedMs, direct) {
      const begun = flight(startedMs, direct, (it) => {
        if (byKey.get(key) === it) byKey.delete(key);
      });
      byKey.set(key, begun);
      return begun;
    },
    alone: (startedMs) => flight(startedMs, true, () => {}),
  };
}
