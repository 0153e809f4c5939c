/**
 * Sends the events of payments to whoever follows them: to a Redis stream, or, when there is no Redis, by
 * NOTIFY to those who listen and then read the table. At least once: what was sent and not yet marked when
 * the process died is sent again; a follower ignores a `seq` of a payment that it has seen.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { lockSending, markSent, type PaymentEventRow, unsentEvents } from "./event.store.ts";
import type { Tables } from "./tables.ts";

export const eventStream = "city-graph:payments:events";
export const eventChannel = "payment_event";

export type EventSink = {
  /** Resolves when all of them are there, in their order. */
  readonly send: (events: readonly PaymentEventRow[], tx: Transaction<Tables>) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Old entries are trimmed: a follower that was away for longer reads the payments themselves. */
const streamLength = 1_000_000;

export function createRedisSink(options: RedisConnectionOptions): EventSink {
  // A command that fails is not repeated here: the events stay unsent, and the next turn sends them again.
  const { client, close } = connectRedis(options);
  return {
    async send(events) {
      const batch = client.multi();
      for (const { payment_id: paymentId, seq, body } of events) {
        const fields = ["paymentId", paymentId, "seq", `${seq}`, "body", body];
        batch.xadd(eventStream, "MAXLEN", "~", streamLength, "*", ...fields);
      }
      const results = await batch.exec();
      const failed = results?.find(([error]) => error);
      if (!results || failed) throw failed?.[0] ?? new Error("The stream took no events.");
    },
    stop: close,
  };
}

/** Told when the transaction commits, so that whoever hears it finds the events in the table. */
export const notifySink: EventSink = {
  async send(events, tx) {
    await sql`select pg_notify(${eventChannel}, ${`${events.at(-1)?.position ?? 0n}`})`.execute(tx);
  },
  async stop() {},
};

/** @returns how many were sent. */
export const sendEvents = (
  db: Kysely<Tables>,
  sink: EventSink,
  now: Date,
  limit = 200,
): Promise<number> =>
  db.transaction().execute(async (tx) => {
    if (!(await lockSending(tx))) return 0;
    const events = await unsentEvents(tx, limit);
    if (events.length === 0) return 0;
    await sink.send(events, tx);
    const positions = events.map(({ position }) => position);
    await markSent(tx, positions, now);
    return events.length;
  });
