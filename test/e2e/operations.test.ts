/** Every named operation of known clients runs against the whole city; what each costs is stated here. */
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import { type City, people, startCity } from "../support/city.ts";

const location = { latitude: 25.2048, longitude: 55.2708 };

type Cost = {
  readonly as?: Principal;
  readonly variables?: object;
  /** Requests to each subgraph. */
  readonly fetches: Readonly<Record<string, number>>;
  /** SQL statements of all subgraphs together, the same on either database. */
  readonly statements: number;
  /** Places in the answer that must hold something: the edges that the operation is there for. */
  readonly holds: readonly string[];
};

/** A change that adds a round trip or a statement changes a number here, and shows in review. */
const costs: Readonly<Record<string, Cost>> = {
  HomeScreen: {
    as: people.amal,
    variables: { location },
    fetches: { services: 1, payments: 1, health: 1 },
    // One of them tells which nights the pharmacies are on duty, since that moves when they close.
    statements: 7,
    holds: [
      "me.unpaidBills.nodes.0.payable.name.ar",
      "facilitiesNear.nodes.2.facility.name.en",
      "latestBulletin.title.ar",
      "mostUsedServices.7.name.en",
    ],
  },
  ServicePage: {
    variables: { id: "dewa-electricity-bill" },
    fetches: { services: 1, payments: 1, health: 1, "data-sharing": 1 },
    statements: 8,
    holds: [
      "service.agency.name.ar",
      "service.payables.0.id",
      "service.facilities",
      "service.datasets.nodes.0.title.en",
    ],
  },
  ServiceCatalogue: {
    variables: { first: 100 },
    fetches: { services: 1, payments: 1 },
    statements: 5,
    holds: ["services.nodes.99.agency.name.en", "services.nodes.99.category.name.ar"],
  },
  AgencyPage: {
    variables: { id: "dha" },
    fetches: { services: 1, health: 1, "data-sharing": 1 },
    statements: 7,
    holds: [
      "agency.services.nodes.0.id",
      "agency.facilities.nodes.1.id",
      "agency.datasets.nodes.0.id",
    ],
  },
  AgencyBills: {
    as: people.dewa,
    variables: { id: "dewa" },
    fetches: { services: 1, payments: 1 },
    statements: 3,
    holds: ["agency.bills.nodes.0.amountDue.currency"],
  },
  MyCity: {
    as: people.amal,
    variables: { location },
    fetches: { services: 2, payments: 1, health: 1, "data-sharing": 1 },
    statements: 12,
    holds: [
      "me.wallet.balance.formatted.en",
      "me.unpaidBills.nodes.0.biller.name.en",
      "me.fines.nodes.0.id",
      "me.serviceRequests.nodes.0.service.name.ar",
      "me.consents.nodes.0.grantedTo.name.en",
      "me.dataAccesses.nodes.0.agency.name.ar",
      "me.facilitiesNear.nodes.1.facility.kind",
    ],
  },
  MyPayments: {
    as: people.amal,
    variables: { first: 50 },
    fetches: { services: 1, payments: 1 },
    statements: 9,
    holds: [
      "me.payments.nodes.0.paidFor.service.name.en",
      "me.payments.nodes.0.paidFor.biller.name.ar",
      "me.payments.nodes.0.receipt.number",
    ],
  },
  PayBill: {
    as: people.omar,
    variables: {
      input: { billId: "bill_omar_dewa_2020_04", expectedAmount: 1, idempotencyKey: "stated-cost" },
    },
    fetches: { payments: 1 },
    statements: 6,
    holds: ["payBill.currentAmount.amount", "payBill.message.ar"],
  },
  FuelStations: {
    fetches: { services: 1, payments: 1 },
    statements: 4,
    holds: [
      "fuelStations.nodes.0.biller.name.en",
      "fuelStations.nodes.0.prices.0.perLitre.formatted.ar",
    ],
  },
  PaymentStatistics: {
    as: people.noura,
    variables: { from: "2020-01-01", to: "2020-12-31" },
    fetches: { services: 1, payments: 1 },
    statements: 2,
    holds: [
      "paymentStatistics.total.captured.formatted.en",
      "paymentStatistics.byBiller.0.biller.name.ar",
    ],
  },
};

/** What stands at `a.0.b` of the answer. */
const at = (data: unknown, path: string): unknown =>
  path.split(".").reduce<any>((value, key) => value?.[key], data);

const operation = (name: string) => readFile(fromRoot(`schema/operations/${name}.graphql`), "utf8");

const tally = (names: readonly string[]) =>
  Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]),
  );

describe.each(["pglite", "postgres"] as const)("the named operations, on %s", (kind) => {
  let city: City;
  beforeAll(async () => {
    city = await startCity({ kind });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  test("have their costs stated, every one", async () => {
    const files = await readdir(fromRoot("schema/operations"));
    expect(Object.keys(costs).sort()).toEqual(
      files.map((file) => file.replace(".graphql", "")).sort(),
    );
  });

  test.each(Object.entries(costs))(
    "%s answers without an error, at its stated cost",
    async (name, cost) => {
      const query = await operation(name);
      city.cost.reset();
      const { data, errors } = await city.ask(query, cost);
      expect(errors).toBeUndefined();
      expect(cost.holds.filter((path) => at(data, path) == null)).toEqual([]);
      expect({ fetches: tally(city.cost.fetches), statements: city.cost.statements() }).toEqual({
        fetches: cost.fetches,
        statements: cost.statements,
      });
      // The first time it was parsed and validated; now it goes the short way, to the same answer.
      expect(await city.ask(query, cost)).toEqual({ data });
      expect(await city.ask(query, cost)).toEqual({ data });
    },
  );
});
