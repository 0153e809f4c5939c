/** Paying through the gateway: fuel at the pump, a fee that an agency charges, receipts, and what operators see of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { type City, people, startCity } from "../support/city.ts";

const agency = (agencyId: string, scope: string): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes: [scope],
  policies: [],
});

describe("paying through the gateway", () => {
  let city: City;
  beforeAll(async () => {
    city = await startCity();
  });
  afterAll(() => city[Symbol.asyncDispose]());

  test("a person opens a pump, its company reports, and the person has a receipt in both languages", async () => {
    const stations = await city.ask(
      `{ fuelStations(first: 1, billerId: "enoc") { nodes { id name { en } biller { name { en } } pumps { number grades } } } }`,
    );
    const [station] = stations.data.fuelStations.nodes;
    expect(station.biller.name.en).toContain("ENOC");
    const [pump] = station.pumps;
    const input = {
      stationId: station.id,
      pump: pump.number,
      grade: pump.grades[0],
      limit: 50_00,
      idempotencyKey: "fuel of a story",
    };
    const start = `mutation ($input: StartFuelInput!) { startFuel(input: $input) {
      ... on FuelStarted { session { id state } } ... on Refusal { code } } }`;
    const begun = await city.ask(start, { as: people.amal, variables: { input } });
    const { id, state } = begun.data.startFuel.session;
    expect(state).toBe("READY");

    const report = `mutation { reportFuel(input: { sessionId: "${id}", millilitres: 10000 }) {
      ... on FuelReported { total { amount formatted { en } } } ... on FuelReportRefused { code } } }`;
    const enoc = agency("enoc", "fuel:report");
    const withoutScope = await city.ask(report, { as: agency("enoc", "billing:read") });
    expect(withoutScope.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    const others = await city.ask(report, { as: agency("emarat", "fuel:report") });
    expect(others.data.reportFuel.code).toBe("NO_SUCH_SESSION");
    const reported = await city.ask(report, { as: enoc });
    const { amount } = reported.data.reportFuel.total;

    const { data } = await city.ask(
      `{ fuelSession(id: "${id}") { state fill { litres biller { name { en } } service { name { ar } } }
        payment { receipt { number total { amount } html } } } }`,
      { as: people.amal },
    );
    expect(data.fuelSession).toMatchObject({ state: "PAID", fill: { litres: "10.000" } });
    expect(data.fuelSession.payment.receipt.total.amount).toBe(amount);
    expect(data.fuelSession.payment.receipt.html).toContain('dir="rtl"');
  });

  test("an agency charges a fee, the person finds it beside its service and pays, the agency knows", async () => {
    const rta = agency("rta", "billing:charge");
    const charge = `mutation { chargeFee(input: { payableId: "rta-registration-fee", personId: "person-amal",
      reference: "story-1", title: { en: "Renewal", ar: "تجديد" }, fee: 4000 }) { ... on ChargedFee { id status } } }`;
    const charged = await city.ask(charge, { as: rta });
    expect(charged.data.chargeFee).toEqual({ id: "fee_rta_story-1", status: "OPEN" });
    const mine = await city.ask(
      `{ me { serviceFees(status: OPEN) { nodes { id amountDue { amount } service { name { en } agency { id } } } } } }`,
      { as: people.amal },
    );
    const [fee] = mine.data.me.serviceFees.nodes;
    // Below AED 50 there are no Dirhams on it.
    expect(fee).toMatchObject({ amountDue: { amount: 4000 }, service: { agency: { id: "rta" } } });
    const pay = `mutation { payServiceFee(input: { feeId: "${fee.id}", expectedAmount: 4000,
      idempotencyKey: "fee of a story" }) { __typename } }`;
    const paid = await city.ask(pay, { as: people.amal });
    expect(paid.data.payServiceFee.__typename).toBe("PaymentMade");
    const known = await city.ask(`{ chargedFee(id: "${fee.id}") { status } }`, { as: rta });
    expect(known.data.chargedFee.status).toBe("PAID");
  });

  test("an operator sees it in the statistics, by biller with its name; people do not", async () => {
    const day = new Date(Date.now() + 4 * 60 * 60_000).toISOString().slice(0, 10);
    const query = `{ paymentStatistics(from: "${day}", to: "${day}") { total { payments }
      byBiller { biller { id name { en } } figures { payments } } } }`;
    const { data } = await city.ask(query, { as: people.noura });
    const { total, byBiller } = data.paymentStatistics;
    expect(total.payments).toBe(2);
    expect(byBiller.map(({ biller, figures }: any) => [biller.id, figures.payments])).toEqual([
      ["enoc", 1],
      ["rta", 1],
    ]);
    expect(byBiller[0].biller.name.en).toContain("ENOC");
    const refused = await city.ask(query, { as: people.amal });
    expect(refused.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  });
});
