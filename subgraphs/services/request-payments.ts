/**
 * Follows the events of payments in their Redis stream, so that a request goes on when its fee is paid, and
 * services that are paid for count as used. How far they were followed is kept in the transaction that obeys
 * them: after a crash, and with several processes, each event has its effect once. Without REDIS_URL agencies
 * confirm fees themselves.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import { z } from "zod";
import { readEnv } from "../../platform/env.ts";
import { connectRedis } from "../../platform/redis-connection.ts";
import { redisEnv, redisOptions } from "../../platform/redis-env.ts";
import { cityDateOf } from "../kit/city-date.ts";
import { type CityCalendar, cityCalendar } from "../kit/city-calendar.ts";
import type { Companion, CompanionDeps } from "../kit/companion.ts";
import { followPaidFee, type PaidFee } from "./request-fee.ts";
import { useWeights } from "./service-use.counter.ts";
import { addUses, type Uses } from "./service-use.store.ts";
import type { ServicesTables } from "./tables.ts";

/** The contract with the payments subgraph: field `body` holds JSON. */
const stream = "city-graph:payments:events";
const eventsAtOnce = 200;
const waitMs = 5_000;
const pauseAfterErrorMs = 1_000;

const eventSchema = z.object({
  paymentId: z.string().min(1),
  state: z.string(),
  itemId: z.string().nullable(),
  /** Missing in events of before they named it. */
  serviceId: z.string().nullish(),
  capturedAmount: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(BigInt),
  currency: z.string(),
  at: z.iso.datetime().transform((text) => new Date(text)),
});

export type StreamEntry = readonly [id: string, fields: readonly string[]];

type PaymentEvent = z.infer<typeof eventSchema>;

/** An entry of the stream → a payment that succeeded, or undefined for everything else. */
function capturedOf([, fields]: StreamEntry): PaymentEvent | undefined {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === "body");
  let body: unknown;
  try {
    body = JSON.parse(fields[at + 1] ?? "");
  } catch {
    return undefined;
  }
  const { data } = eventSchema.safeParse(body);
  return data?.state === "CAPTURED" ? data : undefined;
}

/** An entry of the stream → a fee that was paid, or undefined for everything else. */
export function paidFeeOf(entry: StreamEntry): PaidFee | undefined {
  const event = capturedOf(entry);
  if (!event?.itemId?.startsWith("fee_")) return undefined;
  const { itemId: feeId, paymentId, capturedAmount: amount, currency, at } = event;
  return { feeId, paymentId, amount, currency, at };
}

/** An entry of the stream → a use of the service that was paid for; none for payments of nothing in particular. */
export function usesOf(entry: StreamEntry): readonly Uses[] {
  const { serviceId, at } = capturedOf(entry) ?? {};
  return serviceId && at ? [{ serviceId, day: cityDateOf(at), uses: useWeights.payment }] : [];
}

type Position = readonly [milliseconds: bigint, sequence: bigint];
const positionOf = (id: string): Position => {
  const [milliseconds = "0", sequence = "0"] = id.split("-");
  return [BigInt(milliseconds), BigInt(sequence)];
};
const isAfter = (id: string, than: string): boolean => {
  const [ms, sequence] = positionOf(id);
  const [thanMs, thanSequence] = positionOf(than);
  return ms > thanMs || (ms === thanMs && sequence > thanSequence);
};

/** Where to go on: the id of the last entry that was obeyed. */
export async function readPosition(db: Kysely<ServicesTables>): Promise<string> {
  const row = await db.selectFrom("payments_position").select("entry_id").executeTakeFirst();
  return row?.entry_id ?? "0-0";
}

/** Obeys entries that nobody has obeyed yet, in their order, all or none of them. */
export const obeyEntries = (
  db: Kysely<ServicesTables>,
  entries: readonly StreamEntry[],
  deps: { readonly now: Date; readonly calendar: CityCalendar },
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await tx
      .insertInto("payments_position")
      .values({ entry_id: "0-0" })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { entry_id: reached } = await tx
      .selectFrom("payments_position")
      .select("entry_id")
      .forUpdate()
      .executeTakeFirstOrThrow();
    const fresh = entries.filter(([id]) => isAfter(id, reached));
    const last = fresh.at(-1);
    if (!last) return;
    for (const entry of fresh) {
      const paid = paidFeeOf(entry);
      if (paid) await followPaidFee(tx, paid, deps);
    }
    await addUses(tx, fresh.flatMap(usesOf));
    await tx.updateTable("payments_position").set({ entry_id: last[0] }).execute();
  });

const configSchema = z.object(redisEnv);

export async function startFollowingPayments({
  db,
  log,
  clock,
  env,
}: CompanionDeps<ServicesTables>): Promise<Companion> {
  const redis = redisOptions(readEnv(configSchema, env));
  if (!redis) return { routes: {}, stop: async () => {} };
  const { client, close } = connectRedis({ ...redis, log });
  const stopping = new AbortController();
  const { signal } = stopping;

  async function followOnce(): Promise<void> {
    const from = await readPosition(db);
    const read = await client.xread(
      "COUNT",
      eventsAtOnce,
      "BLOCK",
      waitMs,
      "STREAMS",
      stream,
      from,
    );
    const entries = read?.[0]?.[1] ?? [];
    if (entries.length === 0) return;
    await obeyEntries(db, entries, { now: new Date(clock()), calendar: cityCalendar });
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        await followOnce();
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error }, "payments' events could not be followed");
        await sleep(pauseAfterErrorMs, undefined, { signal }).catch(() => {});
      }
    }
  }
  const following = follow();
  return {
    routes: {},
    async stop() {
      stopping.abort();
      await close();
      await following;
    },
  };
}
