/** Figures of payments from their sums by day: what this reads grows with days and billers, not with payments. */
import { type Kysely, sql } from "kysely";
import type { Tables } from "./tables.ts";

export type FiguresQuery = {
  /** YYYY-MM-DD in the city's time, both included. */
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly billerId: string | undefined;
};

/** One of day, biller and channel is set, or none: then it is the total. */
export type FiguresRow = {
  readonly day: string | null;
  readonly biller_id: string | null;
  readonly channel: string | null;
  readonly payments: bigint;
  readonly captured: bigint;
  readonly refunds: bigint;
  readonly refunded: bigint;
};

/** In the order of days, billers and channels. */
export async function figures(
  db: Kysely<Tables>,
  { from, to, currency, billerId }: FiguresQuery,
): Promise<readonly FiguresRow[]> {
  const ofBiller = billerId === undefined ? sql`` : sql`and biller_id = ${billerId}`;
  const { rows } = await sql<FiguresRow>`
    select to_char(day, 'YYYY-MM-DD') as day, biller_id, channel,
      coalesce(sum(payments), 0)::bigint as payments, coalesce(sum(captured), 0)::bigint as captured,
      coalesce(sum(refunds), 0)::bigint as refunds, coalesce(sum(refunded), 0)::bigint as refunded
    from payment_day
    where day between ${from}::text::date and ${to}::text::date and currency = ${currency} ${ofBiller}
    group by grouping sets ((), (payment_day.day), (biller_id), (channel))
    order by payment_day.day, biller_id, channel`.execute(db);
  return rows;
}
