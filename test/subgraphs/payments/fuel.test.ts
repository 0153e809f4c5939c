/** Fuel at the pump, by wallet and by card: hold, report, capture of exactly what was filled, and every race of these. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { expirePayments } from "../../../subgraphs/payments/expiry.ts";
import { fuelTotal, mostMillilitres } from "../../../subgraphs/payments/fuel-fill.rules.ts";
import { fuelWithinMs } from "../../../subgraphs/payments/fuel.ts";
import { reportFill } from "../../../subgraphs/payments/fuel-report.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { databases } from "../../support/databases.ts";
import { balanceOf, deps, newKey, newPayer, omar } from "./fixtures.ts";
import { agreement, type Outside, startOutside } from "./outside.ts";

const company = (agencyId: string, scopes = ["fuel:report"]): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes,
  policies: [],
});
const enoc = company("enoc");

const start = `mutation ($input: StartFuelInput!) { startFuel(input: $input) { __typename
  ... on FuelStarted { session { id state mostLitres limit { amount } payment { id state method } } }
  ... on Refusal { code message { en ar } } } }`;
const report = `mutation ($input: ReportFuelInput!) { reportFuel(input: $input) { __typename
  ... on FuelReported { sessionId total { amount } } ... on FuelReportRefused { code } } }`;
const session = (id: string) => `{ fuelSession(id: "${id}") { state reportBy
  fill { litres pump grade total { amount } station { en } biller { id } }
  payment { state amount { amount } receipt { number total { amount } lines { kind } } } } }`;

describe("how much fits into a limit", () => {
  test("is the most whose price is within it", () => {
    const amount = fc.bigInt({ min: 10_00n, max: 1_000_00n });
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 2_000n }), (limit, price) => {
        const most = mostMillilitres(limit, price);
        expect(fuelTotal(most, price) <= limit).toBe(true);
        expect(fuelTotal(most + 1, price) > limit).toBe(true);
      }),
    );
  });
});

describe.each(databases)("fuel on $kind", ({ kind }) => {
  let city: Outside;
  let laterMs = 0;
  let lastPump = 0;
  beforeAll(async () => {
    city = await startOutside({ kind, clock: () => Date.now() + laterMs });
    // A pump for each test, so that none waits for another's session.
    const pumps = Array.from({ length: 200 }, (_, index) => ({
      station_id: "enoc-deira",
      number: index + 100,
      grades: ["SPECIAL_95", "DIESEL"],
    }));
    await city.db.insertInto("fuel_pump").values(pumps).execute();
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const nextPump = (): number => 100 + (lastPump += 1);
  const startWith = async (principal: Principal, overrides: object = {}) => {
    const defaults = { stationId: "enoc-deira", pump: nextPump(), grade: "SPECIAL_95" };
    const input = { ...defaults, limit: 100_00, idempotencyKey: newKey(), ...overrides };
    const answer = await city.payments.ask(start, { principal, variables: { input } });
    return answer.data?.startFuel ?? answer;
  };
  const opened = async (overrides: object = {}, balance = 200_00n) => {
    const payer = await newPayer(city.db, balance);
    const result = await startWith(payer, overrides);
    expect(result.__typename).toBe("FuelStarted");
    return { payer, id: result.session.id as string, session: result.session };
  };
  const filled = async (sessionId: string, millilitres: number, principal: Principal = enoc) => {
    const variables = { input: { sessionId, millilitres } };
    const answer = await city.payments.ask(report, { principal, variables });
    return answer.data?.reportFuel ?? answer;
  };
  const see = async (id: string, principal: Principal) =>
    (await city.payments.ask(session(id), { principal })).data.fuelSession;

  test("takes exactly what was filled from the wallet, gives the rest back, and issues a receipt", async () => {
    const { payer, id, session: begun } = await opened();
    expect(begun).toMatchObject({
      state: "READY",
      limit: { amount: 100_00 },
      payment: { id, state: "AUTHORISED", method: "WALLET" },
    });
    expect(await balanceOf(city.db, payer.id)).toBe(100_00n);
    expect(await filled(id, 20_000)).toMatchObject({ total: { amount: 44_20 } });
    expect(await balanceOf(city.db, payer.id)).toBe(200_00n - 44_20n);
    expect(await see(id, payer)).toMatchObject({
      state: "PAID",
      fill: { litres: "20.000", total: { amount: 44_20 }, biller: { id: "enoc" } },
      payment: {
        state: "CAPTURED",
        amount: { amount: 44_20 },
        receipt: { total: { amount: 44_20 }, lines: [{ kind: "FUEL" }] },
      },
    });
  });

  test("takes exactly what was filled from a card, and the provider releases the rest", async () => {
    const { id } = await opened({ method: "CARD", cardToken: "tok_approve" }, 0n);
    await city.until(id, "AUTHORISED");
    await filled(id, 33_333);
    await city.until(id, "CAPTURED");
    const there = city.provider.payments().find(({ reference }) => reference === id);
    expect(there).toMatchObject({ authorised: 100_00n, captured: 73_67n });
  });

  test.each(["tok_timeout", "tok_duplicate_webhook", "tok_late_webhook", "tok_webhook_first"])(
    "by the card %s comes to the same",
    async (cardToken) => {
      const { id } = await opened({ method: "CARD", cardToken }, 0n);
      await city.until(id, "AUTHORISED");
      // What is unknown for a moment is refused, and reported again as a pump does.
      while ((await filled(id, 10_000)).__typename !== "FuelReported")
        await city.until(id, "AUTHORISED");
      await city.until(id, "CAPTURED");
      const there = city.provider.payments().find(({ reference }) => reference === id);
      expect(there?.captured).toBe(22_10n);
    },
  );

  test("ends without a fill when the card is declined, and the pump is free again", async () => {
    const pump = nextPump();
    const { id, payer } = await opened({ pump, method: "CARD", cardToken: "tok_decline" }, 0n);
    await city.until(id, "DECLINED");
    expect(await see(id, payer)).toMatchObject({ state: "RELEASED", fill: null });
    await opened({ pump });
  });

  test("opens a pump once for a key, and for one person at a time", async () => {
    const payer = await newPayer(city.db, 500_00n);
    const pump = nextPump();
    const input = { pump, idempotencyKey: newKey() };
    const answers = await Promise.all([1, 2, 3].map(() => startWith(payer, input)));
    expect(new Set(answers.map((one) => one.session.id)).size).toBe(1);
    expect(await balanceOf(city.db, payer.id)).toBe(400_00n);
    const other = await newPayer(city.db, 500_00n);
    expect(await startWith(other, { pump })).toMatchObject({ code: "PUMP_UNAVAILABLE" });
    const rivals = await Promise.all(Array.from({ length: 4 }, () => newPayer(city.db, 500_00n)));
    const free = nextPump();
    const all = await Promise.all(rivals.map((rival) => startWith(rival, { pump: free })));
    expect(all.filter((one) => one.__typename === "FuelStarted")).toHaveLength(1);
  });

  test("refuses what cannot be: unknown pump, grade, too little money, a limit out of range", async () => {
    const payer = await newPayer(city.db, 50_00n);
    expect(await startWith(payer, { pump: 999 })).toMatchObject({ code: "PUMP_UNAVAILABLE" });
    expect(await startWith(payer, { grade: "SUPER_98" })).toMatchObject({
      code: "PUMP_UNAVAILABLE",
    });
    expect(await startWith(payer)).toMatchObject({ code: "INSUFFICIENT_BALANCE" });
    const wrong = await startWith(payer, { limit: 5_00 });
    expect(wrong.errors[0].extensions.code).toBe("BAD_USER_INPUT");
    expect(await balanceOf(city.db, payer.id)).toBe(50_00n);
  });

  test("a report takes effect once: repeated, concurrent, and with another amount", async () => {
    const { payer, id } = await opened();
    const both = await Promise.all([filled(id, 10_000), filled(id, 10_000)]);
    expect(both.map((one) => one.total.amount)).toEqual([22_10, 22_10]);
    expect(await filled(id, 11_000)).toMatchObject({ code: "ALREADY_REPORTED" });
    expect(await balanceOf(city.db, payer.id)).toBe(200_00n - 22_10n);
  });

  test("a report over the limit takes nothing, and can be made right", async () => {
    const { payer, id, session: begun } = await opened();
    const most = Number(begun.mostLitres.replace(".", ""));
    expect(await filled(id, most + 1)).toMatchObject({ code: "OVER_LIMIT" });
    expect(await filled(id, most)).toMatchObject({ __typename: "FuelReported" });
    expect(await balanceOf(city.db, payer.id)).toBeGreaterThanOrEqual(100_00n);
    expect(await balanceOf(city.db, payer.id)).toBeLessThan(100_03n);
  });

  test("a hose that was put back unused releases all of it", async () => {
    const { payer, id } = await opened();
    expect(await filled(id, 0)).toMatchObject({ total: { amount: 0 } });
    expect(await see(id, payer)).toMatchObject({ state: "RELEASED" });
    expect(await balanceOf(city.db, payer.id)).toBe(200_00n);
    const card = await opened({ method: "CARD", cardToken: "tok_approve" }, 0n);
    await city.until(card.id, "AUTHORISED");
    await filled(card.id, 0);
    await city.until(card.id, "CANCELLED");
  });

  test("a pump that never reports releases the hold after a time; a report after that takes nothing", async () => {
    const wallet = await opened();
    const card = await opened({ method: "CARD", cardToken: "tok_approve" }, 0n);
    await city.until(card.id, "AUTHORISED");
    laterMs += fuelWithinMs;
    await city.until(wallet.id, "EXPIRED");
    await city.until(card.id, "EXPIRED");
    expect(await balanceOf(city.db, wallet.payer.id)).toBe(200_00n);
    for (const { id } of [wallet, card]) {
      expect(await filled(id, 10_000)).toMatchObject({ code: "NOT_AUTHORISED" });
    }
    const there = city.provider.payments().find(({ reference }) => reference === card.id);
    expect(there).toMatchObject({ status: "cancelled", captured: 0n });
  });

  test("a report that races with the expiry is either captured whole or refused", async () => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => opened()));
    const later = { ...deps(), now: new Date(Date.now() + laterMs + fuelWithinMs) };
    const [, ...reports] = await Promise.all([
      expirePayments(city.db, later),
      ...sessions.map(({ id }) =>
        reportFill(city.db, { agencyId: "enoc", sessionId: id, millilitres: 10_000 }, later),
      ),
    ]);
    for (const [index, { id, payer }] of sessions.entries()) {
      const isTaken = (reports[index] as { kind: string }).kind === "REPORTED";
      expect(await city.stateOf(id)).toBe(isTaken ? "CAPTURED" : "EXPIRED");
      expect(await balanceOf(city.db, payer.id)).toBe(isTaken ? 200_00n - 22_10n : 200_00n);
    }
  });

  test("can be given up by its payer before it is reported", async () => {
    const { payer, id } = await opened();
    const cancel = `mutation { cancelPayment(id: "${id}") { state } }`;
    const { data } = await city.payments.ask(cancel, { principal: payer });
    expect(data.cancelPayment.state).toBe("CANCELLED");
    expect(await balanceOf(city.db, payer.id)).toBe(200_00n);
  });

  test("is reported by the company of the station alone, with its scope", async () => {
    const { payer, id } = await opened();
    expect(await filled(id, 1_000, company("emarat"))).toMatchObject({ code: "NO_SUCH_SESSION" });
    for (const wrong of [company("enoc", ["billing:read"]), payer, omar]) {
      const refused = await filled(id, 1_000, wrong);
      expect(refused.errors[0].extensions.code).toBe("FORBIDDEN");
    }
    expect(await see(id, omar)).toBeNull();
    expect(await city.stateOf(id)).toBe("AUTHORISED");
  });

  test("tells the company what a pump is open for, and not for whom", async () => {
    const pump = nextPump();
    const { id } = await opened({ pump });
    const query = `{ fuelSessionAt(stationId: "enoc-deira", pump: ${pump}) { id state mostLitres payment { id } fill { id } } }`;
    const { data } = await city.payments.ask(query, { principal: enoc });
    expect(data.fuelSessionAt).toMatchObject({ id, state: "READY", payment: null, fill: null });
    const other = await city.payments.ask(query, { principal: company("emarat") });
    expect(other.data.fuelSessionAt).toBeNull();
    await filled(id, 5_000);
    const after = await city.payments.ask(query, { principal: enoc });
    expect(after.data.fuelSessionAt).toBeNull();
  });

  test("lists stations with pumps and prices to everybody, in one statement a level", async () => {
    const query = `{ fuelStations(first: 2, billerId: "emarat") { totalCount nodes { id name { ar } biller { id }
      pumps { number grades } prices { grade perLitre { amount } } } pageInfo { hasNextPage endCursor } } }`;
    const before = city.payments.database.statements.length;
    const { data } = await city.payments.ask(query);
    const asked = city.payments.database.statements.slice(before);
    expect(asked.filter((one) => /fuel_(station|pump|price)/.test(one))).toHaveLength(4);
    expect(data.fuelStations.totalCount).toBe(2);
    expect(data.fuelStations.nodes[0]).toMatchObject({
      id: "emarat-al-barsha",
      pumps: [{ number: 1 }, {}, {}, {}, {}, { number: 6, grades: ["DIESEL"] }],
    });
    expect(data.fuelStations.nodes[0].prices).toContainEqual({
      grade: "SPECIAL_95",
      perLitre: { amount: 221 },
    });
  });

  test("leaves the books right, and in agreement with the provider", async () => {
    await city.untilQuiet();
    expect(await verifyLedger(city.db)).toEqual([]);
    const { provider, ledger } = await agreement(city);
    expect(ledger).toBe(provider);
  });
});
