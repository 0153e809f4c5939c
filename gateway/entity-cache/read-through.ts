/**
 * Questions → one result, as if the subgraph had been asked all of them: each is looked up in the cache,
 * those that are missing travel in one request, those that are never stored in another at the same time.
 */
import type { CacheAnswer, Loaded, LoadReason } from "../cache/cache-types.ts";
import type { FreshnessDefaults } from "../cache/cache-control.ts";
import type { EntryCache } from "../cache/entry-cache.ts";
import { remainingMs } from "../cache/freshness.ts";
import { type Asking, isFailure } from "../execution/ask-subgraph.ts";
import type { Failure } from "../execution/failures.ts";
import type { SubgraphErrorEntry, SubgraphResult } from "../fetch/subgraph-fetch.ts";
import { fromStored, toStored } from "./layout.ts";
import { type Outcome, outcomesOf } from "./outcomes.ts";
import { type Policies, policyId } from "./policies.ts";
import type { AskFor, Asked, Question } from "./question.ts";
import type { Shape } from "./shape.ts";
import { responseTagsOf } from "./response-tags.ts";
import { partFreshnessOf } from "./result-freshness.ts";

export type ReadThroughDeps = {
  readonly entries: EntryCache;
  readonly policies: Policies;
  readonly defaultsOf: (subgraph: string) => FreshnessDefaults;
  readonly clock: () => number;
  /** The time that a refresh in the background has. */
  readonly refreshTimeoutMs: number;
};

const nobodyLeaves = new AbortController().signal;
const nothing = Buffer.alloc(0);

/** A refresh belongs to no request: nobody's hanging up ends it. */
function inBackground(asking: Asking, deadlineMs: number): Asking {
  const context = { ...asking.context, signal: nobodyLeaves, deadlineMs };
  return { ...asking, context, explanation: undefined };
}

/** The layout of a root field's shape is that of the object around it. */
function pack({ path: [key, index] }: Question, { layout }: Shape, value: unknown): unknown {
  return toStored(layout, index === undefined ? { [key as string]: value } : value);
}

function unpack({ path: [key, index] }: Question, { layout }: Shape, stored: unknown): unknown {
  const value = fromStored(layout, stored);
  return index === undefined ? (value as Record<string, unknown>)[key as string] : value;
}

/** Everything else that a load may throw is a fault of ours. */
const isFailureOfSubgraph = (error: unknown): error is Failure =>
  typeof error === "object" && error !== null && !(error instanceof Error) && "extensions" in error;

export type ReadThrough = (
  asking: Asking,
  questions: readonly Question[],
  ask: AskFor,
) => Promise<SubgraphResult | Failure>;

export function createReadThrough(deps: ReadThroughDeps): ReadThrough {
  const { entries, policies, defaultsOf, clock, refreshTimeoutMs } = deps;

  const isOver = ({ signal, deadlineMs }: Asking["context"]): boolean =>
    signal.aborted || clock() >= deadlineMs;

  function toLoaded(
    asking: Asking,
    asked: Asked,
    question: Question,
    outcome: Outcome,
    isAlone: boolean,
    ownTags: readonly string[] | undefined,
  ): Loaded {
    if (outcome.kind === "failure") {
      const kind = isOver(asking.context) ? "cancelled" : "failure";
      return { kind, error: outcome.failure };
    }
    const { result, pathOf } = asked;
    const { shape, labels } = question;
    const own: Loaded = { kind: "value", value: nothing, freshness: undefined, tags: [] };
    if (isFailure(result) || !shape || outcome.errors.length > 0) return own;
    // A root field may be left out by a condition; or another's error has taken away the data of all.
    const isLost = result.data === null || result.errors.length > 0;
    if (outcome.value === undefined && isLost) return own;
    const { principal } = asking.context;
    const freshnessAt = partFreshnessOf(result, defaultsOf(labels.subgraph), principal);
    const { freshness, isOwn } = freshnessAt(pathOf(question));
    if (result.errors.length === 0)
      policies.learn(policyId(shape.id, principal), freshness, isAlone || isOwn);
    if (!freshness || !ownTags) return own;
    const value = Buffer.from(JSON.stringify(pack(question, shape, outcome.value)));
    const tags = [...question.tagsOf(outcome.value), ...ownTags];
    return { kind: "value", value, freshness, tags };
  }

  /** Those whose policy is in doubt travel alone. */
  function requestsFor(
    questions: readonly Question[],
    { principal }: Asking["context"],
  ): (readonly Question[])[] {
    const isUnsure = ({ shape }: Question) =>
      shape && policies.of(policyId(shape.id, principal)) === "unsure";
    const byShape = Map.groupBy(questions, (question) =>
      isUnsure(question) ? question.shape?.id : undefined,
    );
    return [...byShape.values()];
  }

  return async function readThrough(
    asking: Asking,
    questions: readonly Question[],
    ask: AskFor,
  ): Promise<SubgraphResult | Failure> {
    const { record, explanation } = asking;
    const outcomes = new Map<Question, Outcome>();

    async function request(by: Asking, some: readonly Question[]): Promise<readonly Loaded[]> {
      const asked = await ask(by, some);
      const isAlone = some.every(({ shape }) => shape?.id === some[0]?.shape?.id);
      const [first] = some as [Question];
      const areEntities = first.representation !== undefined;
      const tagsAt = responseTagsOf(asked, first.labels.subgraph, some.length, areEntities);
      return outcomesOf(asked, some).map((outcome, index) => {
        const question = some[index] as Question;
        // First, since what was loaded becomes part of the answer and is changed there.
        const loaded = toLoaded(by, asked, question, outcome, isAlone, tagsAt(index));
        if (by === asking) outcomes.set(question, outcome);
        return loaded;
      });
    }

    async function load(missing: readonly Question[], reason: LoadReason) {
      const by = reason === "refresh" ? inBackground(asking, clock() + refreshTimeoutMs) : asking;
      const loaded = new Map<Question, Loaded>();
      await Promise.all(
        requestsFor(missing, by.context).map(async (some) => {
          const results = await request(by, some);
          for (const [index, question] of some.entries())
            loaded.set(question, results[index] as Loaded);
        }),
      );
      return missing.map((question) => loaded.get(question) as Loaded);
    }

    const errors = new Set<SubgraphErrorEntry>();
    const failures = new Set<Failure>();
    const data: Record<string, unknown> = {};
    let answered = 0;

    function put({ path }: Question, value: unknown): void {
      const [key, index] = path as [string, number | undefined];
      if (index === undefined) {
        if (value !== undefined) data[key] = value;
        return;
      }
      const list = (data[key] ??= []) as unknown[];
      list[index] = value ?? null;
    }

    function putOutcome(question: Question, outcome: Outcome): void {
      if (outcome.kind === "value") {
        answered += 1;
        for (const error of outcome.errors) errors.add(error);
        put(question, outcome.value);
        return;
      }
      const { message, extensions } = outcome.failure;
      failures.add(outcome.failure);
      errors.add({ message, extensions, path: question.path });
      put(question, question.path.length > 1 ? null : undefined);
    }

    function putAnswer(question: Question, answer: CacheAnswer): void {
      const { shape, labels } = question;
      explanation?.cached(question.key, labels, answer);
      if (answer.kind === "failure") {
        record.note(undefined);
        if (!isFailureOfSubgraph(answer.error)) throw answer.error;
        return putOutcome(question, { kind: "failure", failure: answer.error });
      }
      const { freshness, tags, status, source, value } = answer;
      record.note(freshness, tags);
      const outcome = source === "origin" ? outcomes.get(question) : undefined;
      if (outcome) return putOutcome(question, outcome);
      if (status === "stale" && freshness && answer.note !== undefined) {
        const ageSeconds = Math.floor(freshness.ageMs / 1_000);
        if (remainingMs(freshness) <= 0) record.noteStale({ ...labels, ageSeconds });
      }
      const stored: unknown = JSON.parse(value.toString());
      answered += 1;
      put(question, shape ? unpack(question, shape, stored) : stored);
    }

    const stored = questions.filter(({ key }) => key !== "");
    const others = questions.filter(({ key }) => key === "");
    const [answers] = await Promise.all([
      entries.readMany(stored, load),
      others.length > 0 ? request(asking, others) : undefined,
    ]);
    for (const [index, question] of stored.entries())
      putAnswer(question, answers[index] as CacheAnswer);
    for (const question of others) {
      record.note(undefined);
      putOutcome(question, outcomes.get(question) as Outcome);
    }
    const [only] = failures;
    if (answered === 0 && only && failures.size === 1) return only;
    return { data, errors: [...errors] };
  };
}
