/**
 * The objects at a place of the merged data. Walked along the tree of places, so that steps with a
 * common beginning share the way; an object that several parents hold is met once.
 */
import type { Keyed } from "./keyed.ts";
import type { Place, Sharing } from "../plan/place.ts";
import { type DataRecord, isRecord } from "./records.ts";

export type Positions = {
  objects: DataRecord[];
  /** Where each object hangs: `holders[i][keys[i]] === objects[i]`. */
  holders: (DataRecord | unknown[])[];
  keys: (string | number)[];
  /** Some object hangs in several places, of which only one is told. */
  isRepeated: boolean;
  /** By what fetches require of the objects (extractor.ts), as long as nothing has come into them. */
  readonly keyed: Map<string, Keyed>;
};

export type Walker = {
  readonly at: (place: Place) => Positions;
  /** Data has come into the objects at this place: what is below is found anew. */
  readonly reset: (place: Place) => void;
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

/** Leaves each object once. */
function dropRepeats(positions: Positions): void {
  const { objects, holders, keys } = positions;
  const seen = new Set<DataRecord>();
  let kept = 0;
  for (let index = 0; index < objects.length; index += 1) {
    const object = objects[index] as DataRecord;
    if (seen.has(object)) continue;
    seen.add(object);
    objects[kept] = object;
    holders[kept] = holders[index] as DataRecord;
    keys[kept] = keys[index] as string;
    kept += 1;
  }
  if (kept === objects.length) return;
  objects.length = kept;
  holders.length = kept;
  keys.length = kept;
  positions.isRepeated = true;
}

export function createWalker(root: DataRecord, placeCount: number, sharing: Sharing): Walker {
  const known = Array.from<Positions | undefined>({ length: placeCount });
  const start: Positions = {
    objects: [root],
    holders: [[root]],
    keys: [0],
    isRepeated: false,
    keyed: new Map(),
  };

  function at(place: Place): Positions {
    const { parent } = place;
    if (!parent) return start;
    const before = known[place.index];
    if (before) return before;
    const found: Positions = {
      objects: [],
      holders: [],
      keys: [],
      isRepeated: false,
      keyed: new Map(),
    };
    for (const object of at(parent).objects) collect(object, place.key, found);
    if (sharing.at[place.index] || sharing.below[parent.index]) dropRepeats(found);
    known[place.index] = found;
    return found;
  }

  function reset(place: Place): void {
    known[place.index]?.keyed.clear();
    for (const below of place.below.values()) {
      known[below.index] = undefined;
      reset(below);
    }
  }

  return { at, reset };
}
