/** Consents in the database, each with its withdrawal if there is one; one SQL statement a function. */
import { type Kysely, type Selectable, sql } from "kysely";
import type { ConsentTable, DataSharingTables, PurposeCode } from "./tables.ts";
import { isBehind, type TimePage } from "./time-page.ts";

type Db = Kysely<DataSharingTables>;

export type ConsentRow = Selectable<ConsentTable> & { readonly withdrawn_at: Date | null };
export type PersonCount = { readonly person_id: string; readonly total: bigint };

const withWithdrawal = (db: Db) =>
  db
    .selectFrom("consent")
    .leftJoin("consent_withdrawal", "consent_withdrawal.consent_id", "consent.id")
    .selectAll("consent")
    .select("consent_withdrawal.at as withdrawn_at");

/** Those among `ids` that are the person's own. */
export const findOwnConsents = (
  db: Db,
  personId: string,
  ids: readonly string[],
): Promise<ConsentRow[]> =>
  withWithdrawal(db)
    .where("person_id", "=", personId)
    .where("id", "in", [...ids])
    .execute();

/** The same page of each person's consents, the newest first. */
export const listConsentsOfPeople = (
  db: Db,
  personIds: readonly string[],
  page: TimePage,
): Promise<ConsentRow[]> =>
  db
    .selectFrom(
      withWithdrawal(db)
        .select(
          sql<bigint>`row_number() over (partition by person_id order by since desc, id desc)`.as(
            "place_in_list",
          ),
        )
        .where("person_id", "in", [...personIds])
        .where(isBehind("since", "id", page))
        .as("listed"),
    )
    .selectAll()
    .where("place_in_list", "<=", BigInt(page.limit + 1))
    .orderBy("person_id")
    .orderBy("place_in_list")
    .execute();

export const countConsentsOfPeople = (
  db: Db,
  personIds: readonly string[],
): Promise<PersonCount[]> =>
  db
    .selectFrom("consent")
    .select(["person_id", db.fn.countAll<bigint>().as("total")])
    .where("person_id", "in", [...personIds])
    .groupBy("person_id")
    .execute();

/** Lets one person's grants wait for each other until the transaction ends. */
export async function lockGrantsOf(db: Db, personId: string): Promise<void> {
  const key = `data-sharing/grants-of/${personId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}::text, 0))`.execute(db);
}

export type Granted = {
  readonly personId: string;
  readonly datasetId: string;
  readonly grantedTo: string;
  readonly purpose: PurposeCode;
};

/** A consent to the same that is neither withdrawn nor over at `now`. */
export const findStandingConsent = (
  db: Db,
  { personId, datasetId, grantedTo, purpose }: Granted,
  now: Date,
): Promise<ConsentRow | undefined> =>
  withWithdrawal(db)
    .where("person_id", "=", personId)
    .where("dataset_id", "=", datasetId)
    .where("granted_to", "=", grantedTo)
    .where("purpose_code", "=", purpose)
    .where("until", ">", now)
    .where("consent_withdrawal.consent_id", "is", null)
    .orderBy("since", "desc")
    .limit(1)
    .executeTakeFirst();

export const insertConsent = (db: Db, row: Selectable<ConsentTable>): Promise<unknown> =>
  db
    .insertInto("consent")
    .values({ ...row, fields: JSON.stringify(row.fields) })
    .execute();

/** @returns whether it was this call that withdrew it. */
export async function insertWithdrawal(db: Db, consentId: string, at: Date): Promise<boolean> {
  const inserted = await db
    .insertInto("consent_withdrawal")
    .values({ consent_id: consentId, at })
    .onConflict((conflict) => conflict.doNothing())
    .returning("consent_id")
    .executeTakeFirst();
  return inserted !== undefined;
}
