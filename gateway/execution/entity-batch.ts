/**
 * Entities that wait to be asked for in one request: representations by ask, each once however many
 * entities have it, and after the answer what came merged into each of them.
 */
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { EntityGroup, EntityStep } from "../plan/program.ts";
import type { EntityRequestText } from "../plan/request-text.ts";
import { toFailure } from "./ask-subgraph.ts";
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
  /** The entities of each representation. */
  readonly targets: Target[][];
};

export type EntityBatch = {
  /** @returns whether the step found anything to ask for. */
  readonly add: (step: EntityStep, positions: Positions) => boolean;
  readonly isEmpty: () => boolean;
  readonly request: () => {
    readonly text: EntityRequestText;
    readonly representations: readonly string[];
  };
  readonly merge: (result: SubgraphResult) => void;
  readonly fail: (failure: Failure) => void;
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

export type BatchScope = RepresentationScope & {
  readonly failures: Failures;
  /** By the index of a place: set where entities were found to be one and the same. */
  readonly isShared: (boolean | undefined)[];
};

export function createEntityBatch(scope: BatchScope, group: EntityGroup): EntityBatch {
  const { supergraphSchema, failures, isShared } = scope;
  const { subgraph } = group;
  const byAsk = new Map<number, Asked>();
  let text: EntityRequestText | undefined;

  const textOf = (step: EntityStep, entity: DataRecord): string | undefined => {
    const given = step.node.inputRewrites?.length ? null : step.extractor(entity);
    return given === null ? representationText(scope, step.node, entity) : given;
  };

  function add(step: EntityStep, { objects, holders, keys, isRepeated }: Positions): boolean {
    const asked = byAsk.get(step.ask) ?? {
      ask: step.ask,
      step,
      indexByText: new Map<string, number>(),
      targets: [],
    };
    const { indexByText, targets } = asked;
    for (let at = 0; at < objects.length; at += 1) {
      const entity = objects[at] as DataRecord;
      const representation = textOf(step, entity);
      if (representation === undefined) continue;
      const index = indexByText.get(representation);
      if (index === undefined) {
        indexByText.set(representation, targets.length);
        targets.push([{ entity, step }]);
        continue;
      }
      const places = targets[index] as Target[];
      const first = places.find((target) => target.step === step);
      // Equal so far, at one place, and asked the same: from here on they are one object.
      if (first && !isRepeated && isSame(first.entity, entity)) {
        (holders[at] as DataRecord)[keys[at] as string] = first.entity;
        objects[at] = first.entity;
        isShared[step.place.index] = true;
      } else {
        places.push({ entity, step });
      }
    }
    if (targets.length === 0) return false;
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
    for (let index = 0; index < targets.length; index += 1) {
      const places = targets[index] as Target[];
      const entity = entities[index];
      if (!isRecord(entity)) {
        for (const place of places) failures.noteUnknown(place.entity);
        continue;
      }
      applyRewrites(supergraphSchema, leader.node.outputRewrites, entity);
      const { step } = places[0] as Target;
      for (const place of places) {
        // At another place of the answer other fields are asked for below: objects of their own.
        const own = place.step === step ? entity : structuredClone(entity);
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
      const representations = asks.map(
        ({ indexByText }, index) =>
          `${chosen.parts[index]?.prefix}[${[...indexByText.keys()].join(",")}]`,
      );
      return { text: chosen, representations };
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
