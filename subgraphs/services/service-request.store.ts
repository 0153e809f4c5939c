/** Requests of people in the database: one SQL statement a function, each bound to whose they are. */
import { type Kysely, sql } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { ServiceRequestTable, ServicesTables } from "./tables.ts";

export type RequestCount = { readonly person_id: string; readonly total: bigint };

type Db = Kysely<ServicesTables>;

/** Those among `ids` that are the person's own. */
export const findOwnRequests = (
  db: Db,
  personId: string,
  ids: readonly string[],
): Promise<ServiceRequestTable[]> =>
  db
    .selectFrom("service_request")
    .selectAll()
    .where("person_id", "=", personId)
    .where("id", "in", [...ids])
    .execute();

/** The same page of each person's requests, the latest begun first, with one more row each when more follow. */
export const listRequestsOfPeople = (
  db: Db,
  personIds: readonly string[],
  { limit, after }: Page,
): Promise<ServiceRequestTable[]> =>
  db
    .selectFrom((from) =>
      from
        .selectFrom("service_request")
        .selectAll()
        .select(
          sql<bigint>`row_number() over (partition by person_id order by id desc)`.as("place"),
        )
        .where("person_id", "in", [...personIds])
        .$if(after !== undefined, (query) => query.where("id", "<", String(after?.[0])))
        .as("ranked"),
    )
    .selectAll()
    .where("place", "<=", BigInt(limit) + 1n)
    .orderBy("person_id")
    .orderBy("id", "desc")
    .execute();

export const countRequestsOfPeople = (
  db: Db,
  personIds: readonly string[],
): Promise<RequestCount[]> =>
  db
    .selectFrom("service_request")
    .select(["person_id", db.fn.countAll<bigint>().as("total")])
    .where("person_id", "in", [...personIds])
    .groupBy("person_id")
    .execute();
