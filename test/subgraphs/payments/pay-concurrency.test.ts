/** Concurrent payers on real PostgreSQL, through the subgraph's HTTP server and its connection pool. */
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { payOnce } from "../../../subgraphs/payments/pay.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import {
  balanceOf,
  deps,
  newBill,
  newFine,
  newKey,
  newPayer,
  payBill,
  payFine,
} from "./fixtures.ts";

const int8Oid = 20;

/** A second pool on the same database, whose connections may be killed as those of a dying process are. */
async function openDoomed(db: Kysely<Tables>): Promise<Kysely<Tables>> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${rows[0]?.name}`;
  const getTypeParser = ((oid: number) =>
    oid === int8Oid ? BigInt : pg.types.getTypeParser(oid)) as typeof pg.types.getTypeParser;
  const options = "-c search_path=payments,public";
  const pool = new pg.Pool({ connectionString: url.href, options, types: { getTypeParser } });
  pool.on("connect", (client) => client.on("error", () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

const twenty = Array.from({ length: 20 }, (_, index) => index);
const countBy = (results: readonly { __typename: string }[]) =>
  Object.fromEntries(
    [...Map.groupBy(results, (result) => result.__typename)].map(([name, all]) => [
      name,
      all.length,
    ]),
  );

describe("concurrent payers", () => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, "postgres");
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  const pay = async (principal: Principal, input: Record<string, unknown>) => {
    const query = "billId" in input ? payBill : payFine;
    const { data, errors } = await payments.ask(query, { principal, variables: { input } });
    return data?.payBill ?? data?.payFine ?? errors?.[0]?.extensions.code;
  };
  test("20 attempts with keys of their own settle one bill exactly once", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 10_000_00n);
    const billId = await newBill(db, payer.id, 100_00n);
    const results = await Promise.all(
      twenty.map(() => pay(payer, { billId, expectedAmount: 100_00, idempotencyKey: newKey() })),
    );
    expect(countBy(results)).toEqual({ PaymentMade: 1, AlreadyPaid: 19 });
    expect(new Set(results.map((result) => result.payment.id)).size).toBe(1);
    expect(await balanceOf(db, payer.id)).toBe(9_900_00n);
  });

  test("20 requests with one key are one payment with one answer", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 10_000_00n);
    const fineId = await newFine(db, payer.id, 100_00n);
    const input = { fineId, expectedAmount: 100_00, idempotencyKey: newKey() };
    const results = await Promise.all(twenty.map(() => pay(payer, input)));
    expect(countBy(results)).toEqual({ PaymentMade: 20 });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await balanceOf(db, payer.id)).toBe(9_900_00n);
  });

  test("one key for 20 bills pays one of them and refuses the others", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 10_000_00n);
    const bills = await Promise.all(twenty.map(() => newBill(db, payer.id, 100_00n)));
    const idempotencyKey = newKey();
    const results = await Promise.all(
      bills.map((billId) => pay(payer, { billId, expectedAmount: 100_00, idempotencyKey })),
    );
    expect(results.filter((result) => result === "IDEMPOTENCY_KEY_REUSED")).toHaveLength(19);
    expect(await balanceOf(db, payer.id)).toBe(9_900_00n);
  });

  test("20 bills raced for by a wallet that covers 7 leave it with the rest, never below zero", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 799_99n);
    const bills = await Promise.all(twenty.map(() => newBill(db, payer.id, 100_00n)));
    const results = await Promise.all(
      bills.map((billId) =>
        pay(payer, { billId, expectedAmount: 100_00, idempotencyKey: newKey() }),
      ),
    );
    expect(countBy(results)).toEqual({ PaymentMade: 7, InsufficientBalance: 13 });
    expect(await balanceOf(db, payer.id)).toBe(99_99n);
  });

  test("20 payers of one biller get 20 receipts in a row", async () => {
    const { db } = payments.database;
    const results = await Promise.all(
      twenty.map(async () => {
        const payer = await newPayer(db, 100_00n);
        const billId = await newBill(db, payer.id, 100_00n, {
          payableId: "empower-bill",
          billerId: "empower",
        });
        return pay(payer, { billId, expectedAmount: 100_00, idempotencyKey: newKey() });
      }),
    );
    const numbers = results.map((result) => Number(result.payment.receipt.number.split("-")[1]));
    expect(numbers.sort((a, b) => a - b)).toEqual(twenty.map((index) => index + 1));
  });

  test("payers whose keys, bills and billers cross each other never wait in a circle", async () => {
    const { db } = payments.database;
    const payers = await Promise.all([1, 2, 3].map(() => newPayer(db, 10_000_00n)));
    const attempts = await Promise.all(
      payers.map(async (payer) => ({
        payer,
        bills: [
          await newBill(db, payer.id, 1_00n),
          await newBill(db, payer.id, 1_00n, { payableId: "du-bill", billerId: "du" }),
        ],
      })),
    );
    const results = await Promise.all(
      twenty.flatMap((index) =>
        attempts.map(({ payer, bills }) =>
          pay(payer, {
            billId: bills[index % 2],
            expectedAmount: 1_00,
            idempotencyKey: `key-${index % 5}`,
          }),
        ),
      ),
    );
    expect(results.filter((result) => result === "INTERNAL_SERVER_ERROR")).toEqual([]);
    for (const { id } of payers) {
      const paid = 10_000_00n - (await balanceOf(db, id));
      expect([1_00n, 2_00n]).toContain(paid);
    }
  });

  test("a payment whose connection dies in its middle leaves nothing behind, and its key pays once", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const itemId = await newBill(db, payer.id, 60_00n, {
      payableId: "etisalat-bill",
      billerId: "etisalat",
    });
    const request = {
      operation: "payBill",
      kind: "BILL",
      personId: payer.id,
      itemId,
      expectedAmount: 60_00n,
      idempotencyKey: newKey(),
      channel: "APP",
      means: { method: "WALLET" },
    } as const;
    const doomed = await openDoomed(db);
    // Holding the biller's row stops the payment after the wallet was debited and before its receipt.
    await db.transaction().execute(async (tx) => {
      await sql`select from biller where agency_id = 'etisalat' for update`.execute(tx);
      const attempt = payOnce(doomed, request, deps()).then(
        () => "paid",
        (error: Error) => error.message,
      );
      const blocked = sql<{ pid: number }>`
        select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like 'update "biller"%'`;
      let pid: number | undefined;
      while (pid === undefined) pid = (await blocked.execute(db)).rows[0]?.pid;
      await sql`select pg_terminate_backend(${pid})`.execute(db);
      expect(await attempt).toContain("terminat");
    });
    await doomed.destroy();
    expect(await balanceOf(db, payer.id)).toBe(100_00n);
    const outcomes = [await payOnce(db, request, deps()), await payOnce(db, request, deps())];
    expect(outcomes[0]?.kind).toBe("PAYMENT_MADE");
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(await balanceOf(db, payer.id)).toBe(40_00n);
  });

  test("after all of this the books are right", async () => {
    expect(await verifyLedger(payments.database.db)).toEqual([]);
  });
});
