/** Where a payment stands and what moved it there. One SQL statement a function. */
import type { Kysely } from "kysely";
import type { PaymentStanding } from "./payment-feed.ts";
import type { Tables } from "./tables.ts";

/** One, or none when there is no such payment. */
export async function paymentStanding(
  db: Kysely<Tables>,
  paymentId: string,
): Promise<readonly PaymentStanding[]> {
  const rows = await db
    .selectFrom("payment")
    .leftJoin("payment_transition as last", (join) =>
      join.onRef("last.payment_id", "=", "payment.id").onRef("last.seq", "=", "payment.version"),
    )
    .select(["payment.version", "payment.state", "payment.created_at", "last.at"])
    .where("payment.id", "=", paymentId)
    .execute();
  return rows.map(({ version, state, created_at, at }) => {
    return { paymentId, version, state, at: at ?? created_at };
  });
}

/** In their order: they are numbered without gaps. */
export async function transitionsAfter(
  db: Kysely<Tables>,
  paymentId: string,
  version: number,
): Promise<readonly PaymentStanding[]> {
  const rows = await db
    .selectFrom("payment_transition")
    .select(["seq", "to_state", "at"])
    .where("payment_id", "=", paymentId)
    .where("seq", ">", version)
    .orderBy("seq")
    .execute();
  return rows.map(({ seq, to_state: state, at }) => ({ paymentId, version: seq, state, at }));
}
