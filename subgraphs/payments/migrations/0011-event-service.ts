/** An event of a payment names the service that was paid for, for those who count what people use. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create or replace function tell_transition() returns trigger language plpgsql
    set search_path from current as $$
  begin
    insert into payment_event (payment_id, seq, body, at)
    select p.id, new.seq, jsonb_build_object('paymentId', p.id, 'personId', p.person_id, 'seq', new.seq,
      'event', new.event, 'state', new.to_state, 'itemId', p.item_id, 'serviceId', l.service_id,
      'amount', p.amount::text, 'capturedAmount', p.captured_amount::text,
      'refundedAmount', p.refunded_amount::text, 'currency', p.currency,
      'at', to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), new.at
    from payment p left join item i on i.id = p.item_id left join payable l on l.id = i.payable_id
    where p.id = new.payment_id;
    return null;
  end $$`.execute(db);
}
