/** What the database itself refuses, whatever the code above it does. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatMoney } from "../../../subgraphs/kit/money.ts";
import {
  balanceOfAccount,
  balanceOfAccountAt,
  openWallet,
  postTransaction,
  takeCheckpoints,
  topUpWallet,
} from "../../../subgraphs/payments/ledger.store.ts";
import { findProblems, verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { settleItem } from "../../../subgraphs/payments/pay.ts";
import { accountId } from "../../../subgraphs/payments/payment.rules.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";
import { balanceOf, deps, newBill, newPayer } from "./fixtures.ts";

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
    const again = sql`insert into payment (id, person_id, item_id, amount, currency, state, method, channel, created_at)
      select 'pay_again', person_id, item_id, amount, currency, 'CREATED', method, channel, created_at from payment limit 1`;
    await expect(again.execute(db)).rejects.toThrow("payment_once_per_item");
  });

  test("knows every account's balance at any past instant", async () => {
    const account = "wallet:person-omar:AED";
    const at = (moment: string) => balanceOfAccountAt(db, account, new Date(moment));
    expect(await at("2020-02-01T08:59:59.999+04:00")).toBe(0n);
    expect(await at("2020-02-01T09:00:00+04:00")).toBe(5_000_00n);
    expect(await at("2020-02-02T08:54:59+04:00")).toBe(5_000_00n);
    expect(await at("2020-02-02T08:55:00+04:00")).toBe(4_850_00n);
    expect(await at("2100-01-01T00:00:00Z")).toBe(await balanceOf(db, "person-omar"));
  });

  test("gives the same balances with checkpoints as without, also of what comes after them", async () => {
    const account = "biller:dewa:AED";
    const before = await balanceOfAccount(db, account);
    expect(before).toBeGreaterThan(0n);
    expect(await takeCheckpoints(db, 1n)).toBeGreaterThan(0n);
    expect(await takeCheckpoints(db, 1n)).toBe(0n);
    expect(await balanceOfAccount(db, account)).toBe(before);
    await post(db, [
      [clearing, -500n],
      [account, 500n],
    ]);
    expect(await balanceOfAccount(db, account)).toBe(before + 500n);
    expect(await takeCheckpoints(db, 1n)).toBe(2n);
    expect(await balanceOfAccount(db, account)).toBe(before + 500n);
  });

  test.each([
    "update ledger_entry set amount = 1",
    "delete from ledger_entry",
    "truncate ledger_entry",
    "delete from receipt",
    "update payment_transition set actor = ''",
    "alter table ledger_entry disable trigger all",
    "drop trigger ledger_entry_is_append_only on ledger_entry",
  ])("gives the service's own role no right to: %s", async (statement) => {
    const attempt = db.transaction().execute(async (tx) => {
      await sql`set local role city_graph_payments`.execute(tx);
      await sql.raw(statement).execute(tx);
    });
    await expect(attempt).rejects.toThrow(/permission denied|must be owner/);
  });

  test("lets the service's own role pay, which moves wallets through entries", async () => {
    const payer = await newPayer(db, 100n);
    const itemId = await newBill(db, payer.id, 60n);
    const outcome = await db.transaction().execute(async (tx) => {
      await sql`set local role city_graph_payments`.execute(tx);
      const item = { personId: payer.id, kind: "BILL", itemId, expectedAmount: 60n } as const;
      return settleItem(tx, { ...item, channel: "APP", means: { method: "WALLET" } }, deps());
    });
    expect(outcome.kind).toBe("PAYMENT_MADE");
    expect(await balanceOf(db, payer.id)).toBe(40n);
  });

  test.each([
    ["AED", 12_34n, "AED 12.34"],
    ["KWD", 12_345n, "KWD 12.345"],
    ["BHD", 1n, "BHD 0.001"],
    ["JPY", 1_234n, "JPY 1,234"],
  ])("keeps %s with its own decimals: %d is %s", async (currency, amount, text) => {
    const owner = `person-${randomUUID()}`;
    await db.transaction().execute(async (tx) => {
      await openWallet(tx, owner, currency);
      const id = accountId("TOP_UP_CLEARING", currency);
      await tx
        .insertInto("ledger_account")
        .values({ id, kind: "TOP_UP_CLEARING", owner_id: null, currency })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const topUp = { id: `txn_${randomUUID()}`, personId: owner, amount, currency };
      await topUpWallet(tx, { ...topUp, at: new Date() });
    });
    expect(await balanceOfAccount(db, accountId("WALLET", currency, owner))).toBe(amount);
    expect(formatMoney(amount, currency).en).toBe(text);
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
      "every payment took what it captured, or holds, from its payer's wallet or the provider, once",
      "update payment set (amount, authorised_amount, captured_amount) = (1, 1, 1) where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every payment transaction in the ledger belongs to a payment",
      "delete from payment where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every captured payment has a receipt over its amount, from its biller, and no other has any",
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
      "every account's balance equals the sum of its entries",
      "insert into ledger_checkpoint (account_id, through_seq, balance) select account_id, max(seq), 7 from ledger_entry group by 1",
    ],
    [
      "every payment is where its transitions lead, which are numbered without a gap",
      "update payment set version = 2 where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every captured payment has exactly one capture among its transitions, and no other payment has one",
      "delete from payment_transition where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every posting is where its transitions lead",
      "update posting set state = 'REJECTED' where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every captured payment has one posting, and a posted one was not refunded as rejected",
      "delete from posting where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "clearing holds exactly what was captured and not yet posted or rejected",
      "update posting set state = 'PENDING' where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "the refunds account holds exactly the refunds under way",
      "insert into refund select 'refund_x', id, 1, 'AED', 'PENDING', 'OPERATOR', 'x', 'x', now(), null, 'txn_top_up_amal_2020_02' from payment limit 1",
    ],
    [
      "every payment's refunded amount is the sum of its refunds that succeeded",
      "update payment set refunded_amount = 1 where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "all accounts of a currency sum to zero",
      "update ledger_entry set amount = amount + 1 where account_id = 'biller:dewa:AED'",
    ],
    [
      "no text that is kept holds a card number",
      "update payment set failure = 'declined 4242424242424242' where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "the holds account holds exactly what wallets are authorised for",
      "update payment set (state, captured_amount, transaction_id, paid_at) = ('AUTHORISED', 0, null, null) where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "every fill that was reported is captured for exactly what the pump measured, or is on its way",
      "insert into fuel_session values ('pay_fill_omar_2020_04_05', 'enoc-deira', 1, 'DIESEL', 206, 1, now())",
    ],
    [
      "the sums by day, biller, channel and method equal the payments and refunds",
      "update payment_day set captured = captured + 1 where biller_id = 'dewa'",
    ],
    [
      "the sums by day, biller, channel and method equal the payments and refunds",
      "delete from payment_day where biller_id = 'dewa'",
    ],
    [
      "the provider owes exactly what it captured, less what it refunded and settled",
      "update ledger_entry set account_id = 'provider:AED' where account_id = 'biller:dewa:AED'",
    ],
    [
      "the bank got exactly what was settled, less the provider's fees",
      "update ledger_entry set account_id = 'bank:AED' where account_id = 'biller:dewa:AED'",
    ],
    [
      "every settled line is a capture or refund of ours over the same amount",
      "insert into settlement_line (file_sha256, day, reference, kind, refund_reference, amount, fee, currency, at, copy, verdict) values ('x', '2020-05-01', 'pay_bill_amal_dewa_2020_03', 'capture', '', 1, 0, 'AED', now(), 1, 'MATCHED')",
    ],
    [
      "nothing is authorised or under way an hour past its time",
      "update payment set (state, captured_amount, transaction_id, paid_at, expires_at) = ('AUTHORISED', 0, null, null, now() - interval '2 hours') where id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "no posting to a biller waits for longer than a day",
      "update posting set state = 'UNKNOWN' where payment_id = 'pay_bill_amal_dewa_2020_03'",
    ],
    [
      "no text that is kept holds a card number",
      "insert into idempotency values ('p', 'payBill', '4242424242424242', 'h', '{}', now())",
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
