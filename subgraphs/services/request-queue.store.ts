/** An agency's queue: the requests that were sent to it, the longest waiting first. */
import type { ExpressionBuilder, Kysely } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { RequestStatus } from "./request.rules.ts";
import type { ServiceRequestRow } from "./service-request.store.ts";
import type { ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

export type QueueMatch = {
  readonly agencyId: string;
  readonly statuses: readonly RequestStatus[] | undefined;
  readonly serviceId: string | undefined;
  readonly assignedTo: string | undefined;
  readonly overdue: boolean | undefined;
  readonly reference: string | undefined;
  readonly now: Date;
};

const matches = (match: QueueMatch) => (eb: ExpressionBuilder<ServicesTables, "service_request">) =>
  eb.and([
    eb("agency_id", "=", match.agencyId),
    eb("submitted_at", "is not", null),
    ...(match.statuses ? [eb("status", "in", [...match.statuses])] : []),
    ...(match.serviceId === undefined ? [] : [eb("service_id", "=", match.serviceId)]),
    ...(match.assignedTo === undefined ? [] : [eb("assigned_to", "=", match.assignedTo)]),
    ...(match.reference === undefined ? [] : [eb("reference", "=", match.reference)]),
    ...(match.overdue === undefined ? [] : [eb("due_at", match.overdue ? "<" : ">=", match.now)]),
  ]);

export const listQueue = (
  db: Db,
  match: QueueMatch,
  { limit, after }: Page,
): Promise<ServiceRequestRow[]> =>
  db
    .selectFrom("service_request")
    .selectAll()
    .where(matches(match))
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(
          eb.refTuple("submitted_at", "id"),
          ">",
          eb.tuple(new Date(String(after?.[0])), String(after?.[1])),
        ),
      ),
    )
    .orderBy("submitted_at")
    .orderBy("id")
    .limit(limit + 1)
    .execute();

export async function countQueue(db: Db, match: QueueMatch): Promise<number> {
  const { total } = await db
    .selectFrom("service_request")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(matches(match))
    .executeTakeFirstOrThrow();
  return Number(total);
}
