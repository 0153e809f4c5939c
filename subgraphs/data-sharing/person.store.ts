/** A person's consents and who used the person's data; one SQL statement a function, newest first. */
import { type Kysely, sql } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { ConsentRow, DataAccessRow, DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

export type ConsentWithWithdrawal = ConsentRow & { readonly withdrawn_at: Date | null };

/** Behind the row whose moment (milliseconds) and id the cursor holds. */
const before = (column: string, { after }: Page) =>
  after === undefined
    ? sql<boolean>`true`
    : sql<boolean>`(${sql.ref(column)}, id) < (to_timestamp(${Number(after[0]) / 1_000}), ${String(after[1])})`;

export const findConsents = (
  db: Db,
  personId: string,
  page: Page,
): Promise<ConsentWithWithdrawal[]> =>
  db
    .selectFrom("consent")
    .leftJoin("consent_withdrawal", "consent_withdrawal.consent_id", "consent.id")
    .selectAll("consent")
    .select("consent_withdrawal.at as withdrawn_at")
    .where("person_id", "=", personId)
    .where(before("since", page))
    .orderBy("since", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();

export const findDataAccesses = (db: Db, personId: string, page: Page): Promise<DataAccessRow[]> =>
  db
    .selectFrom("data_access")
    .selectAll()
    .where("person_id", "=", personId)
    .where(before("at", page))
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();

export async function countOfPerson(
  db: Db,
  table: "consent" | "data_access",
  personId: string,
): Promise<number> {
  const { total } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<bigint>().as("total"))
    .where("person_id", "=", personId)
    .executeTakeFirstOrThrow();
  return Number(total);
}
