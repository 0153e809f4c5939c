/**
 * Entities that wait to be asked for in one request: representations by ask, each once however many
 * entities have it, and after the answer what came merged into each of them.
 */
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { EntityGroup, EntityStep } from "../plan/program.ts";
import type { Sharing } from "../plan/place.ts";
import type { EntityRequestText } from "../plan/request-text.ts";
import { toFailure } from "./ask-subgraph.ts";
import { contextValuesAt } from "./context-values.ts";
import type { EntityRequest } from "./fetcher.ts";
import type { Failure, Failures } from "./failures.ts";
import { keyedBy } from "./keyed.ts";
import type { Positions } from "./positions.ts";
import { type DataRecord, isRecord, mergeInto } from "./records.ts";
import { type RepresentationScope, representationOf } from "./representation.ts";
import { applyRewrites } from "./rewrites.ts";

type Target = { readonly entity: DataRecord; readonly step: EntityStep };

/** What is asked, by the index of its representation. */
type Asked = {
  readonly ask: number;
  readonly step: EntityStep;
  /** What came from above the entities: with other values it is asked apart. */
  readonly contexts: readonly string[];
  readonly texts: string[];
  /** The type of each representation, if nothing rewrites it. */
  readonly typenames: (string | undefined)[];
  /** The first entity of each, and its step; nearly always the only one. */
  readonly entities: DataRecord[];
  readonly steps: EntityStep[];
  readonly others: Map<number, Target[]>;
  /** Representations that lack something. */
  readonly partial: Set<number>;
  /** Made when a second step asks the same, or an entity is not plain. */
  indexByText: Map<string, number> | undefined;
};

export type EntityBatch = {
  /** @returns whether the step found anything to ask for. */
  readonly add: (step: EntityStep, positions: Positions) => boolean;
  readonly isEmpty: () => boolean;
  readonly request: () => EntityRequest;
  readonly merge: (result: SubgraphResult) => void;
  readonly fail: (failure: Failure) => void;
};

/** Index of the representation, which may be there already. */
function indexOfText(asked: Asked, text: string): number {
  asked.indexByText ??= new Map(asked.texts.map((known, index) => [known, index]));
  const known = asked.indexByText.get(text);
  if (known !== undefined) return known;
  asked.indexByText.set(text, asked.texts.length);
  return asked.texts.push(text) - 1;
}

/** Calls with each entity of a representation. */
function eachTarget(
  asked: Asked,
  index: number,
  tell: (entity: DataRecord, step: EntityStep) => void,
): void {
  const first = asked.entities[index];
  if (!first) return;
  tell(first, asked.steps[index] as EntityStep);
  for (const { entity, step } of asked.others.get(index) ?? []) tell(entity, step);
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

export type BatchScope = RepresentationScope & {
  readonly failures: Failures;
  readonly sharing: Sharing;
};

export type ProgramScope = BatchScope & {
  /** The merged data. */
  readonly root: DataRecord;
  /** See Program. */
  readonly hasContexts: boolean;
};

const createAsked = (step: EntityStep, contexts: Asked["contexts"]): Asked => ({
  ask: step.ask,
  step,
  contexts,
  texts: [],
  typenames: [],
  entities: [],
  steps: [],
  others: new Map<number, Target[]>(),
  partial: new Set<number>(),
  indexByText: undefined,
});

export function createEntityBatch(scope: ProgramScope, group: EntityGroup): EntityBatch {
  const { supergraphSchema, failures, sharing, root, hasContexts } = scope;
  const { subgraph } = group;
  const byAsk = new Map<number | string, Asked>();
  let text: EntityRequestText | undefined;

  function put(asked: Asked, index: number, entity: DataRecord, step: EntityStep): void {
    if (index === asked.entities.length) {
      asked.entities.push(entity);
      asked.steps.push(step);
      const isRewritten = (step.node.inputRewrites?.length ?? 0) > 0;
      asked.typenames.push(isRewritten ? undefined : String(entity["__typename"]));
      return;
    }
    const others = asked.others.get(index) ?? [];
    asked.others.set(index, others);
    // Different objects of one place get the same data, unless each gets a copy.
    const isAlike = asked.steps[index] === step || others.some((other) => other.step === step);
    if (isAlike && !hasContexts) sharing.below[step.place.index] = true;
    others.push({ entity, step });
  }

  function addInContext(step: EntityStep, { objects }: Positions): boolean {
    const values = contextValuesAt(supergraphSchema, root, step.place, step.contexts);
    let isAny = false;
    for (const entity of objects) {
      const found = representationOf(scope, step.node, entity);
      const contexts = values.get(entity);
      if (!found || !contexts) continue;
      const key = `${step.ask} ${contexts.join(" ")}`;
      const asked = byAsk.get(key) ?? createAsked(step, contexts);
      byAsk.set(key, asked);
      const index = indexOfText(asked, found.text);
      if (found.isPartial) asked.partial.add(index);
      put(asked, index, entity, step);
      isAny = true;
    }
    return isAny;
  }

  function add(step: EntityStep, positions: Positions): boolean {
    if (step.contexts.length > 0) return addInContext(step, positions);
    const { extractor, node, place } = step;
    const isRewritten = (node.inputRewrites?.length ?? 0) > 0;
    const keyed =
      isRewritten || hasContexts ? undefined : keyedBy(extractor, positions, place, sharing);
    const asked = byAsk.get(step.ask) ?? createAsked(step, []);
    const isFirst = asked.texts.length === 0;
    /** By representation: the index in what is asked. */
    const indexes: number[] = [];
    let isAny = false;
    const { objects } = positions;
    for (let at = 0; at < objects.length; at += 1) {
      const entity = objects[at] as DataRecord;
      if (!isRewritten && extractor.shapeOf(entity) === undefined) continue;
      const number = keyed?.representations[at] ?? -1;
      let index = number < 0 ? undefined : indexes[number];
      if (index === undefined) {
        const found = number < 0 ? representationOf(scope, node, entity) : undefined;
        const text = number < 0 ? found?.text : keyed?.texts[number];
        if (text === undefined) continue;
        const isNew = isFirst && number >= 0 && !asked.indexByText;
        index = isNew ? asked.texts.push(text) - 1 : indexOfText(asked, text);
        if (number >= 0) indexes[number] = index;
        else if (found?.isPartial) asked.partial.add(index);
      }
      put(asked, index, entity, step);
      isAny = true;
    }
    if (isAny) byAsk.set(step.ask, asked);
    return isAny;
  }

  const failAll = (asked: Asked, failure: Failure): void => {
    for (const index of asked.texts.keys())
      eachTarget(asked, index, (entity) => failures.note(entity, failure));
  };

  /** `["_entities", 2, "price"]`: at the price of the entities that the third representation is of. */
  function placeError(asked: Asked, path: readonly (string | number)[], failure: Failure): void {
    const index = path[1];
    if (typeof index !== "number") return failAll(asked, failure);
    const inEntity = path.slice(2);
    eachTarget(asked, index, (entity) => {
      if (inEntity.length === 0) failures.note(entity, failure);
      else failures.noteBelow(entity, inEntity, failure);
    });
  }

  function mergeEntities(asked: Asked, entities: readonly unknown[]): void {
    const { step: leader, entities: firsts, steps, others } = asked;
    const copies = new Map<EntityStep, Map<object, unknown>>();
    /** At another place of the answer other fields are asked for below: objects of their own. */
    const ownOf = (step: EntityStep, entity: DataRecord): DataRecord => {
      if (step === leader) return entity;
      const known = copies.get(step) ?? new Map<object, unknown>();
      copies.set(step, known);
      return copyOf(entity, known) as DataRecord;
    };
    const message = `"${subgraph}" answered with something else than an entity.`;
    const lacking = {
      message: `Not all that "${subgraph}" has to know of an entity came from other subgraphs.`,
      extensions: { code: "SUBGRAPH_INVALID_RESPONSE", subgraph },
    };
    const notOne = { message, extensions: { code: "SUBGRAPH_INVALID_RESPONSE", subgraph } };
    for (let index = 0; index < firsts.length; index += 1) {
      const entity = entities[index];
      if (!isRecord(entity)) {
        eachTarget(asked, index, (target) => {
          // Of what it was not told whole it cannot say that there is none.
          if (entity === null && asked.partial.has(index)) failures.note(target, lacking);
          else if (entity === null) failures.noteUnknown(target);
          else failures.note(target, notOne);
        });
        continue;
      }
      applyRewrites(supergraphSchema, leader.node.outputRewrites, entity);
      const own = ownOf(steps[index] as EntityStep, entity);
      mergeInto(supergraphSchema, firsts[index] as DataRecord, own);
      for (const other of others.get(index) ?? []) {
        const copy = hasContexts ? copyOf(entity, new Map()) : ownOf(other.step, entity);
        mergeInto(supergraphSchema, other.entity, copy as DataRecord);
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
      const parts = asks.map(({ ask, texts, typenames, contexts }) => {
        return { ask, representations: texts, typenames, contexts };
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
        if (Array.isArray(entities) && entities.length === asked.texts.length) {
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
