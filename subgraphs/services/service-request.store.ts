/**
 * Requests in the database: one SQL statement a function. Each that reads for somebody is bound to whose
 * they are: a person's own, or those that were sent to an agency; for everybody else an id does not exist.
 */
import {
  type ExpressionBuilder,
  type Kysely,
  type Selectable,
  sql,
  type Transaction,
} from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { RequestActor } from "./request.actor.ts";
import type { ServiceRequestTable, ServicesTables } from "./tables.ts";

export type ServiceRequestRow = Selectable<ServiceRequestTable>;
export type RequestCount = { readonly person_id: string; readonly total: bigint };

type Db = Kysely<ServicesTables>;
type Tx = Transaction<ServicesTables>;

const reachedBy =
  (actor: RequestActor) => (eb: ExpressionBuilder<ServicesTables, "service_request">) =>
    actor.kind === "PERSON"
      ? eb("person_id", "=", actor.id)
      : eb.and([eb("agency_id", "=", actor.agencyId), eb("submitted_at", "is not", null)]);

/** Those among `ids` that the actor may see. */
export const findRequests = (
  db: Db,
  actor: RequestActor,
  ids: readonly string[],
): Promise<ServiceRequestRow[]> =>
  db
    .selectFrom("service_request")
    .selectAll()
    .where(reachedBy(actor))
    .where("id", "in", [...ids])
    .execute();

/** The same, for whoever is going to change it: others wait here until the transaction ends. */
export const lockRequest = (
  tx: Tx,
  actor: RequestActor,
  id: string,
): Promise<ServiceRequestRow | undefined> =>
  tx
    .selectFrom("service_request")
    .selectAll()
    .where(reachedBy(actor))
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();

export const lockRequestOfAgency = (
  tx: Tx,
  agencyId: string,
  id: string,
): Promise<ServiceRequestRow | undefined> =>
  tx
    .selectFrom("service_request")
    .selectAll()
    .where("agency_id", "=", agencyId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();

export const readRequest = (db: Db, id: string): Promise<ServiceRequestRow> =>
  db.selectFrom("service_request").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

/** The person's request that was sent with this key. */
export const findBySubmitKey = (
  db: Db,
  personId: string,
  key: string,
): Promise<ServiceRequestRow | undefined> =>
  db
    .selectFrom("service_request")
    .selectAll()
    .where("person_id", "=", personId)
    .where("submit_key", "=", key)
    .executeTakeFirst();

/** The same page of each person's requests, the latest begun first, with one more row each when more follow. */
export const listRequestsOfPeople = (
  db: Db,
  personIds: readonly string[],
  { limit, after }: Page,
): Promise<ServiceRequestRow[]> =>
  db
    .selectFrom((from) =>
      from
        .selectFrom("service_request")
        .selectAll()
        .select(
          sql<bigint>`row_number() over (partition by person_id order by id desc)`.as("place"),
        )
        .where("person_id", "in", [...personIds])
        .where("status", "<>", "DISCARDED")
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
    .where("status", "<>", "DISCARDED")
    .groupBy("person_id")
    .execute();

export async function countDrafts(db: Db, personId: string): Promise<number> {
  const { total } = await db
    .selectFrom("service_request")
    .select(db.fn.countAll<bigint>().as("total"))
    .where("person_id", "=", personId)
    .where("status", "=", "DRAFT")
    .executeTakeFirstOrThrow();
  return Number(total);
}

export type DraftContent = { readonly answers: string; readonly attachments: string };

export const insertDraft = (
  db: Db,
  draft: DraftContent & {
    readonly id: string;
    readonly personId: string;
    readonly serviceId: string;
    readonly agencyId: string;
    readonly now: Date;
  },
): Promise<ServiceRequestRow> =>
  db
    .insertInto("service_request")
    .values({
      id: draft.id,
      person_id: draft.personId,
      service_id: draft.serviceId,
      agency_id: draft.agencyId,
      status: "DRAFT",
      updated_at: draft.now,
      answers: draft.answers,
      attachments: draft.attachments,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

export const updateDraft = (
  tx: Tx,
  id: string,
  { answers, attachments }: DraftContent,
  at: Date,
): Promise<ServiceRequestRow> =>
  tx
    .updateTable("service_request")
    .set(({ eb }) => ({ answers, attachments, updated_at: at, revision: eb("revision", "+", 1) }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
