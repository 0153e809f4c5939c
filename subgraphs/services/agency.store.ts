/** Agencies in the database: one SQL statement a function. */
import type { Kysely } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { AgencyKind, AgencyTable, ServicesTables } from "./tables.ts";
import { containsText } from "./text.store.ts";

export type AgencyMatch = {
  readonly kind: AgencyKind | undefined;
  /** Normalised (text.rules.ts). */
  readonly text: string | undefined;
};

type Db = Kysely<ServicesTables>;

const matching = (db: Db, { kind, text }: AgencyMatch) =>
  db
    .selectFrom("agency")
    .$if(kind !== undefined, (query) => query.where("kind", "=", kind!))
    .$if(text !== undefined, (query) => query.where(containsText(text!)));

/** A page by id, with one more row when more follow. */
export const listAgencies = (
  db: Db,
  match: AgencyMatch,
  { limit, after }: Page,
): Promise<AgencyTable[]> =>
  matching(db, match)
    .selectAll()
    .$if(after !== undefined, (query) => query.where("id", ">", String(after?.[0])))
    .orderBy("id")
    .limit(limit + 1)
    .execute();

export async function countAgencies(db: Db, match: AgencyMatch): Promise<number> {
  const { total } = await matching(db, match)
    .select(db.fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}

export const findAgencies = (db: Db, ids: readonly string[]): Promise<AgencyTable[]> =>
  db
    .selectFrom("agency")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();
