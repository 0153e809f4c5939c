/** What the database itself refuses, whatever the code above it does. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWallet, postTransaction } from "../../../subgraphs/payments/ledger.store.ts";
import { findProblems, verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";
import { balanceOf, newBill, newPayer } from "./fixtures.ts";

const clearing = "top-up-clearing:AED";
const wallet = "wallet:person-amal:AED";

const post = (
  db: Kysely<Tables>,
  postings: readonly (readonly [accountId: string, amount: bigint])[],
  currency = "AED",
) =>
  db.transaction().execute((tx) =>
    postTransaction(tx, {
      id: `txn_${randomUUID()}`,
      kind: "TOP_UP",
      occurredAt: new Date(),
      currency,
      postings: postings.map(([accountId, amount]) => ({ accountId, amount })),
    }),
  );

describe.each(databases)("the ledger on $kind", ({ open }) => {
  let database: TestDatabase<Tables>;
  let db: Kysely<Tables>;
  beforeAll(async () => {
    database = await open(subgraph);
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test("takes a balanced transaction and moves the wallet by it", async () => {
    const before = await balanceOf(db, "person-amal");
    await post(db, [
      [clearing, -500n],
      [wallet, 500n],
    ]);
    expect(await balanceOf(db, "person-amal")).toBe(before + 500n);
  });

  test("refuses a transaction that does not balance, and keeps nothing of it", async () => {
    const before = await balanceOf(db, "person-amal");
    await expect(
      post(db, [
        [clearing, -500n],
        [wallet, 501n],
      ]),
    ).rejects.toThrow("is not balanced");
    await expect(post(db, [[wallet, 500n]])).rejects.toThrow("is not balanced");
    expect(await balanceOf(db, "person-amal")).toBe(before);
  });

  test("refuses it also when the check is made to run before the last entry", async () => {
    const attempt = db.transaction().execute(async (tx) => {
      const id = `txn_${randomUUID()}`;
      const entry = { transaction_id: id, currency: "AED" };
      await tx
        .insertInto("ledger_transaction")
        .values({ id, kind: "TOP_UP", occurred_at: new Date() })
        .execute();
      await tx
        .insertInto("ledger_entry")
        .values([
          { ...entry, position: 0, account_id: clearing, amount: -1n },
          { ...entry, position: 1, account_id: wallet, amount: 1n },
        ])
        .execute();
      await sql`set constraints all immediate`.execute(tx);
      await sql`set constraints all deferred`.execute(tx);
      await tx
        .insertInto("ledger_entry")
        .values({ ...entry, position: 2, account_id: wallet, amount: 1n })
        .execute();
    });
    await expect(attempt).rejects.toThrow("is not balanced");
  });

  test("refuses a transaction without entries", async () => {
    const row = { id: `txn_${randomUUID()}`, kind: "TOP_UP", occurred_at: new Date() } as const;
    await expect(db.insertInto("ledger_transaction").values(row).execute()).rejects.toThrow(
      "has no entries",
    );
  });

  test("refuses entries, even balanced ones, for a transaction of before", async () => {
    const entry = { transaction_id: "txn_top_up_amal_2020_02", currency: "AED" };
    const late = db
      .insertInto("ledger_entry")
      .values([
        { ...entry, position: 8, account_id: clearing, amount: -1n },
        { ...entry, position: 9, account_id: wallet, amount: 1n },
      ])
      .execute();
    await expect(late).rejects.toThrow("is closed");
  });

  test("refuses to take more from a wallet than it holds", async () => {
    const balance = await balanceOf(db, "person-amal");
    await expect(
      post(db, [
        [wallet, -balance - 1n],
        [clearing, balance + 1n],
      ]),
    ).rejects.toThrow("wallet_is_not_negative");
    expect(await balanceOf(db, "person-amal")).toBe(balance);
  });

  test("refuses an entry of nothing, and one in another currency than its account's", async () => {
    await expect(
      post(db, [
        [clearing, 0n],
        [wallet, 0n],
      ]),
    ).rejects.toThrow("check constraint");
    await expect(
      post(
        db,
        [
          [clearing, -1n],
          [wallet, 1n],
        ],
        "USD",
      ),
    ).rejects.toThrow("foreign key");
  });

  test("refuses money for a wallet account that has no wallet", async () => {
    await db
      .insertInto("ledger_account")
      .values({ id: "wallet:nobody:KWD", kind: "WALLET", owner_id: "nobody", currency: "KWD" })
      .execute();
    await db
      .insertInto("ledger_account")
      .values({
        id: "top-up-clearing:KWD",
        kind: "TOP_UP_CLEARING",
        owner_id: null,
        currency: "KWD",
      })
      .execute();
    const attempt = post(
      db,
      [
        ["top-up-clearing:KWD", -1n],
        ["wallet:nobody:KWD", 1n],
      ],
      "KWD",
    );
    await expect(attempt).rejects.toThrow("has no wallet");
    await db
      .insertInto("wallet")
      .values({ account_id: "wallet:nobody:KWD", person_id: "nobody", currency: "KWD" })
      .execute();
  });

  test.each([
    "update ledger_entry set amount = amount + 1",
    "delete from ledger_entry",
    "truncate ledger_entry cascade",
    "update ledger_transaction set occurred_at = now()",
    "delete from ledger_transaction",
    "update ledger_account set owner_id = 'person-omar' where kind = 'WALLET'",
    "update wallet set balance = balance + 1",
    "delete from wallet",
    "update payment set amount = 1",
    "delete from payment",
    "update receipt set number = number + 100",
    "delete from receipt",
    "delete from receipt_line",
    "update item set status = 'OPEN' where status = 'PAID'",
  ])("refuses: %s", async (statement) => {
    await expect(sql.raw(statement).execute(db)).rejects.toThrow("is refused");
  });

  test("refuses a wallet that starts with money", async () => {
    const attempt = db.transaction().execute(async (tx) => {
      await openWallet(tx, "person-new", "AED");
      await sql`insert into wallet (account_id, person_id, currency, balance) values ('biller:dewa:AED', 'x', 'AED', 5)`.execute(
        tx,
      );
    });
    await expect(attempt).rejects.toThrow("is refused");
  });

  test("refuses a second payment of one item", async () => {
    const again = sql`insert into payment select 'pay_again', person_id, item_id, amount, currency, state, method, channel, paid_at, 'txn_top_up_amal_2020_02' from payment limit 1`;
    await expect(again.execute(db)).rejects.toThrow("payment_once_per_item");
  });

  test("is right after all of this", async () => {
    expect(await verifyLedger(db)).toEqual([]);
  });
});

describe("verifying the ledger", () => {
  /** Breaks the books behind the back of every trigger and foreign key. */
  const tampering: readonly (readonly [broken: string, statement: string])[] = [
    [
      "every ledger transaction balances per currency",
      "update ledger_entry set amount = amount + 1 where account_id = 'biller:dewa:AED'",
    ],
    [
      "every ledger transaction has entries",
      "delete from ledger_entry where transaction_id = 'txn_top_up_amal_2020_02'",
    ],
    [
      "every wallet balance equals the sum of its entries",
      "update wallet set balance = balance + 1 where person_id = 'person-amal'",
    ],
    ["every wallet account has a wallet", "delete from wallet where person_id = 'person-lina'"],
    [
      "every item's amount equals its lines",
      "update item set amount = amount + 1 where id = 'bill_amal_dewa_2020_04'",
    ],
    [
      "every paid item has exactly one captured payment, and no other item has any",
      "update item set status = 'PAID' where id = 'bill_amal_dewa_2020_04'",
    ],
    [
      "every paid item has exactly one captured payment, and no other item has any",
      "update item set status = 'OPEN' where id = 'bill_amal_dewa_2020_03'",
    ],
    [
      "every payment is by the person whose item it settles, in its currency",
      "update payment set person_id = 'person-omar' where person_id = 'person-amal'",
    ],
    [
      "every payment took its amount from its payer's wallet, once",
      "update payment set amount = amount + 1 where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every payment transaction in the ledger belongs to a payment",
      "delete from payment where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every payment has a receipt over its amount, from its biller",
      "delete from receipt where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every receipt's total equals its lines",
      "delete from receipt_line where payment_id = 'pay_bill_amal_dewa_2020_03' and position = 0",
    ],
    [
      "every biller's receipts are numbered from 1 without a gap",
      "update receipt set number = 99 where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every kept idempotency key has its outcome",
      "insert into idempotency values ('p', 'payBill', 'k', 'h', null, now())",
    ],
  ];

  let database: TestDatabase<Tables>;
  beforeAll(async () => {
    database = await databases[0].open(subgraph);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test("finds nothing wrong in what came in by the regular ways", async () => {
    const payer = await newPayer(database.db, 100n);
    await newBill(database.db, payer.id, 100n);
    expect(await verifyLedger(database.db)).toEqual([]);
  });

  test.each(tampering)("finds that not: %s", async (broken, statement) => {
    const { db } = database;
    const found: string[] = [];
    const rollBack = new Error("roll back");
    const attempt = db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql.raw(statement).execute(tx);
      found.push(...(await findProblems(tx)).map((problem) => problem.broken));
      throw rollBack;
    });
    await expect(attempt).rejects.toBe(rollBack);
    expect(found).toContain(broken);
  });
});
