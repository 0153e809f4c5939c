/**
 * Entities that wait to be asked for in one request: representations by ask, each once however many
 * entities have it, and after the answer what came merged into each of them.
 */
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { EntityGroup, EntityStep } from "../plan/program.ts";
import type { Shape } from "../plan/extractor.ts";
import type { Sharing } from "../plan/place.ts";
import type { EntityRequestText } from "../plan/request-text.ts";
import { toFailure } from "./ask-subgraph.ts";
import type { EntityRequest } from "./fetcher.ts";
import type { Failure, Failures } from "./failures.ts";
import type { Positions } from "./positions.ts";
import { type DataRecord, isRecord, mergeInto } from "./records.ts";
import { type RepresentationScope, representationText } from "./representation.ts";
import { applyRewrites } from "./rewrites.ts";

type Target = { readonly entity: DataRecord; readonly step: EntityStep };

type Asked = {
  readonly ask: number;
  readonly step: EntityStep;
  readonly indexByText: Map<string, number>;
  /** The same by the one key's value: most entities have one key, and many places. */
  readonly indexesByShape: Map<Shape, Map<string, number>>;
  /** The entities of each representation. */
  readonly targets: Target[][];
  /** The type of each representation, if nothing rewrites it. */
  readonly typenames: (string | undefined)[];
};

export type EntityBatch = {
  /** @returns whether the step found anything to ask for. */
  readonly add: (step: EntityStep, positions: Positions) => boolean;
  readonly isEmpty: () => boolean;
  readonly request: () => EntityRequest;
  readonly merge: (result: SubgraphResult) => void;
  readonly fail: (failure: Failure) => void;
};

function indexesOf({ indexesByShape }: Asked, shape: Shape): Map<string, number> {
  const indexes = indexesByShape.get(shape) ?? new Map<string, number>();
  indexesByShape.set(shape, indexes);
  return indexes;
}

/** The first entity of the step among those of one representation. */
function firstOf(targets: readonly Target[], step: EntityStep): DataRecord | undefined {
  for (const target of targets) if (target.step === step) return target.entity;
  return undefined;
}

/** An object of its own with the same data: what was one object in it is one in the copy, too. */
function copyOf(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known) return known;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, copies));
  const copy: DataRecord = {};
  copies.set(value, copy);
  for (const key of Object.keys(value)) {
    if (key !== "__proto__") copy[key] = copyOf((value as DataRecord)[key], copies);
  }
  return copy;
}

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

export type BatchScope = RepresentationScope & {
  readonly failures: Failures;
  readonly sharing: Sharing;
};

export function createEntityBatch(scope: BatchScope, group: EntityGroup): EntityBatch {
  const { supergraphSchema, failures, sharing } = scope;
  const { subgraph } = group;
  const byAsk = new Map<number, Asked>();
  let text: EntityRequestText | undefined;

  const textOf = (step: EntityStep, shape: Shape | null, entity: DataRecord): string | undefined =>
    shape?.textOf(entity) ?? representationText(scope, step.node, entity);

  /** Index of the entity's representation among those of the ask; -1 when it has none. */
  function indexOf(asked: Asked, step: EntityStep, entity: DataRecord): number {
    const shape = step.node.inputRewrites?.length ? null : step.extractor.shapeOf(entity);
    if (shape === undefined) return -1;
    const onlyKey = shape?.onlyKey;
    const value = onlyKey === undefined ? undefined : entity[onlyKey];
    const byValue = shape && typeof value === "string" ? indexesOf(asked, shape) : undefined;
    const known = byValue?.get(value as string);
    if (known !== undefined) return known;
    const text = textOf(step, shape, entity);
    if (text === undefined) return -1;
    const index = asked.indexByText.get(text) ?? asked.targets.push([]) - 1;
    asked.indexByText.set(text, index);
    const isRewritten = step.node.inputRewrites !== undefined && step.node.inputRewrites.length > 0;
    asked.typenames[index] = isRewritten ? undefined : String(entity["__typename"]);
    byValue?.set(value as string, index);
    return index;
  }

  function add(step: EntityStep, positions: Positions): boolean {
    const { objects, holders, keys, isRepeated } = positions;
    const { index: place } = step.place;
    const asked = byAsk.get(step.ask) ?? {
      ask: step.ask,
      step,
      indexByText: new Map<string, number>(),
      indexesByShape: new Map<Shape, Map<string, number>>(),
      targets: [],
      typenames: [],
    };
    let found = 0;
    let kept = 0;
    for (let at = 0; at < objects.length; at += 1) {
      const entity = objects[at] as DataRecord;
      const holder = holders[at] as DataRecord;
      const key = keys[at] as string;
      const index = indexOf(asked, step, entity);
      if (index >= 0) {
        found += 1;
        const targets = asked.targets[index] as Target[];
        const first = firstOf(targets, step);
        // Equal so far, at one place, and asked the same: from here on they are one object.
        if (first && !isRepeated && isSame(first, entity)) {
          holder[key] = first;
          continue;
        }
        if (first) sharing.below[place] = true;
        targets.push({ entity, step });
      }
      objects[kept] = entity;
      holders[kept] = holder;
      keys[kept] = key;
      kept += 1;
    }
    if (kept < objects.length) {
      sharing.at[place] = true;
      positions.isRepeated = true;
      objects.length = kept;
      holders.length = kept;
      keys.length = kept;
    }
    if (found === 0) return false;
    byAsk.set(step.ask, asked);
    return true;
  }

  const failAll = (asked: Asked, failure: Failure): void => {
    for (const { entity } of asked.targets.flat()) failures.note(entity, failure);
  };

  /** `["_entities", 2, "price"]`: at the price of the entities that the third representation is of. */
  function placeError(asked: Asked, path: readonly (string | number)[], failure: Failure): void {
    const index = path[1];
    if (typeof index !== "number") return failAll(asked, failure);
    const inEntity = path.slice(2);
    for (const { entity } of asked.targets[index] ?? []) {
      if (inEntity.length === 0) failures.note(entity, failure);
      else failures.noteBelow(entity, inEntity, failure);
    }
  }

  function mergeEntities(asked: Asked, entities: readonly unknown[]): void {
    const { step: leader, targets } = asked;
    const copies = new Map<EntityStep, Map<object, unknown>>();
    const ownOf = (step: EntityStep, entity: DataRecord): DataRecord => {
      if (step === leader) return entity;
      const known = copies.get(step) ?? new Map<object, unknown>();
      copies.set(step, known);
      return copyOf(entity, known) as DataRecord;
    };
    for (let index = 0; index < targets.length; index += 1) {
      const places = targets[index] as Target[];
      const entity = entities[index];
      if (entity !== null && !isRecord(entity)) {
        const message = `"${subgraph}" answered with something else than an entity.`;
        const extensions = { code: "SUBGRAPH_INVALID_RESPONSE", subgraph };
        for (const place of places) failures.note(place.entity, { message, extensions });
        continue;
      }
      if (entity === null) {
        for (const place of places) failures.noteUnknown(place.entity);
        continue;
      }
      applyRewrites(supergraphSchema, leader.node.outputRewrites, entity);
      for (const place of places) {
        // At another place of the answer other fields are asked for below: objects of their own.
        const own = ownOf(place.step, entity);
        mergeInto(supergraphSchema, place.entity, own);
      }
    }
  }

  const active = (): Asked[] => [...byAsk.values()].sort((a, b) => a.ask - b.ask);

  return {
    add,
    isEmpty: () => byAsk.size === 0,
    request() {
      const asks = active();
      const chosen = group.textFor(asks.map(({ ask }) => ask));
      text = chosen;
      const parts = asks.map(({ ask, indexByText, typenames }) => {
        return { ask, representations: [...indexByText.keys()], typenames };
      });
      return { group, text: chosen, parts };
    },
    fail(failure) {
      for (const asked of byAsk.values()) failAll(asked, failure);
    },
    merge({ data, errors }) {
      const parts = text?.parts ?? [];
      const asks = active();
      const partOf = (path: readonly (string | number)[] | undefined): number =>
        parts.findIndex(({ key }) => key === path?.[0]);
      let isTold = false;
      for (const error of errors) {
        const failure = toFailure(error, subgraph);
        const asked = asks[partOf(error.path)];
        if (asked) placeError(asked, error.path ?? [], failure);
        else for (const each of asks) failAll(each, failure);
        isTold = true;
      }
      for (const [index, asked] of asks.entries()) {
        const entities = data?.[parts[index]?.key ?? ""];
        if (Array.isArray(entities) && entities.length === asked.targets.length) {
          mergeEntities(asked, entities);
        } else if (data === null && isTold) {
          // One part's error can take away the data of all: then it is the reason for the others, too.
          for (const error of errors) failAll(asked, toFailure(error, subgraph));
        } else if (!(entities === null && isTold)) {
          const message = `"${subgraph}" answered with a list of entities that does not fit the question.`;
          const extensions = { code: "SUBGRAPH_INVALID_RESPONSE", subgraph };
          failAll(asked, { message, extensions });
        }
      }
    },
  };
}
