/** Fees that agencies charge: once per reference, withdrawn or paid but never both, each seen by its own side. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { payOnce } from "../../../subgraphs/payments/pay.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { balanceOf, deps, newKey, newPayer, omar } from "./fixtures.ts";

const agency = (agencyId: string, scopes = ["billing:charge"]): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes,
  policies: [],
});
const rta = agency("rta");

const outcome = `{ __typename ... on ChargedFee { id status } ... on FeeRefused { code message { en ar } } }`;
const charge = `mutation ($input: ChargeFeeInput!) { chargeFee(input: $input) ${outcome} }`;
const withdraw = `mutation ($id: ID!) { withdrawFee(id: $id) ${outcome} }`;
const payFee = `mutation ($input: PayServiceFeeInput!) { payServiceFee(input: $input) { __typename
  ... on PaymentMade { payment { receipt { lines { kind amount { amount } } } } }
  ... on Refusal { code } } }`;

describe.each(databases)("fees that agencies charge on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  let references = 0;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind);
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  const newCharge = (personId: string, overrides: object = {}) => ({
    payableId: "rta-registration-fee",
    personId,
    reference: `request-${(references += 1)}`,
    title: { en: "Renewal of a registration", ar: "تجديد ملكية مركبة" },
    fee: 350_00,
    ...overrides,
  });
  const charged = async (input: object, principal: Principal = rta) => {
    const answer = await payments.ask(charge, { principal, variables: { input } });
    return answer.data?.chargeFee ?? answer;
  };
  const withdrawn = async (id: string, principal: Principal = rta) =>
    (await payments.ask(withdraw, { principal, variables: { id } })).data?.withdrawFee;
  const paid = async (principal: Principal, feeId: string, expectedAmount: number) => {
    const input = { feeId, expectedAmount, idempotencyKey: newKey() };
    return (await payments.ask(payFee, { principal, variables: { input } })).data.payServiceFee;
  };
  const statusFor = async (id: string, principal: Principal = rta) => {
    const query = `{ chargedFee(id: "${id}") { status } }`;
    return (await payments.ask(query, { principal })).data?.chargedFee?.status ?? null;
  };

  test("are found by the request that they are for, by their payer and nobody else", async () => {
    const payer = await newPayer(payments.database.db, 0n);
    const { id } = await charged(newCharge(payer.id));
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on ServiceRequest { serviceFee { id status } } } }`;
    const found = async (principal: Principal, feeId: string | null) => {
      const of = [{ __typename: "ServiceRequest", id: "req_1", feeId }];
      const { data } = await payments.ask(query, { principal, variables: { of } });
      return data._entities[0].serviceFee;
    };
    expect(await found(payer, id)).toEqual({ id, status: "OPEN" });
    for (const somebody of [omar, rta]) expect(await found(somebody, id)).toBeNull();
    expect(await found(payer, null)).toBeNull();
    expect(await found(payer, "fee_rta_req_never-charged")).toBeNull();
  });

  test("are due with the Knowledge and Innovation Dirham, paid, and known to be paid", async () => {
    const payer = await newPayer(payments.database.db, 400_00n);
    const input = newCharge(payer.id);
    const { id, status } = await charged(input);
    expect([id, status]).toEqual([`fee_rta_${input.reference}`, "OPEN"]);
    const mine = `{ _entities(representations: [{ __typename: "Person", id: "${payer.id}" }]) { ... on Person {
      serviceFees(status: OPEN) { totalCount nodes { id amountDue { amount } title { ar } service { id } } } } } }`;
    const { data } = await payments.ask(mine, { principal: payer });
    expect(data._entities[0].serviceFees).toMatchObject({
      totalCount: 1,
      nodes: [
        { id, amountDue: { amount: 370_00 }, service: { id: "rta-renew-vehicle-registration" } },
      ],
    });
    const { payment } = await paid(payer, id, 370_00);
    expect(payment.receipt.lines.map((one: any) => one.amount.amount)).toEqual([
      350_00, 10_00, 10_00,
    ]);
    expect(await statusFor(id)).toBe("PAID");
    expect((await withdrawn(id)).code).toBe("NOT_OPEN");
    expect(await balanceOf(payments.database.db, payer.id)).toBe(30_00n);
  });

  test("are one for a reference, however often and concurrently they are charged", async () => {
    const input = newCharge("person-omar");
    const all = await Promise.all([1, 2, 3, 4].map(() => charged(input)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    for (const other of [
      { fee: 1_00 },
      { personId: "person-lina" },
      { title: { en: "x", ar: "x" } },
    ]) {
      expect((await charged({ ...input, ...other })).code).toBe("REFERENCE_REUSED");
    }
  });

  test("are either paid or withdrawn, whichever comes first", async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const payer = await newPayer(payments.database.db, 400_00n);
      const { id } = await charged(newCharge(payer.id));
      const [payment, withdrawal] = await Promise.all([paid(payer, id, 370_00), withdrawn(id)]);
      const isPaid = payment.__typename === "PaymentMade";
      expect(withdrawal).toMatchObject(isPaid ? { code: "NOT_OPEN" } : { status: "VOID" });
      expect(await statusFor(id)).toBe(isPaid ? "PAID" : "VOID");
    }
  });

  test("are not withdrawn while a card is being asked for them", async () => {
    const { id } = await charged(newCharge("person-omar"));
    const request = {
      personId: "person-omar",
      kind: "SERVICE_FEE",
      itemId: id,
      expectedAmount: 370_00n,
      channel: "APP",
      means: { method: "CARD", token: "tok_approve" },
      operation: "payServiceFee",
      idempotencyKey: newKey(),
    } as const;
    const started = await payOnce(payments.database.db, request, deps(new Date().toISOString()));
    expect(started.kind).toBe("PAYMENT_STARTED");
    expect((await withdrawn(id)).code).toBe("NOT_OPEN");
    expect(await statusFor(id)).toBe("OPEN");
  });

  test("are charged by agencies with the scope for their own payables, and seen by their own sides", async () => {
    const input = newCharge("person-omar");
    expect((await charged(input, agency("gdrfa"))).code).toBe("NO_SUCH_PAYABLE");
    expect((await charged({ ...input, payableId: "rta-fine" })).code).toBe("NO_SUCH_PAYABLE");
    for (const wrong of [omar, agency("rta", ["billing:read"])]) {
      expect((await charged(input, wrong)).errors[0].extensions.code).toBe("FORBIDDEN");
    }
    const { id } = await charged(input);
    expect((await withdrawn(id, agency("gdrfa"))).code).toBe("NO_SUCH_FEE");
    expect(await statusFor(id, agency("gdrfa"))).toBeNull();
    const reference = `{ _entities(representations: [{ __typename: "ServiceFee", id: "${id}" }]) { ... on ServiceFee { status } } }`;
    const own = await payments.ask(reference, { principal: omar });
    expect(own.data._entities).toEqual([{ status: "OPEN" }]);
    const others = await payments.ask(reference, { principal: { ...omar, id: "person-lina" } });
    expect(others.data._entities).toEqual([null]);
  });

  test.each([
    [{ reference: "" }],
    [{ reference: "a b" }],
    [{ reference: "x".repeat(81) }],
    [{ fee: 0 }],
    [{ fee: -5 }],
    [{ title: { en: "", ar: "x" } }],
    [{ personId: "person-omar' or 1=1" }],
  ])("are refused for input that can never be right: %j", async (wrong) => {
    const answer = await charged(newCharge("person-omar", wrong));
    expect(answer.errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  test("leave the books right", async () => {
    expect(await verifyLedger(payments.database.db)).toEqual([]);
  });
});
