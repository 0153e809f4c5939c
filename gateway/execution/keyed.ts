/**
 * The objects at a place by their representations, as far as these are plain: found once for all fetches that
 * require the same of them. Objects that are equal so far and have one representation become one object here,
 * for whatever comes will be the same for them.
 */
import type { Extractor, Shape } from "../plan/extractor.ts";
import type { Place, Sharing } from "../plan/place.ts";
import type { Positions } from "./positions.ts";
import type { DataRecord } from "./records.ts";

export type Keyed = {
  /** By the index of an object: that of its representation, or -1 when it has to be looked at closer. */
  readonly representations: readonly number[];
  /** JSON, each once. */
  readonly texts: readonly string[];
};

/** Whether two objects have the same fields with the very same values. */
function isSame(one: DataRecord, other: DataRecord): boolean {
  let left = 0;
  for (const key in one) {
    if (one[key] !== other[key]) return false;
    left += 1;
  }
  for (const _key in other) left -= 1;
  return left === 0;
}

/** Numbers texts in the order they come; those of one key by the key's value, which needs no text. */
function createNumbering() {
  const texts: string[] = [];
  const byText = new Map<string, number>();
  const byValue = new Map<Shape, Map<string, number>>();

  function numberOfText(text: string | null): number {
    if (text === null) return -1;
    const known = byText.get(text);
    if (known !== undefined) return known;
    byText.set(text, texts.length);
    return texts.push(text) - 1;
  }

  function valuesOf(shape: Shape): Map<string, number> {
    const known = byValue.get(shape);
    if (known) return known;
    const created = new Map<string, number>();
    byValue.set(shape, created);
    return created;
  }

  const numberOf = (shape: Shape, entity: DataRecord): number => {
    const value = shape.onlyKey === undefined ? undefined : entity[shape.onlyKey];
    if (typeof value !== "string") return numberOfText(shape.textOf(entity));
    const values = valuesOf(shape);
    const known = values.get(value);
    if (known !== undefined) return known;
    const text = shape.textOf(entity);
    if (text === null) return -1;
    values.set(value, texts.length);
    return texts.push(text) - 1;
  };
  return { texts, numberOf };
}

/** Changes `positions` and what is there where objects turn out to be one. */
export function keyedBy(
  extractor: Extractor,
  positions: Positions,
  place: Place,
  sharing: Sharing,
): Keyed {
  const known = positions.keyed.get(extractor.signature);
  if (known) return known;
  const { objects, holders, keys, isRepeated } = positions;
  const { texts, numberOf } = createNumbering();
  const representations: number[] = [];
  const firsts: DataRecord[] = [];
  let kept = 0;
  for (let at = 0; at < objects.length; at += 1) {
    const entity = objects[at] as DataRecord;
    const shape = extractor.shapeOf(entity);
    const number = shape ? numberOf(shape, entity) : -1;
    if (number >= 0) {
      const first = firsts[number];
      if (first === undefined) firsts[number] = entity;
      else if (!isRepeated && isSame(first, entity)) {
        (holders[at] as Record<string | number, unknown>)[keys[at] as string] = first;
        continue;
      }
    }
    representations.push(number);
    objects[kept] = entity;
    holders[kept] = holders[at] as DataRecord;
    keys[kept] = keys[at] as string;
    kept += 1;
  }
  if (kept < objects.length) {
    sharing.at[place.index] = true;
    positions.isRepeated = true;
    objects.length = kept;
    holders.length = kept;
    keys.length = kept;
    positions.keyed.clear();
  }
  const keyed = { representations, texts };
  positions.keyed.set(extractor.signature, keyed);
  return keyed;
}
