/** The three ways to read shared data under a grant: rows, counts without small groups, noisy figures. */
import canonicalize from "canonicalize";
import { uuidv7 } from "uuidv7";
import { badUserInput } from "../kit/errors.ts";
import type { PersonalAccess } from "./access-log.writer.ts";
import { discreteLaplace, marginOf } from "./discrete-laplace.ts";
import { findDatasets } from "./dataset.store.ts";
import {
  countCells,
  countPersons,
  findAnswer,
  insertAnswer,
  listProductRows,
  type SlicedRow,
  spendBudget,
  sumCapped,
} from "./product.store.ts";
import { purposeTexts } from "./purpose.rules.ts";
import type { Actor } from "./sharing.actor.ts";
import { protectCounts, type ShownCell } from "./small-counts.rules.ts";
import { findGrants, lockRequest } from "./sharing.store.ts";
import type { PurposeCode } from "./tables.ts";
import type { RowCondition } from "./sharing.tables.ts";
import { type Reading, type Usable, type Used, useData, type UseDeps } from "./use-data.ts";

export type Granted = { readonly grantId: string; readonly purpose: PurposeCode };

export type Rows = {
  readonly columns: readonly string[];
  /** Values in the order of the columns; null for what the row or the person's consent does not give. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly next: number | null;
};

const textOf = (value: string | number | undefined): string | null =>
  value === undefined ? null : String(value);

function readRow({ data, consented }: SlicedRow, columns: readonly string[]): (string | null)[] {
  const allowed = consented && new Set(consented.map(({ name }) => name));
  return columns.map((name) => (allowed && !allowed.has(name) ? null : textOf(data[name])));
}

/** The line in each person's own account of who read what. */
async function personalOf(
  deps: UseDeps,
  { grant, now }: Usable,
  rows: readonly SlicedRow[],
  columns: readonly string[],
): Promise<readonly PersonalAccess[]> {
  if (grant.legal_basis !== "CONSENT") return [];
  const [dataset] = await findDatasets(deps.db, [grant.dataset_id]);
  const byPerson = new Map(rows.map((row) => [row.subject ?? "", row]));
  return [...byPerson].flatMap(([personId, { consented, consent_id: consentId }]) => {
    const fields = (dataset?.personal_fields ?? []).filter(
      ({ name }) => columns.includes(name) && consented?.some((field) => field.name === name),
    );
    if (fields.length === 0 || consentId === null) return [];
    return [
      {
        id: `acc_${uuidv7()}`,
        person_id: personId,
        dataset_id: grant.dataset_id,
        agency_id: grant.agency_id,
        purpose_code: grant.purpose_code,
        purpose_en: purposeTexts[grant.purpose_code].en,
        purpose_ar: purposeTexts[grant.purpose_code].ar,
        fields: JSON.stringify(fields),
        at: now,
        legal_basis: "CONSENT" as const,
        consent_id: consentId,
      },
    ];
  });
}

const maxRows = 1_000;

/** @throws GraphQLError BAD_USER_INPUT for a page out of range or without fields. */
export async function readRows(
  deps: UseDeps,
  actor: Actor,
  ask: Granted & {
    readonly fields: readonly string[];
    readonly first: number;
    readonly after: number;
  },
): Promise<Used<Rows>> {
  const { grantId, purpose, fields, first, after } = ask;
  if (first < 1 || first > maxRows) {
    throw badUserInput(`\`first\` must be from 1 to ${maxRows}, not ${first}.`);
  }
  if (fields.length === 0) throw badUserInput("`fields` must name at least one field.");
  const attempt = { grantId, purpose, operation: "ROWS", fields } as const;
  return useData(deps, actor, attempt, async (usable): Promise<Reading<Rows>> => {
    const found = await listProductRows(deps.db, usable.slice, { after, limit: first + 1 });
    const page = found.slice(0, first);
    const next = found.length > first ? (page.at(-1)?.id ?? null) : null;
    const rows = page.map((row) => readRow(row, fields));
    return {
      kind: "READ",
      value: { columns: fields, rows, next },
      rowCount: page.length,
      suppressedCells: 0,
      personal: await personalOf(deps, usable, page, fields),
    };
  });
}

export type Counts = {
  readonly dimensions: readonly string[];
  readonly cells: readonly ShownCell[];
  readonly minimumPersons: number;
};

const maxDimensions = 2;
const maxCells = 5_000;

/** @throws GraphQLError BAD_USER_INPUT unless one or two dimensions are named. */
export async function readCounts(
  deps: UseDeps,
  actor: Actor,
  ask: Granted & { readonly by: readonly string[] },
): Promise<Used<Counts>> {
  const { grantId, purpose, by } = ask;
  if (by.length === 0 || by.length > maxDimensions || new Set(by).size !== by.length) {
    throw badUserInput(`\`by\` must name one or ${maxDimensions} different fields.`);
  }
  const attempt = { grantId, purpose, operation: "COUNTS", fields: by } as const;
  return useData(
    deps,
    actor,
    attempt,
    async ({ grant, product, slice }): Promise<Reading<Counts>> => {
      const kinds = new Map(product.fields.map(({ name, kind }) => [name, kind]));
      const other = by.find((name) => kinds.get(name) !== "DIMENSION");
      if (other !== undefined) {
        throw badUserInput(
          `"${other}" cannot be counted by: choose a field of the kind DIMENSION.`,
        );
      }
      const cells = await countCells(deps.db, slice, by);
      if (cells.length > maxCells) {
        throw badUserInput(`This table has over ${maxCells} cells: count by fewer fields.`);
      }
      const shown = protectCounts(
        cells.map(({ keys, records, persons }) => ({
          keys,
          records: Number(records),
          persons: Number(persons),
        })),
        grant.minimum_persons,
      );
      const suppressedCells = shown.filter(({ count }) => count === null).length;
      return {
        kind: "READ",
        value: { dimensions: by, cells: shown, minimumPersons: grant.minimum_persons },
        rowCount: shown.length - suppressedCells,
        suppressedCells,
        personal: [],
      };
    },
  );
}

export type Figure = {
  readonly value: bigint;
  readonly milliEpsilon: number;
  /** Half the width of the interval that holds the true figure with a probability of 95 %. */
  readonly margin: number;
  readonly remainingMilliEpsilon: number;
};

export type FigureWish = Granted & {
  readonly kind: "PERSONS" | "SUM";
  readonly field: string | undefined;
  readonly where: readonly RowCondition[];
  readonly milliEpsilon: number;
};

/** Answers from what was answered before, or spends the budget and adds fresh noise; both at once or neither. */
async function answerOnce(
  { db }: UseDeps,
  { grant, product, slice, now }: Usable,
  { kind, field, where, milliEpsilon }: FigureWish,
): Promise<Figure | undefined> {
  const measure = product.fields.find(({ name }) => name === field);
  const sensitivity = kind === "PERSONS" ? 1 : (measure?.cap ?? 0);
  if (sensitivity < 1) throw badUserInput("`field` must name a field of the kind MEASURE to sum.");
  const conditions = where.map(({ field: name, values }) => ({
    field: name,
    values: [...values].sort(),
  }));
  const question =
    canonicalize({
      kind,
      field: field ?? null,
      where: conditions,
      rows: slice.conditions,
      milliEpsilon,
    }) ?? "";
  const narrowed = { ...slice, conditions: [...slice.conditions, ...conditions] };
  return db.transaction().execute(async (transaction) => {
    await lockRequest(transaction, grant.request_id);
    const known = await findAnswer(transaction, grant.id, question);
    const margin = marginOf({ milliEpsilon, sensitivity });
    const [current] = await findGrants(transaction, [grant.id]);
    const left = grant.budget_milli_epsilon - (current?.spent_milli_epsilon ?? 0);
    if (known) return { value: known.value, milliEpsilon, margin, remainingMilliEpsilon: left };
    if (!(await spendBudget(transaction, grant.id, milliEpsilon))) return undefined;
    const exact =
      kind === "PERSONS"
        ? await countPersons(transaction, narrowed)
        : await sumCapped(transaction, narrowed, { field: field ?? "", cap: sensitivity });
    const value = exact + BigInt(discreteLaplace({ milliEpsilon, sensitivity }));
    const answer = { grant_id: grant.id, question, milli_epsilon: milliEpsilon, value, at: now };
    await insertAnswer(transaction, answer);
    return { value, milliEpsilon, margin, remainingMilliEpsilon: left - milliEpsilon };
  });
}

const maxConditions = 5;

/** @throws GraphQLError BAD_USER_INPUT for a question that cannot be put. */
export async function readFigure(
  deps: UseDeps,
  actor: Actor,
  wish: FigureWish,
): Promise<Used<Figure>> {
  const { grantId, purpose, field, where, milliEpsilon } = wish;
  if (milliEpsilon < 1 || milliEpsilon > 10_000) {
    throw badUserInput(`\`milliEpsilon\` must be from 1 to 10000, not ${milliEpsilon}.`);
  }
  if (where.length > maxConditions || where.some(({ values }) => values.length === 0)) {
    throw badUserInput(`\`where\` takes up to ${maxConditions} conditions, each with a value.`);
  }
  const fields = [...(field === undefined ? [] : [field]), ...where.map(({ field: name }) => name)];
  const attempt = { grantId, purpose, operation: "PRIVATE_AGGREGATE", fields } as const;
  return useData(deps, actor, attempt, async (usable): Promise<Reading<Figure>> => {
    const value = await answerOnce(deps, usable, wish);
    if (!value) return { kind: "REFUSED", code: "BUDGET_EXHAUSTED" };
    return { kind: "READ", value, rowCount: 1, suppressedCells: 0, personal: [] };
  });
}
