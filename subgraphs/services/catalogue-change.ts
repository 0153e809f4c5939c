/**
 * What an agency does with its own part of the catalogue: create a service, change it, retire it, or many at
 * once from a file. All of it is one thing, `applyEntries`: entries that say something new become the next
 * version of their service, all of them or, when anything is wrong with any, none.
 */
import type { Kysely, Transaction } from "kysely";
import { cityDateOf } from "../kit/city-date.ts";
import type { CatalogueActor } from "./catalogue.actor.ts";
import {
  lockCatalogue,
  type NextVersion,
  readKnownCatalogue,
  writeVersions,
} from "./catalogue-change.store.ts";
import { entryProblem, type EntryProblem } from "./service-entry-messages.ts";
import type { ServiceEntry } from "./service-entry.ts";
import { checkEntry, type KnownCatalogue, saysTheSame } from "./service-entry.rules.ts";
import { type KeptVersion, listEntriesOfAgency } from "./service-version.store.ts";
import type { ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

/** An entry as somebody gives it: without what the catalogue itself says of it. */
export type GivenEntry = {
  /** Of unknown shape, but for the id. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The version that it was made from; undefined when whoever gives it does not care. */
  readonly seenVersion: number | undefined;
};

export type CatalogueDeps = { readonly now: Date };

/** A problem, and the number of the given entry that has it. */
export type PlacedProblem = EntryProblem & { readonly index: number };

export type Applied = {
  readonly problems: readonly PlacedProblem[];
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
};

type Planned =
  | { readonly kind: "PROBLEMS"; readonly problems: readonly EntryProblem[] }
  | { readonly kind: "SAME"; readonly id: string }
  | { readonly kind: "NEXT"; readonly next: NextVersion };

function planOne(
  { value, seenVersion }: GivenEntry,
  current: KeptVersion | undefined,
  known: KnownCatalogue,
  now: Date,
): Planned {
  const lastReviewedAt = cityDateOf(now);
  const evidence = current?.entry.evidence ?? "SAMPLE";
  const checked = checkEntry({ ...value, evidence, lastReviewedAt }, known);
  if (!checked.ok) return { kind: "PROBLEMS", problems: checked.problems };
  const { entry } = checked;
  // Sent again it is the same sending: what is so already is no conflict.
  if (current && saysTheSame(current.entry, entry)) return { kind: "SAME", id: entry.id };
  const version = current?.version ?? 0;
  if (seenVersion !== undefined && seenVersion !== version) {
    const problem = entryProblem("/version", "CHANGED_MEANWHILE", `${version}`);
    return { kind: "PROBLEMS", problems: [problem] };
  }
  // Clocks of two processes differ: what comes later is not earlier for that.
  const fromAt = current && now < current.from_at ? current.from_at : now;
  return { kind: "NEXT", next: { entry, version: version + 1, fromAt } };
}

const idOf = ({ value }: GivenEntry): string =>
  typeof value["id"] === "string" ? value["id"] : "";

const repeatedAmong = (given: readonly GivenEntry[]): PlacedProblem[] =>
  given.flatMap((one, index) => {
    const id = idOf(one);
    const first = given.findIndex((other) => idOf(other) === id);
    return id && first < index ? [{ ...entryProblem("/id", "REPEATED", id), index }] : [];
  });

/**
 * Applies all entries or, when one of them has a problem, none.
 * @param dryRun whether to say only what would come of it.
 */
export async function applyEntries(
  tx: Transaction<ServicesTables>,
  actor: CatalogueActor,
  given: readonly GivenEntry[],
  { now }: CatalogueDeps,
  dryRun = false,
): Promise<Applied> {
  await lockCatalogue(tx, actor.agencyId);
  const catalogue = await readKnownCatalogue(tx, actor.agencyId);
  if (!catalogue) throw new Error(`The agency "${actor.agencyId}" is not in the catalogue.`);
  const services = new Set([...catalogue.services, ...given.map(idOf)]);
  const current = new Map(
    (await listEntriesOfAgency(tx, actor.agencyId)).map((kept) => [kept.service_id, kept]),
  );
  const planned = given.map((one) =>
    planOne(one, current.get(idOf(one)), { ...catalogue, services }, now),
  );
  const problems = planned.flatMap((plan, index) =>
    plan.kind === "PROBLEMS" ? plan.problems.map((problem) => ({ ...problem, index })) : [],
  );
  const next = planned.flatMap((plan) => (plan.kind === "NEXT" ? [plan.next] : []));
  const allProblems = [...problems, ...repeatedAmong(given)].sort((a, b) => a.index - b.index);
  if (allProblems.length === 0 && !dryRun) await writeVersions(tx, next, actor.id);
  const idsOf = (isNew: boolean) =>
    next.filter(({ version }) => (version === 1) === isNew).map(({ entry }) => entry.id);
  return {
    problems: allProblems,
    created: idsOf(true),
    changed: idsOf(false),
    unchanged: planned.flatMap((plan) => (plan.kind === "SAME" ? [plan.id] : [])),
  };
}

export const catalogueRefusals = {
  NO_SUCH_SERVICE: "NO_SUCH_SERVICE",
  ALREADY_THERE: "ALREADY_THERE",
  CHANGED_MEANWHILE: "CHANGED_MEANWHILE",
  ENTRY_WRONG: "ENTRY_WRONG",
} as const;
export type CatalogueRefusal = keyof typeof catalogueRefusals;

export type CatalogueOutcome =
  | { readonly kind: "DONE"; readonly serviceId: string; readonly isChanged: boolean }
  | {
      readonly kind: "REFUSED";
      readonly code: CatalogueRefusal;
      readonly problems: readonly EntryProblem[];
    };

const refused = (
  code: CatalogueRefusal,
  problems: readonly EntryProblem[] = [],
): CatalogueOutcome => ({ kind: "REFUSED", code, problems });

function outcomeOf(serviceId: string, applied: Applied): CatalogueOutcome {
  const { problems, unchanged } = applied;
  if (problems.some(({ code }) => code === "CHANGED_MEANWHILE")) {
    return refused("CHANGED_MEANWHILE", problems);
  }
  if (problems.length > 0) return refused("ENTRY_WRONG", problems);
  return { kind: "DONE", serviceId, isChanged: unchanged.length === 0 };
}

const findOwn = async (tx: Db, { agencyId }: CatalogueActor, id: string) =>
  (await listEntriesOfAgency(tx, agencyId)).find(({ service_id }) => service_id === id);

type GivenValue = Readonly<Record<string, unknown>> & { readonly id: string };

/** Creates a service. Asked again with the same entry, it is done already. */
export const createService = (
  db: Db,
  actor: CatalogueActor,
  value: GivenValue,
  deps: CatalogueDeps,
): Promise<CatalogueOutcome> =>
  db.transaction().execute(async (tx) => {
    const given = { value: { ...value, agency: actor.agencyId }, seenVersion: 0 };
    const outcome = outcomeOf(value.id, await applyEntries(tx, actor, [given], deps));
    const isThere = outcome.kind === "REFUSED" && outcome.code === "CHANGED_MEANWHILE";
    return isThere ? refused("ALREADY_THERE") : outcome;
  });

/** Changes a service of the agency's own: all of it is said anew. */
export const changeService = (
  db: Db,
  actor: CatalogueActor,
  value: GivenValue,
  seenVersion: number,
  deps: CatalogueDeps,
): Promise<CatalogueOutcome> =>
  db.transaction().execute(async (tx) => {
    if (!(await findOwn(tx, actor, value.id))) return refused("NO_SUCH_SERVICE");
    const given = { value: { ...value, agency: actor.agencyId }, seenVersion };
    return outcomeOf(value.id, await applyEntries(tx, actor, [given], deps));
  });

/** Takes a service out of the offer: searches find it no more, and former requests still point at it. */
export const retireService = (
  db: Db,
  actor: CatalogueActor,
  id: string,
  seenVersion: number,
  deps: CatalogueDeps,
): Promise<CatalogueOutcome> =>
  db.transaction().execute(async (tx) => {
    await lockCatalogue(tx, actor.agencyId);
    const kept = await findOwn(tx, actor, id);
    if (!kept) return refused("NO_SUCH_SERVICE");
    const entry: ServiceEntry = { ...kept.entry, status: "RETIRED" };
    return outcomeOf(id, await applyEntries(tx, actor, [{ value: entry, seenVersion }], deps));
  });
