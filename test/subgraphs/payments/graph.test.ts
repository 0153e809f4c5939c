import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { amal, dewa, omar, operator, person } from "./fixtures.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const billing = ["dubai-police", "dewa", "du", "nobody"];

describe.each(databases)("the payments graph on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind, { clock: () => now });
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  const ask = async (query: string, principal?: Principal, variables?: Record<string, unknown>) => {
    payments.database.statements.length = 0;
    return payments.ask(query, {
      ...(principal ? { principal } : {}),
      ...(variables ? { variables } : {}),
    });
  };
  const entities = (
    typename: string,
    ids: readonly string[],
    selection: string,
    principal?: Principal,
  ) =>
    ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typename} { id ${selection} } } }`,
      principal,
      { representations: ids.map((id) => ({ __typename: typename, id })) },
    );

  test("shows a person what is owed and what was paid in a fixed number of statements", async () => {
    const { data, errors } = await ask(
      `{ me { id wallet { balance { amount formatted { en } } }
          unpaidBills(first: 3) { totalCount nodes { id status dueAt amountDue { amount } accountNumber biller { id } service { id } payable { kind name { en ar } } lines { amount { amount } } } }
          fines(status: OPEN) { totalCount nodes { id amountDue { amount } originalAmount { amount } discount { percent until amount { amount } } payable { id } } }
          payments(first: 10) { totalCount nodes { id paidFor { __typename ... on Bill { lines { kind } } ... on Fine { blackPoints } ... on FuelFill { litres } ... on ServiceFee { lines { kind } } } receipt { number lines { amount { amount } } total { amount } } } } } }`,
      amal,
    );
    expect(errors).toBeUndefined();
    expect(data.me.unpaidBills.totalCount).toBe(4);
    expect(data.me.unpaidBills.nodes.map(({ id }: { id: string }) => id)).toEqual([
      "bill_amal_etisalat_2020_04",
      "bill_amal_dewa_2020_04",
      "bill_amal_empower_2020_04",
    ]);
    for (const { amountDue, lines } of data.me.unpaidBills.nodes) {
      const sum = lines.reduce((total: number, line: any) => total + line.amount.amount, 0);
      expect(sum).toBe(amountDue.amount);
    }
    expect(data.me.fines.nodes[0]).toMatchObject({
      originalAmount: { amount: 600_00 },
      discount: { percent: 25, until: "2030-12-31T20:00:00.000Z", amount: { amount: 150_00 } },
      amountDue: { amount: 450_00 },
    });
    const kinds = new Set(data.me.payments.nodes.map((node: any) => node.paidFor.__typename));
    expect(kinds).toEqual(new Set(["Bill", "Fine", "FuelFill", "ServiceFee"]));
    // The wallet, three lists and their counts; payables of bills and of fines; lines of unpaid bills,
    // of paid ones and of fees; the four kinds of paid items; receipts and their lines. Fewer when
    // two of them happen to be asked for in one turn, never more.
    expect(payments.database.statements.length).toBeLessThanOrEqual(18);
  });

  test("asks nothing of the database for the keys of agencies and services", async () => {
    await ask("{ me { unpaidBills { nodes { id biller { id } service { id } } } } }", amal);
    expect(payments.database.statements).toHaveLength(1);
  });

  test.each(["unpaidBills", "fines", "payments"])(
    "pages through %s without losing or repeating any",
    async (field) => {
      const whole = await ask(`{ me { ${field}(first: 100) { totalCount nodes { id } } } }`, omar);
      const ids = whole.data.me[field].nodes.map(({ id }: { id: string }) => id);
      expect(ids.length).toBeGreaterThan(2);
      expect(whole.data.me[field].totalCount).toBe(ids.length);
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const { data } = await ask(
          `query ($after: String) { me { ${field}(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }`,
          omar,
          { after },
        );
        const { nodes, pageInfo } = data.me[field];
        seen.push(...nodes.map(({ id }: { id: string }) => id));
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      expect(seen).toEqual(ids);
    },
  );

  test.each([
    ["first: -1", "`first` must be from 0 to 100"],
    ["first: 101", "`first` must be from 0 to 100"],
    ['after: "nonsense"', "`after` is not a cursor"],
    [`after: "${Buffer.from('[1e300,"x"]').toString("base64url")}"`, "`after` is not a cursor"],
    [`after: "${Buffer.from('[1,"\\u0000"]').toString("base64url")}"`, "`after` is not a cursor"],
  ])("refuses a page asked for by %s", async (given, message) => {
    for (const field of ["unpaidBills", "fines", "payments"]) {
      const { data, errors } = await ask(`{ me { id ${field}(${given}) { totalCount } } }`, amal);
      expect(data.me).toEqual({ id: "person-amal", [field]: null });
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expect(errors?.[0]?.message).toContain(message);
    }
  });

  test("is nobody's `me` for agencies, operators and those who are not signed in", async () => {
    for (const principal of [undefined, dewa, operator]) {
      expect(await ask("{ me { id wallet { balance { amount } } } }", principal)).toEqual({
        data: { me: null },
      });
    }
  });

  test("shows a person who has nothing an empty wallet and empty lists", async () => {
    const { data } = await ask(
      "{ me { wallet { balance { amount } } unpaidBills { totalCount nodes { id } } fines { totalCount } payments { totalCount } } }",
      person("person-new"),
    );
    expect(data.me).toEqual({
      wallet: { balance: { amount: 0 } },
      unpaidBills: { totalCount: 0, nodes: [] },
      fines: { totalCount: 0 },
      payments: { totalCount: 0 },
    });
  });

  test.each([
    "wallet { balance { amount } }",
    "unpaidBills { totalCount }",
    "fines { totalCount }",
    "payments { totalCount }",
  ])("gives nobody another person's %s", async (selection) => {
    const field = selection.split(" ")[0] ?? "";
    const expected = [
      [undefined, "UNAUTHENTICATED"],
      [omar, "FORBIDDEN"],
      [dewa, "FORBIDDEN"],
      [operator, "FORBIDDEN"],
      [{ ...dewa, id: "person-amal" }, "FORBIDDEN"],
    ] as const;
    for (const [principal, code] of expected) {
      const { data, errors } = await entities("Person", ["person-amal"], selection, principal);
      expect(data._entities[0]).toEqual({ id: "person-amal", [field]: null });
      expect(errors?.[0]?.extensions.code).toBe(code);
      expect(payments.database.statements).toEqual([]);
    }
  });

  test("shows bills, fines and payments by id to their person alone", async () => {
    const query = `{ bill(id: "bill_amal_dewa_2020_04") { id } fine(id: "fine_amal_speed_2020_03") { id } payment(id: "pay_bill_amal_dewa_2020_03") { id paidFor { ... on Bill { id } } } }`;
    expect((await ask(query, amal)).data).toEqual({
      bill: { id: "bill_amal_dewa_2020_04" },
      fine: { id: "fine_amal_speed_2020_03" },
      payment: { id: "pay_bill_amal_dewa_2020_03", paidFor: { id: "bill_amal_dewa_2020_03" } },
    });
    const withoutScopes = { ...operator, scopes: [] };
    for (const principal of [omar, dewa, withoutScopes]) {
      expect(await ask(query, principal)).toEqual({
        data: { bill: null, fine: null, payment: null },
      });
    }
    const anonymous = await ask(query);
    expect(anonymous.errors?.map(({ extensions }) => extensions.code)).toEqual(
      Array(3).fill("UNAUTHENTICATED"),
    );
  });

  test.each(["bill_nobody", "", "bill_\\u0001", "fine_amal_speed_2020_03"])(
    "knows no bill %j",
    async (id) => {
      expect(await ask(`{ bill(id: "${id}") { id } }`, amal)).toEqual({ data: { bill: null } });
    },
  );

  test("resolves representations in order, and only a person's own", async () => {
    const ids = [
      "bill_amal_du_2020_04",
      "bill_omar_du_2020_04",
      "bill_none",
      "bill_amal_dewa_2020_04",
    ];
    const { data } = await entities("Bill", ids, "", amal);
    expect(data._entities.map((bill: { id: string } | null) => bill?.id ?? null)).toEqual([
      ids[0],
      null,
      null,
      ids[3],
    ]);
    expect(payments.database.statements).toHaveLength(1);
  });

  test("tells what can be paid for any number of services in one statement, cacheable", async () => {
    const ids = ["dewa-electricity-bill", "dha-find-doctor", "rta-pay-fines", "salik-recharge"];
    const { data } = await entities(
      "Service",
      ids,
      "payables { id kind biller { id } service { id } }",
    );
    expect(data._entities.map((service: any) => service.payables.map(({ id }: any) => id))).toEqual(
      [["dewa-bill"], [], ["rta-fine"], ["salik-top-up"]],
    );
    expect(payments.database.statements).toHaveLength(1);
    const { headers } = await payments.send(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Service { payables { id } } } }`,
      { variables: { representations: [{ __typename: "Service", id: "rta-pay-fines" }] } },
    );
    expect(headers.get("cache-control")).toBe("max-age=300, public");
  });

  test("never lets what belongs to a person be cached", async () => {
    const { headers } = await payments.send("{ me { wallet { balance { amount } } } }", {
      principal: amal,
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("shows operators the bills of any number of agencies in two statements", async () => {
    const selection =
      "bills(first: 2) { totalCount nodes { id biller { id } issuedAt } pageInfo { hasNextPage } }";
    const { data, errors } = await entities("Agency", billing, selection, operator);
    expect(errors).toBeUndefined();
    const [police, electricity, du, nobody] = data._entities;
    expect(police.bills.totalCount).toBe(0);
    expect(nobody.bills.nodes).toEqual([]);
    expect(electricity.bills).toMatchObject({ totalCount: 8, pageInfo: { hasNextPage: true } });
    expect(electricity.bills.nodes.map(({ id }: any) => id)).toEqual([
      "bill_omar_dewa_2020_05",
      "bill_omar_dewa_2020_04",
    ]);
    expect(du.bills.nodes).toHaveLength(2);
    expect(payments.database.statements).toHaveLength(2);
  });

  test("filters an agency's bills by status and pages through them", async () => {
    const seen: string[] = [];
    let after = "";
    for (let page = 0; page < 4; page += 1) {
      const { data } = await entities(
        "Agency",
        ["dewa"],
        `bills(first: 2, status: PAID${after}) { totalCount nodes { id status } pageInfo { endCursor hasNextPage } }`,
        dewa,
      );
      const { bills } = data._entities[0];
      expect(bills.totalCount).toBe(4);
      for (const { id, status } of bills.nodes) {
        expect(status).toBe("PAID");
        seen.push(id);
      }
      if (!bills.pageInfo.hasNextPage) break;
      after = `, after: "${bills.pageInfo.endCursor}"`;
    }
    expect(new Set(seen).size).toBe(4);
  });

  test("shows an agency its own bills, and nobody's to whom they do not belong", async () => {
    const own = await entities("Agency", ["dewa"], "bills { totalCount }", dewa);
    expect(own.data._entities[0].bills.totalCount).toBe(8);
    const refused: readonly (readonly [Principal | undefined, string])[] = [
      [undefined, "UNAUTHENTICATED"],
      [amal, "FORBIDDEN"],
      [{ ...amal, scopes: ["billing:read"], agencyId: "dewa" }, "FORBIDDEN"],
      [{ ...dewa, scopes: [] }, "FORBIDDEN"],
      [{ ...dewa, agencyId: "dubai-police" }, "FORBIDDEN"],
      [{ ...operator, scopes: ["payments:read"] }, "FORBIDDEN"],
    ];
    for (const [principal, code] of refused) {
      const { data, errors } = await entities(
        "Agency",
        ["dewa"],
        "bills { totalCount }",
        principal,
      );
      expect(data._entities[0]).toEqual({ id: "dewa", bills: null });
      expect(errors?.[0]?.extensions.code).toBe(code);
    }
  });

  test("refuses one agency's bills and still serves the other's", async () => {
    const { data, errors } = await entities("Agency", ["dewa", "du"], "bills { totalCount }", dewa);
    expect(data._entities.map((agency: any) => agency.bills?.totalCount ?? null)).toEqual([
      8,
      null,
    ]);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.path).toEqual(["_entities", 1, "bills"]);
  });

  test("is seeded with sample data in right books", async () => {
    const { db } = payments.database;
    expect(await verifyLedger(db)).toEqual([]);
    const payables = await db
      .selectFrom("payable")
      .select("service_id")
      .orderBy("service_id")
      .execute();
    expect(payables.map(({ service_id }) => service_id)).toEqual([
      "dewa-electricity-bill",
      "du-pay-bill",
      "dubai-economy-pay-fees",
      "dubai-municipality-pay-fines",
      "dubai-police-pay-fines",
      "emarat-pay-fuel",
      "empower-cooling-bill",
      "enoc-pay-fuel",
      "etisalat-pay-bill",
      "gdrfa-open-sponsorship-file",
      "rta-pay-fines",
      "rta-renew-vehicle-registration",
      "salik-recharge",
    ]);
    const real = await db.selectFrom("item").select("id").where("sample", "=", false).execute();
    expect(real).toEqual([]);
  });

  test.each(["person-amal", "person-omar", "person-lina"])(
    "gives %s open bills, a running discount, money, and payments of every kind",
    async (id) => {
      const { data } = await ask(
        "{ me { wallet { balance { amount } } unpaidBills { totalCount } fines { nodes { discount { percent } } totalCount } payments { nodes { paidFor { __typename } receipt { number } } } } }",
        person(id),
      );
      const { wallet, unpaidBills, fines, payments: paid } = data.me;
      expect(wallet.balance.amount).toBeGreaterThan(0);
      expect(unpaidBills.totalCount).toBeGreaterThanOrEqual(3);
      expect(unpaidBills.totalCount).toBeLessThanOrEqual(6);
      expect(fines.nodes.filter(({ discount }: any) => discount !== null)).toHaveLength(1);
      const kinds = new Set(paid.nodes.map(({ paidFor }: any) => paidFor.__typename));
      expect(kinds).toEqual(new Set(["Bill", "Fine", "FuelFill", "ServiceFee"]));
    },
  );
});
