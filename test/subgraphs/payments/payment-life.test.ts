/** The two state machines: the pure file, the database's own copy of it, and random walks on both. */
import { randomUUID } from "node:crypto";
import { array, assert, asyncProperty, bigInt, constantFrom, pre, property } from "fast-check";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postTransaction } from "../../../subgraphs/payments/ledger.store.ts";
import {
  allPaymentEdges,
  allPostingEdges,
  holdsItem,
  isSettled,
  nextState,
  type PaymentEvent,
  type PaymentState,
  paymentStateNames,
  stateAfter,
} from "../../../subgraphs/payments/payment-state.rules.ts";
import { insertPayment } from "../../../subgraphs/payments/payment.store.ts";
import { eventsTowards, type ProviderStatus } from "../../../subgraphs/payments/provider.rules.ts";
import { decideRefund, takeFromShares } from "../../../subgraphs/payments/refund.rules.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";
import { newBill, newPayer } from "./fixtures.ts";

/** Refunding in full needs the whole amount to be gone back: a test of its own. */
const events = [...new Set(allPaymentEdges.map(({ event }) => event))].filter(
  (event) => event !== "REFUNDED_IN_FULL",
);
const reachable = (from: PaymentState): Set<PaymentState> => {
  const seen = new Set([from]);
  for (const state of seen) {
    for (const edge of allPaymentEdges) if (edge.from === state) seen.add(edge.to);
  }
  return seen;
};

describe("the life of a payment", () => {
  test("reaches every state from its beginning, and never comes back to it", () => {
    expect(reachable("CREATED")).toEqual(new Set(paymentStateNames));
    expect(allPaymentEdges.filter(({ to }) => to === "CREATED")).toEqual([]);
  });

  test("can always end: no state is a trap without being final", () => {
    for (const state of paymentStateNames) {
      expect([...reachable(state)].some(isSettled)).toBe(true);
    }
  });

  test("takes money only once: no way leads from captured to captured", () => {
    const before = allPaymentEdges.filter(({ to }) => to === "CAPTURED").map(({ from }) => from);
    expect(before.filter((state) => reachable("CAPTURED").has(state))).toEqual([]);
  });

  test("leaves the unknown only by what the provider says", () => {
    const ways = allPaymentEdges.filter(({ from }) => from === "UNKNOWN");
    for (const { event } of ways) expect(event).toMatch(/^PROVIDER_(?!TIMED_OUT)|^PAGE_OPENED$/);
  });

  test("frees the item when nothing was taken, or all of it went back", () => {
    expect(paymentStateNames.filter((state) => !holdsItem(state))).toEqual([
      "DECLINED",
      "CANCELLED",
      "EXPIRED",
      "REFUNDED",
    ]);
  });

  test("names state and event when an event cannot happen", () => {
    expect(() => nextState("CAPTURED", "WALLET_DEBITED")).toThrow("CAPTURED");
    expect(() => nextState("CAPTURED", "WALLET_DEBITED")).toThrow("WALLET_DEBITED");
  });
});

describe("following the provider", () => {
  const statuses = [
    "requires_action",
    "authorised",
    "captured",
    "declined",
    "cancelled",
    "expired",
  ];
  const view = (status: ProviderStatus) => ({
    reference: "pay_1",
    version: 1n,
    status,
    authorisedAmount: 100n,
    capturedAmount: status === "captured" ? 100n : 0n,
    pageUrl: null,
    card: null,
    declineReason: null,
    refunds: [],
  });

  test("ends in the provider's state after any statuses in any order, along edges only", () => {
    const ends: Readonly<Record<string, PaymentState>> = {
      captured: "CAPTURED",
      declined: "DECLINED",
      cancelled: "CANCELLED",
      expired: "EXPIRED",
    };
    const status = constantFrom(...(statuses as ProviderStatus[]));
    assert(
      property(array(status, { minLength: 1, maxLength: 12 }), (told) => {
        let state: PaymentState = "CREATED";
        let authorisedAmount = 0n;
        let end: PaymentState | undefined;
        for (const one of told) {
          for (const event of eventsTowards(
            { state, authorisedAmount, closing: null },
            view(one),
          )) {
            state = nextState(state, event);
            if (event === "PROVIDER_AUTHORISED") authorisedAmount = 100n;
          }
          const wanted = ends[one];
          // Once authorised, a provider no longer declines: then the view is ignored.
          if (wanted && end === undefined && state === wanted) end = wanted;
          expect(end ?? state).toBe(state);
        }
      }),
    );
  });

  test("tells giving up after the time from being cancelled", () => {
    const known = { state: "ACTION_REQUIRED", authorisedAmount: 0n } as const;
    expect(eventsTowards({ ...known, closing: "EXPIRED" }, view("cancelled"))).toEqual([
      "PROVIDER_EXPIRED",
    ]);
    expect(eventsTowards({ ...known, closing: "CANCELLED" }, view("cancelled"))).toEqual([
      "PROVIDER_CANCELLED",
    ]);
  });

  test("makes up for an authorisation that was never told", () => {
    const known = { state: "ACTION_REQUIRED", authorisedAmount: 0n, closing: null } as const;
    expect(eventsTowards(known, view("captured"))).toEqual([
      "PROVIDER_AUTHORISED",
      "PROVIDER_CAPTURED",
    ]);
  });
});

describe("refunding", () => {
  const facts = { state: "CAPTURED", posting: "POSTED", currency: "AED" } as const;

  test("never lets more go back than was captured, whatever is asked for", () => {
    const amount = () => bigInt({ min: 1n, max: 500n });
    assert(
      property(amount(), array(amount(), { maxLength: 10 }), (captured, wishes) => {
        let refunded = 0n;
        for (const wish of wishes) {
          const expectedRefundable = captured - refunded;
          const asked = { ...facts, captured, refunded, amount: wish, expectedRefundable };
          if (decideRefund(asked).kind === "REFUND") refunded += wish;
          expect(refunded <= captured).toBe(true);
        }
      }),
    );
  });

  test("is refused when the operator saw another amount, and tells the real one", () => {
    const asked = {
      ...facts,
      captured: 100n,
      refunded: 30n,
      amount: 10n,
      expectedRefundable: 100n,
    };
    expect(decideRefund(asked)).toEqual({
      kind: "REFUNDABLE_CHANGED",
      refundable: 70n,
      currency: "AED",
    });
  });

  test("takes the amount from the shares in their order, to the fils", () => {
    const share = bigInt({ min: 0n, max: 300n });
    assert(
      property(
        array(share, { minLength: 1, maxLength: 4 }),
        bigInt({ min: 1n, max: 900n }),
        (all, amount) => {
          const left = all.map((one, index) => ({ accountId: `${index}`, amount: one }));
          const total = all.reduce((sum, one) => sum + one, 0n);
          pre(amount <= total);
          const taken = takeFromShares(left, amount);
          expect(taken.reduce((sum, one) => sum + one.amount, 0n)).toBe(amount);
          for (const one of taken)
            expect(one.amount <= (all[Number(one.accountId)] ?? 0n)).toBe(true);
        },
      ),
    );
  });
});

describe.each(databases)("the life of a payment on $kind", ({ open }) => {
  let database: TestDatabase<Tables>;
  let db: Kysely<Tables>;
  beforeAll(async () => {
    database = await open(subgraph);
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const newPayment = async (): Promise<string> => {
    const payer = await newPayer(db, 0n);
    const itemId = await newBill(db, payer.id, 100n);
    const id = `pay_${randomUUID()}`;
    const row = { id, person_id: payer.id, item_id: itemId, amount: 100n, currency: "AED" };
    const how = { method: "CARD", channel: "APP", created_at: new Date() } as const;
    await db.transaction().execute((tx) => insertPayment(tx, { ...row, ...how }));
    return id;
  };

  const take = async (
    id: string,
    from: PaymentState,
    seq: number,
    event: PaymentEvent,
    to: PaymentState,
  ) =>
    db.transaction().execute(async (tx) => {
      const transactionId = `txn_${randomUUID()}`;
      if (to === "CAPTURED") {
        await postTransaction(tx, {
          id: transactionId,
          kind: "CAPTURE",
          occurredAt: new Date(),
          currency: "AED",
          postings: [
            { accountId: "provider:AED", amount: -100n },
            { accountId: "clearing:AED", amount: 100n },
          ],
        });
      }
      const isRefund = event.startsWith("REFUNDED");
      await tx
        .insertInto("payment_transition")
        .values({
          payment_id: id,
          seq,
          from_state: from,
          event,
          to_state: to,
          amount: isRefund ? 10n : 100n,
          actor: "test",
          at: new Date(),
          transaction_id: to === "CAPTURED" ? transactionId : null,
        })
        .execute();
    });

  test("has the same edges as the rules", async () => {
    const edges = async (table: "payment_edge" | "posting_edge") =>
      (
        await sql<{ edge: string }>`
          select concat_ws(' ', from_state, event, to_state) as edge from ${sql.table(table)}`.execute(
          db,
        )
      ).rows
        .map(({ edge }) => edge)
        .toSorted();
    const named = (all: readonly { from: string; event: string; to: string }[]) =>
      all.map(({ from, event, to }) => `${from} ${event} ${to}`).toSorted();
    expect(await edges("payment_edge")).toEqual(named(allPaymentEdges));
    expect(await edges("posting_edge")).toEqual(named(allPostingEdges));
  });

  test("takes exactly the transitions of the rules on random walks, each with the next number", async () => {
    await assert(
      asyncProperty(
        array(constantFrom(...events), { minLength: 3, maxLength: 10 }),
        async (walk) => {
          const id = await newPayment();
          let [state, version, isAuthorised] = ["CREATED" as PaymentState, 0, false];
          for (const event of walk) {
            const next = stateAfter(state, event);
            // What was never authorised cannot be captured: eventsTowards makes up for it first.
            const isMissed = event === "PROVIDER_CAPTURED" && !isAuthorised;
            const to = isMissed ? undefined : next;
            const wanted = to ?? stateAfter("UNKNOWN", event) ?? "CAPTURED";
            const answer = await take(id, state, version + 1, event, wanted).then(
              () => "taken",
              (error: Error) => error.message,
            );
            expect(answer).toMatch(to ? /^taken$/ : /is refused|payment_amounts_are_ordered/);
            isAuthorised ||=
              to === "AUTHORISED" || (to !== undefined && event === "WALLET_DEBITED");
            if (to) [state, version] = [to, version + 1];
            const row = await db
              .selectFrom("payment")
              .select(["state", "version"])
              .where("id", "=", id)
              .executeTakeFirstOrThrow();
            expect(row).toEqual({ state, version });
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("refuses a transition with a number that is taken or skips one", async () => {
    const id = await newPayment();
    for (const seq of [0, 2]) {
      await expect(take(id, "CREATED", seq, "PAGE_OPENED", "ACTION_REQUIRED")).rejects.toThrow(
        "the next is not number",
      );
    }
  });

  test.each([
    "update payment set state = 'CAPTURED' where id = $id",
    "update payment set version = version + 1 where id = $id",
    "update payment set authorised_amount = 1 where id = $id",
    "update payment set amount = 1 where id = $id",
    "update payment set person_id = 'person-omar' where id = $id",
    "delete from payment where id = $id",
    'insert into payment select (p).* from (select jsonb_populate_record(p, \'{"id":"pay_x","state":"CAPTURED"}\') as p from payment p where id = $id) as x',
    "update payment_transition set actor = 'nobody'",
    "delete from payment_transition",
    "update posting set state = 'REJECTED'",
    "delete from posting",
    "update posting_transition set detail = ''",
  ])("refuses: %s", async (statement) => {
    const id = await newPayment();
    await expect(sql.raw(statement.replaceAll("$id", `'${id}'`)).execute(db)).rejects.toThrow(
      "is refused",
    );
  });
});
