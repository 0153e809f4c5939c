/**
 * The objects at a place of the merged data. Walked along the tree of places, so that steps with a
 * common beginning share the way; an object that several parents hold is met once.
 */
import type { Place } from "../plan/place.ts";
import { type DataRecord, isRecord } from "./records.ts";

export type Positions = {
  readonly objects: DataRecord[];
  /** Where each object hangs: `holders[i][keys[i]] === objects[i]`. */
  readonly holders: (DataRecord | unknown[])[];
  readonly keys: (string | number)[];
  /** Some object hangs in several places, of which only one is told. */
  readonly isRepeated: boolean;
};

export type Walker = {
  readonly at: (place: Place) => Positions;
  /** The data has changed: what was found before is found anew. */
  readonly reset: () => void;
};

function collect(holder: DataRecord | unknown[], key: string | number, into: Positions): void {
  const value = (holder as Record<string | number, unknown>)[key];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) collect(value, index, into);
  } else if (isRecord(value)) {
    into.objects.push(value);
    into.holders.push(holder);
    into.keys.push(key);
  }
}

function withoutRepeats(found: Positions): Positions {
  const unique = new Set(found.objects);
  if (unique.size === found.objects.length) return found;
  const kept: Positions = { objects: [], holders: [], keys: [], isRepeated: true };
  for (const [index, object] of found.objects.entries()) {
    if (!unique.delete(object)) continue;
    kept.objects.push(object);
    kept.holders.push(found.holders[index] ?? []);
    kept.keys.push(found.keys[index] ?? 0);
  }
  return kept;
}

export function createWalker(root: DataRecord, placeCount: number): Walker {
  let known: (Positions | undefined)[] = [];
  const start: Positions = { objects: [root], holders: [[root]], keys: [0], isRepeated: false };

  function at(place: Place): Positions {
    const { parent } = place;
    if (!parent) return start;
    const before = known[place.index];
    if (before) return before;
    const all: Positions = { objects: [], holders: [], keys: [], isRepeated: false };
    for (const object of at(parent).objects) collect(object, place.key, all);
    // One object can hang in several places only where entities were shared, or right below.
    const found = place.isEntity || parent.isEntity ? withoutRepeats(all) : all;
    known[place.index] = found;
    return found;
  }

  return {
    at,
    reset() {
      known = Array.from<Positions | undefined>({ length: placeCount });
    },
  };
}
