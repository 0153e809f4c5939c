/** Each transition of a payment wakes whoever follows it, when its transaction commits. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create function notify_transition() returns trigger language plpgsql as $$
  begin
    perform pg_notify('payments_payment', new.payment_id);
    return null;
  end $$`,
  `create trigger payment_transition_wakes_followers after insert on payment_transition
    for each row execute function notify_transition()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
