/** What was recorded of requests: their steps, messages and paid fees. One SQL statement a function. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type {
  RequestCause,
  RequestFeePaymentTable,
  RequestMessageTable,
  RequestTransitionTable,
  ServicesTables,
} from "./tables.ts";
import type { RequestActorKind, RequestEvent, RequestStatus } from "./request.rules.ts";

export type RequestTransitionRow = Selectable<RequestTransitionTable>;
export type RequestMessageRow = Selectable<RequestMessageTable>;
export type RequestFeePaymentRow = Selectable<RequestFeePaymentTable>;

type Db = Kysely<ServicesTables>;
type Tx = Transaction<ServicesTables>;

export type NewTransition = {
  readonly requestId: string;
  readonly seq: number;
  readonly event: RequestEvent;
  readonly from: RequestStatus;
  readonly to: RequestStatus;
  readonly at: Date;
  readonly actor: RequestActorKind;
  readonly actorId: string;
  readonly cause: RequestCause;
  /** JSON texts of what is sent, with SUBMIT and ANSWER. */
  readonly sent: { readonly answers: string; readonly attachments: string } | undefined;
  readonly clockUsedMs: number;
  readonly dueAt: Date | null;
};

/** Moves the request as well: the database does, or refuses. */
export async function insertTransition(db: Db, step: NewTransition): Promise<void> {
  await db
    .insertInto("request_transition")
    .values({
      request_id: step.requestId,
      seq: step.seq,
      event: step.event,
      from_status: step.from,
      to_status: step.to,
      at: step.at,
      actor: step.actor,
      actor_id: step.actorId,
      cause: JSON.stringify(step.cause),
      answers: step.sent?.answers ?? null,
      attachments: step.sent?.attachments ?? null,
      clock_used_ms: BigInt(step.clockUsedMs),
      due_at: step.dueAt,
    })
    .execute();
}

export const listTransitions = (
  db: Db,
  requestIds: readonly string[],
): Promise<RequestTransitionRow[]> =>
  db
    .selectFrom("request_transition")
    .selectAll()
    .where("request_id", "in", [...requestIds])
    .orderBy("request_id")
    .orderBy("seq")
    .execute();

export const listMessages = (db: Db, requestIds: readonly string[]): Promise<RequestMessageRow[]> =>
  db
    .selectFrom("request_message")
    .selectAll()
    .where("request_id", "in", [...requestIds])
    .orderBy("request_id")
    .orderBy("seq")
    .execute();

/** @returns whether there was room for it: a request has 200 messages at most. */
export async function insertMessage(
  tx: Tx,
  message: Omit<RequestMessageRow, "seq">,
): Promise<boolean> {
  const { request_id, at, author, author_id, text } = message;
  const { numAffectedRows } = await sql`
    insert into request_message (request_id, seq, at, author, author_id, text)
    select ${request_id}, count(*) + 1, ${at}, ${author}, ${author_id}, ${text}
    from request_message where request_id = ${request_id} having count(*) < 200`.execute(tx);
  return numAffectedRows === 1n;
}

export const listFeePayments = (
  db: Db,
  requestIds: readonly string[],
): Promise<RequestFeePaymentRow[]> =>
  db
    .selectFrom("request_fee_payment")
    .selectAll()
    .where("request_id", "in", [...requestIds])
    .execute();

/** Being told again changes nothing. */
export async function insertFeePayment(tx: Tx, paid: RequestFeePaymentRow): Promise<void> {
  await tx
    .insertInto("request_fee_payment")
    .values(paid)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
