/** Events of payments: each transition once at least, in order per payment, to Redis or by NOTIFY; then forgotten. */
import { Redis } from "ioredis";
import { type Kysely, sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { silentLog } from "../../../platform/log.ts";
import {
  createRedisSink,
  type EventSink,
  eventStream,
  notifySink,
  sendEvents,
} from "../../../subgraphs/payments/event.ts";
import { pruneEvents, pruneWebhooks } from "../../../subgraphs/payments/event.store.ts";
import { pruneKeys } from "../../../subgraphs/payments/idempotency.store.ts";
import { payOnce } from "../../../subgraphs/payments/pay.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";
import { deps, newBill, newKey, newPayer } from "./fixtures.ts";

async function payOne(db: Kysely<Tables>): Promise<string> {
  const { id: personId } = await newPayer(db, 100n);
  const itemId = await newBill(db, personId, 100n);
  const request = {
    personId,
    kind: "BILL",
    itemId,
    expectedAmount: 100n,
    channel: "APP",
  } as const;
  const how = {
    means: { method: "WALLET" },
    operation: "payBill",
    idempotencyKey: newKey(),
  } as const;
  const outcome = await payOnce(db, { ...request, ...how }, deps());
  return "paymentId" in outcome ? outcome.paymentId : outcome.kind;
}

type Told = { readonly paymentId: string; readonly seq: number };

describe.each(databases)("events of payments on $kind", ({ open }) => {
  let database: TestDatabase<Tables>;
  beforeAll(async () => {
    database = await open(subgraph);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const now = new Date("2020-06-01T12:00:00Z");
  const pay = () => payOne(database.db);
  const drain = async (sink: EventSink): Promise<void> => {
    while ((await sendEvents(database.db, sink, now, 7)) > 0);
  };
  const collector = (fails: () => boolean = () => false) => {
    const told: Told[] = [];
    const sink: EventSink = {
      async send(events) {
        for (const { payment_id: paymentId, seq } of events) told.push({ paymentId, seq });
        if (fails()) throw new Error("The line is cut.");
      },
      async stop() {},
    };
    return { told, sink };
  };

  test("tells every transition of the seed once, each payment's in its order", async () => {
    const { told, sink } = collector();
    await drain(sink);
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from payment_transition`.execute(
      database.db,
    );
    expect(told).toHaveLength(Number(rows[0]?.n));
    for (const one of Map.groupBy(told, ({ paymentId }) => paymentId).values()) {
      expect(one.map(({ seq }) => seq)).toEqual(one.map((_, index) => index + 1));
    }
    await drain(sink);
    expect(told).toHaveLength(Number(rows[0]?.n));
  });

  test("sends again what was sent and not marked, so that none is lost", async () => {
    const id = await pay();
    let isCut = true;
    const { told, sink } = collector(() => isCut);
    await expect(sendEvents(database.db, sink, now)).rejects.toThrow("cut");
    isCut = false;
    await drain(sink);
    expect(told).toEqual([
      { paymentId: id, seq: 1 },
      { paymentId: id, seq: 1 },
    ]);
  });

  test("several senders at once tell each event in order, and lose none", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, pay));
    const { told, sink } = collector();
    await Promise.all([drain(sink), drain(sink), drain(sink)]);
    await drain(sink);
    expect(told.map(({ paymentId }) => paymentId).toSorted()).toEqual(ids.toSorted());
  });

  test("puts them into a stream of Redis, where whoever follows reads them", async () => {
    const redis = new Redis(inject("redisUrl"));
    await redis.del(eventStream);
    const sink = createRedisSink({ url: inject("redisUrl"), log: silentLog });
    try {
      const id = await pay();
      // The connection is made in the background; until then nothing is sent and nothing lost.
      await expect
        .poll(() =>
          drain(sink).then(
            () => "sent",
            () => "not yet",
          ),
        )
        .toBe("sent");
      const entries = await redis.xrange(eventStream, "-", "+");
      const fields = entries.map(([, [, paymentId, , seq, , body = ""]]) => ({
        paymentId,
        seq,
        body: JSON.parse(body),
      }));
      expect(fields).toEqual([
        {
          paymentId: id,
          seq: "1",
          body: expect.objectContaining({
            state: "CAPTURED",
            amount: "100",
            serviceId: expect.stringMatching(/^[a-z-]+$/),
          }),
        },
      ]);
    } finally {
      await sink.stop();
      redis.disconnect();
    }
  });

  test("keeps them when Redis cannot be reached", async () => {
    await pay();
    const sink = createRedisSink({ url: "redis://127.0.0.1:1", log: silentLog });
    await expect(sendEvents(database.db, sink, now)).rejects.toThrow();
    await sink.stop();
    const { told, sink: working } = collector();
    await drain(working);
    expect(told).toHaveLength(1);
  });

  test("forgets what was sent long ago, and nothing that was not", async () => {
    const { db } = database;
    await drain(collector().sink);
    await pay();
    expect(await pruneEvents(db, now)).toBe(0n);
    expect(await pruneEvents(db, new Date(now.getTime() + 1))).toBeGreaterThan(0n);
    const left = await db.selectFrom("payment_event").select("sent_at").execute();
    expect(left).toEqual([{ sent_at: null }]);
  });

  test("forgets webhooks and idempotency keys after their time", async () => {
    const { db } = database;
    const at = (iso: string) => new Date(iso);
    await db
      .insertInto("webhook")
      .values([
        { id: "old", received_at: at("2020-05-01T00:00:00Z") },
        { id: "new", received_at: at("2020-05-03T00:00:00Z") },
      ])
      .execute();
    expect(await pruneWebhooks(db, at("2020-05-02T00:00:00Z"))).toBe(1n);
    expect(await db.selectFrom("webhook").select("id").execute()).toEqual([{ id: "new" }]);
    const kept = await db.selectFrom("idempotency").select("key").execute();
    expect(await pruneKeys(db, new Date(deps().now.getTime() + 86_400_000))).toBe(0n);
    expect(await pruneKeys(db, new Date(deps().now.getTime() + 86_400_001))).toBe(
      BigInt(kept.length),
    );
  });
});

describe("events without Redis", () => {
  test("notifies whoever listens", async () => {
    await using database = await databases[1].open(subgraph);
    const { db } = database;
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
    const url = new URL(inject("postgresUrl"));
    url.pathname = `/${rows[0]?.name}`;
    const listener = new pg.Client({ connectionString: url.href });
    await listener.connect();
    try {
      const heard = new Promise<string | undefined>((resolve) => {
        listener.once("notification", ({ payload }) => resolve(payload));
      });
      await listener.query("listen payment_event");
      const id = await payOne(db);
      while ((await sendEvents(db, notifySink, new Date())) > 0);
      const { payment_id } = await db
        .selectFrom("payment_event")
        .select("payment_id")
        .where("position", "=", BigInt((await heard) ?? 0))
        .executeTakeFirstOrThrow();
      expect(payment_id).toBe(id);
    } finally {
      await listener.end();
    }
  });
});
