/** Payers, bills and fines made for one test, so that tests share a database without meeting each other. */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Principal } from "../../../platform/principal.ts";
import { addItem, type NewBill, type NewFine } from "../../../subgraphs/payments/intake.store.ts";
import { openWallet, topUpWallet } from "../../../subgraphs/payments/ledger.store.ts";
import type { SettleDeps } from "../../../subgraphs/payments/settle.ts";
import type { Tables } from "../../../subgraphs/payments/tables.ts";

export const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
export const amal = person("person-amal");
export const omar = person("person-omar");
export const dewa: Principal = {
  kind: "agency",
  id: "agency-dewa",
  agencyId: "dewa",
  scopes: ["billing:read"],
  policies: [],
};
export const operator: Principal = {
  kind: "operator",
  id: "operator-noura",
  scopes: ["payments:read", "billing:read", "operations"],
  policies: [],
};

export const newKey = (): string => randomUUID();

/** A moment of the test's choice and random ids. */
export const deps = (now = "2020-05-01T12:00:00+04:00"): SettleDeps => ({
  now: new Date(now),
  newId: (prefix) => `${prefix}_${randomUUID()}`,
  hasSystem: () => false,
});

export async function newPayer(db: Kysely<Tables>, balance: bigint): Promise<Principal> {
  const id = `person-${randomUUID()}`;
  await db.transaction().execute(async (tx) => {
    await openWallet(tx, id, "AED");
    if (balance === 0n) return;
    const topUp = { id: `txn_${randomUUID()}`, personId: id, amount: balance, currency: "AED" };
    await topUpWallet(tx, { ...topUp, at: new Date("2020-02-01T09:00:00+04:00") });
  });
  return person(id);
}

const base = (personId: string) => ({
  personId,
  issuedAt: new Date("2020-04-20T08:00:00+04:00"),
  currency: "AED",
  sample: true,
});

export async function newBill(
  db: Kysely<Tables>,
  personId: string,
  amount: bigint,
  overrides: Partial<NewBill> = {},
): Promise<string> {
  const bill: NewBill = {
    ...base(personId),
    id: `bill_${randomUUID()}`,
    kind: "BILL",
    payableId: "dewa-bill",
    billerId: "dewa",
    accountNumber: "•••• 0001",
    dueAt: new Date("2020-05-05T23:59:00+04:00"),
    lines: [{ kind: "CHARGE", description: { en: "Water", ar: "مياه" }, amount }],
    ...overrides,
  };
  await db.transaction().execute((tx) => addItem(tx, bill));
  return bill.id;
}

export async function newFine(
  db: Kysely<Tables>,
  personId: string,
  amount: bigint,
  overrides: Partial<NewFine> = {},
): Promise<string> {
  const fine: NewFine = {
    ...base(personId),
    id: `fine_${randomUUID()}`,
    kind: "FINE",
    payableId: "dubai-police-fine",
    billerId: "dubai-police",
    violation: { en: "Speeding", ar: "سرعة" },
    plate: "Dubai ••001",
    amount,
    discount: null,
    blackPoints: 0,
    ...overrides,
  };
  await db.transaction().execute((tx) => addItem(tx, fine));
  return fine.id;
}

export async function balanceOf(db: Kysely<Tables>, personId: string): Promise<bigint> {
  const wallet = await db
    .selectFrom("wallet")
    .select("balance")
    .where("person_id", "=", personId)
    .executeTakeFirstOrThrow();
  return wallet.balance;
}

export const resultFields = `
  __typename
  ... on PaymentMade { message { en ar } payment { id amount { amount } receipt { number total { amount } } } }
  ... on Refusal { code message { en ar } }
  ... on AmountChanged { currentAmount { amount } }
  ... on AlreadyPaid { payment { id } }
  ... on InsufficientBalance { balance { amount } missing { amount } }
  ... on NotPayable { reason { en } }`;

export const payBill = `mutation ($input: PayBillInput!) { payBill(input: $input) { ${resultFields} } }`;
export const payFine = `mutation ($input: PayFineInput!) { payFine(input: $input) { ${resultFields} } }`;
