/**
 * Every door of the payments subgraph, tried by everybody who has no business behind it: a field that is
 * added to the schema and not to this list fails. All of it is aimed at what belongs to Amal and to DEWA.
 */
import { randomUUID } from "node:crypto";
import { Kind, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { addItem } from "../../../subgraphs/payments/intake.store.ts";
import { openPumpOnce } from "../../../subgraphs/payments/fuel.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { amal, deps, newKey, person } from "./fixtures.ts";

const everyScope = [
  "billing:charge",
  "billing:read",
  "fuel:report",
  "payments:read",
  "payments:refund",
  "payments:reconcile",
];
const agency = (id: string, agencyId: string): Principal => ({
  kind: "agency",
  id,
  agencyId,
  scopes: everyScope,
  policies: [],
});
const operator = (scopes: string[]): Principal => ({
  kind: "operator",
  id: "operator-x",
  scopes,
  policies: [],
});

const intruders = {
  nobody: undefined,
  "another person": person("person-omar"),
  "a person with every scope": { ...person("person-omar"), scopes: everyScope },
  "another agency with every scope": agency("agency-dubai-police", "dubai-police"),
  "an agency that calls itself Amal": agency("person-amal", "dubai-police"),
  "an operator without scopes": operator([]),
} as const satisfies Record<string, Principal | undefined>;
type Intruder = keyof typeof intruders;

/** NOTHING: as if it were not there; OWN: only what is the caller's own, or what everybody may see. */
type Fate = "UNAUTHENTICATED" | "FORBIDDEN" | "NOTHING" | "OWN";
type Fates = readonly [
  nobody: Fate,
  person: Fate,
  scoped: Fate,
  agency: Fate,
  posing: Fate,
  operator: Fate,
];

const closed: Fates = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "FORBIDDEN",
  "FORBIDDEN",
  "FORBIDDEN",
  "FORBIDDEN",
];
/** Records by id: whoever is signed in may ask, and learns nothing of others'. */
const byId: Fates = ["UNAUTHENTICATED", "NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING"];
/** What people do with their own. */
const forPeople: Fates = [
  "UNAUTHENTICATED",
  "NOTHING",
  "NOTHING",
  "FORBIDDEN",
  "FORBIDDEN",
  "FORBIDDEN",
];
const open: Fates = ["OWN", "OWN", "OWN", "OWN", "OWN", "OWN"];

const bill = "bill_amal_dewa_2020_04";
const fine = "fine_amal_speed_2020_03";
const fee = "fee_crossing";
const paid = "pay_bill_amal_dewa_2020_03";
let fuel = "";

const pay = (field: string, idField: string, id: string, amount: number) =>
  `mutation { ${field}(input: { ${idField}: "${id}", expectedAmount: ${amount}, idempotencyKey: "${newKey()}" }) { __typename } }`;
const entity = (type: string, id: string, fields: string) =>
  `{ _entities(representations: [{ __typename: "${type}", id: "${id}" }]) { ... on ${type} { ${fields} } } }`;
const ofAmal = (field: string) => entity("Person", "person-amal", field);

const doors: Readonly<Record<string, readonly [ask: () => string, fates: Fates]>> = {
  "Query.me": [() => `{ me { id } }`, ["NOTHING", "OWN", "OWN", "NOTHING", "NOTHING", "NOTHING"]],
  "Query.bill": [() => `{ bill(id: "${bill}") { id } }`, byId],
  "Query.fine": [() => `{ fine(id: "${fine}") { id } }`, byId],
  "Query.payment": [() => `{ payment(id: "${paid}") { id } }`, byId],
  "Query.fuelSession": [() => `{ fuelSession(id: "${fuel}") { id } }`, byId],
  "Query.serviceFee": [() => `{ serviceFee(id: "${fee}") { id } }`, byId],
  "Query.chargedFee": [
    () => `{ chargedFee(id: "${fee}") { id } }`,
    ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOTHING", "NOTHING", "FORBIDDEN"],
  ],
  "Mutation.chargeFee": [
    () =>
      `mutation { chargeFee(input: { payableId: "rta-registration-fee", personId: "person-amal", reference: "x", title: { en: "x", ar: "x" }, fee: 1 }) { __typename } }`,
    ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOTHING", "NOTHING", "FORBIDDEN"],
  ],
  "Mutation.withdrawFee": [
    () => `mutation { withdrawFee(id: "${fee}") { __typename } }`,
    ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOTHING", "NOTHING", "FORBIDDEN"],
  ],
  "Query.fuelStation": [() => `{ fuelStation(id: "enoc-deira") { id } }`, open],
  "Query.fuelStations": [() => `{ fuelStations { totalCount } }`, open],
  "Query.fuelSessionAt": [
    () => `{ fuelSessionAt(stationId: "enoc-deira", pump: 1) { id } }`,
    ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOTHING", "NOTHING", "FORBIDDEN"],
  ],
  "Query.paymentStatistics": [
    () => `{ paymentStatistics(from: "2020-01-01", to: "2020-02-01") { total { payments } } }`,
    closed,
  ],
  "Query.settlementDifferences": [() => `{ settlementDifferences { totalCount } }`, closed],
  "Mutation.payBill": [() => pay("payBill", "billId", bill, 1), forPeople],
  "Mutation.payFine": [() => pay("payFine", "fineId", fine, 1), forPeople],
  "Mutation.payServiceFee": [() => pay("payServiceFee", "feeId", fee, 1), forPeople],
  "Mutation.payBills": [
    () =>
      `mutation { payBills(input: { bills: [{ billId: "${bill}", expectedAmount: 1 }], idempotencyKey: "${newKey()}" }) { result { __typename } } }`,
    forPeople,
  ],
  "Mutation.splitBill": [
    () =>
      `mutation { splitBill(input: { billId: "${bill}", parts: 2, expectedAmount: 1, idempotencyKey: "${newKey()}" }) { __typename } }`,
    forPeople,
  ],
  "Mutation.cancelPayment": [() => `mutation { cancelPayment(id: "${fuel}") { id } }`, forPeople],
  "Mutation.startFuel": [
    () =>
      `mutation { startFuel(input: { stationId: "enoc-deira", pump: 1, grade: SPECIAL_95, limit: 1000, idempotencyKey: "${newKey()}" }) { __typename } }`,
    forPeople,
  ],
  "Mutation.reportFuel": [
    () => `mutation { reportFuel(input: { sessionId: "${fuel}", millilitres: 1 }) { __typename } }`,
    ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOTHING", "NOTHING", "FORBIDDEN"],
  ],
  "Mutation.refundPayment": [
    () =>
      `mutation { refundPayment(input: { paymentId: "${paid}", amount: 1, expectedRefundable: 1, reason: "x", idempotencyKey: "${newKey()}" }) { __typename } }`,
    closed,
  ],
  "Mutation.importSettlement": [
    () => `mutation { importSettlement(day: "2020-05-01") { lines } }`,
    closed,
  ],
  "Person.unpaidBills": [() => ofAmal("unpaidBills { totalCount }"), closed],
  "Person.fines": [() => ofAmal("fines { totalCount }"), closed],
  "Person.payments": [() => ofAmal("payments { totalCount }"), closed],
  "Person.serviceFees": [() => ofAmal("serviceFees { totalCount }"), closed],
  "Person.wallet": [() => ofAmal("wallet { balance { amount } }"), closed],
  "Agency.bills": [() => entity("Agency", "dewa", "bills { totalCount }"), closed],
  "Agency.collected": [() => entity("Agency", "dewa", "collected { amount }"), closed],
  "Bill by reference": [
    () => entity("Bill", bill, "id"),
    ["NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING"],
  ],
  "Fine by reference": [
    () => entity("Fine", fine, "id"),
    ["NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING"],
  ],
  "ServiceFee by reference": [
    () => entity("ServiceFee", fee, "id"),
    ["NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING"],
  ],
  "Payment by reference": [
    () => entity("Payment", paid, "id"),
    ["NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING", "NOTHING"],
  ],
};

const refusals = new Set([
  "NotPayable",
  "RefundRefused",
  "FuelReportRefused",
  "PumpUnavailable",
  "FeeRefused",
]);

/** What came of an answer: an error's code, nothing, or something. */
function fateOf(answer: { data?: any; errors?: { extensions: { code: string } }[] }): string {
  const code = answer.errors?.[0]?.extensions.code;
  if (code) return code;
  const [value] = Object.values(answer.data ?? {}) as any[];
  const one = Array.isArray(value) ? (value[0]?.result ?? value[0]) : value;
  return one === null || one === undefined || refusals.has(one.__typename) ? "NOTHING" : "OWN";
}

test("every field that leads to somebody's money is on the list", () => {
  const { definitions } = parse(printSubgraphSdl(subgraph));
  const fields = definitions.flatMap((one) =>
    (one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION) &&
    ["Query", "Mutation", "Person", "Agency"].includes(one.name.value)
      ? (one.fields ?? []).map(({ name }) => `${one.name.value}.${name.value}`)
      : [],
  );
  const guarded = fields.filter(
    (name) => !["Person.id", "Agency.id", "Query._entities", "Query._service"].includes(name),
  );
  expect(Object.keys(doors)).toEqual(expect.arrayContaining(guarded));
});

describe.each(databases)("attempts to cross on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind);
    const { db } = payments.database;
    await db.transaction().execute((tx: any) =>
      addItem(tx, {
        id: fee,
        kind: "SERVICE_FEE",
        personId: amal.id,
        payableId: "rta-registration-fee",
        billerId: "rta",
        issuedAt: new Date(),
        currency: "AED",
        sample: true,
        title: { en: "A fee", ar: "رسم" },
        fee: 50_00n,
      }),
    );
    const request = {
      personId: amal.id,
      idempotencyKey: randomUUID(),
      stationId: "enoc-deira",
      pump: 1,
      grade: "SPECIAL_95",
      limit: 50_00n,
      channel: "APP",
      means: { method: "WALLET" },
    } as const;
    const outcome = await openPumpOnce(db, request, deps(new Date().toISOString()));
    fuel = outcome.kind === "FUEL_STARTED" ? outcome.paymentId : "";
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  const everything = async () => {
    const { db } = payments.database;
    const tables = ["item", "payment", "wallet", "refund", "ledger_entry", "fuel_session"] as const;
    const rows = await Promise.all(
      tables.map((table) => db.selectFrom(table).selectAll().execute()),
    );
    return rows.map((all: readonly object[]) =>
      all
        .map((row) =>
          JSON.stringify(row, (_, value: unknown) =>
            typeof value === "bigint" ? `${value}n` : value,
          ),
        )
        .toSorted(),
    );
  };

  const attempts = Object.entries(doors).flatMap(([door, [ask, fates]]) =>
    (Object.keys(intruders) as Intruder[]).map((who, index) => ({
      door,
      who,
      ask,
      fate: fates[index] as Fate,
    })),
  );

  test.each(attempts)("$door by $who: $fate", async ({ who, ask, fate }) => {
    const principal = intruders[who];
    const before = await everything();
    const answer = await payments.ask(ask(), principal ? { principal } : {});
    expect(fateOf(answer)).toBe(fate);
    expect(await everything()).toEqual(before);
  });

  test("Amal herself gets through, so that the doors lead somewhere", async () => {
    for (const door of [
      "Query.bill",
      "Query.fine",
      "Query.payment",
      "Query.fuelSession",
    ] as const) {
      const answer = await payments.ask(doors[door]?.[0]() ?? "", { principal: amal });
      expect(fateOf(answer)).toBe("OWN");
    }
  });
});
