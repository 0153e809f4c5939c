/** Services in the database: one SQL statement a function. */
import { type Kysely, sql, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { Audience, ServicesTables, ServiceTable } from "./tables.ts";
import { containsText } from "./text.store.ts";

export type ServiceMatch = {
  readonly category: string | undefined;
  readonly agency: string | undefined;
  readonly audience: Audience | undefined;
  readonly payable: boolean | undefined;
  /** Normalised (text.rules.ts). */
  readonly text: string | undefined;
};

export type ServiceCount = { readonly parent_id: string; readonly total: bigint };

type Db = Kysely<ServicesTables>;

const matching = (db: Db, { category, agency, audience, payable, text }: ServiceMatch) =>
  db
    .selectFrom("service")
    .$if(category !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(category_id = ${category} or ${category} = any(further_category_ids))`,
      ),
    )
    .$if(agency !== undefined, (query) => query.where("agency_id", "=", agency!))
    .$if(audience !== undefined, (query) => query.where(sql<SqlBool>`${audience} = any(audiences)`))
    .$if(payable !== undefined, (query) => query.where("payable", "=", payable!))
    .$if(text !== undefined, (query) => query.where(containsText(text!)));

/** A page by id, with one more row when more follow. */
export const listServices = (
  db: Db,
  match: ServiceMatch,
  { limit, after }: Page,
): Promise<ServiceTable[]> =>
  matching(db, match)
    .selectAll()
    .$if(after !== undefined, (query) => query.where("id", ">", String(after?.[0])))
    .orderBy("id")
    .limit(limit + 1)
    .execute();

export async function countServices(db: Db, match: ServiceMatch): Promise<number> {
  const { total } = await matching(db, match)
    .select(db.fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}

export const findServices = (db: Db, ids: readonly string[]): Promise<ServiceTable[]> =>
  db
    .selectFrom("service")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** The same page of each agency's services, with one more row each when more follow. */
export const listServicesOfAgencies = (
  db: Db,
  agencyIds: readonly string[],
  { limit, after }: Page,
): Promise<ServiceTable[]> =>
  db
    .selectFrom((from) =>
      from
        .selectFrom("service")
        .selectAll()
        .select(sql<bigint>`row_number() over (partition by agency_id order by id)`.as("place"))
        .where("agency_id", "in", [...agencyIds])
        .$if(after !== undefined, (query) => query.where("id", ">", String(after?.[0])))
        .as("ranked"),
    )
    .selectAll()
    .where("place", "<=", BigInt(limit) + 1n)
    .orderBy("agency_id")
    .orderBy("id")
    .execute();

/** How many services each agency has; those without any are left out. */
export const countServicesOfAgencies = (db: Db, ids: readonly string[]): Promise<ServiceCount[]> =>
  db
    .selectFrom("service")
    .select(["agency_id as parent_id", db.fn.countAll<bigint>().as("total")])
    .where("agency_id", "in", [...ids])
    .groupBy("agency_id")
    .execute();

/** The same of categories; a service counts in each of its own. */
export async function countServicesOfCategories(
  db: Db,
  ids: readonly string[],
): Promise<readonly ServiceCount[]> {
  const { rows } = await sql<ServiceCount>`
    select category as parent_id, count(*) as total
    from service, unnest(array[category_id::text] || further_category_ids) as category
    where category = any(${[...ids]}::text[])
    group by category`.execute(db);
  return rows;
}
