/** The whole city as its clients see it: who may see what, what bad input gets, what an outage costs. */
import { Socket } from "node:net";
import { auditServer } from "graphql-http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type City, people, startCity } from "../support/city.ts";

let city: City;
beforeAll(async () => {
  city = await startCity();
});
afterAll(() => city[Symbol.asyncDispose]());

const codes = (answer: { errors?: { extensions: { code: string } }[] }) =>
  answer.errors?.map(({ extensions }) => extensions.code);
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(city.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

describe("the catalogue", () => {
  test("holds at least 116 services of at least 34 entities", async () => {
    const { data } = await city.ask(
      "{ services(first: 0) { totalCount } agencies(first: 0) { totalCount } }",
    );
    expect(data.services.totalCount).toBeGreaterThanOrEqual(116);
    expect(data.agencies.totalCount).toBeGreaterThanOrEqual(34);
  });
});

describe("people", () => {
  const mine =
    "{ me { id unpaidBills(first: 50) { nodes { id } } payments(first: 50) { nodes { id } } serviceRequests(first: 50) { nodes { id } } } }";

  test("are nobody without a token, and themselves with one", async () => {
    expect((await city.ask("{ me { id } }")).data).toEqual({ me: null });
    expect((await city.ask("{ me { id } }", { as: people.amal })).data).toEqual({
      me: { id: "person-amal" },
    });
    expect((await city.ask("{ me { id } }", { as: people.dewa })).data).toEqual({ me: null });
  });

  test("see only what is theirs", async () => {
    const [amal, omar] = await Promise.all(
      [people.amal, people.omar].map(async (as) => (await city.ask(mine, { as })).data.me),
    );
    const idsOf = (me: any) =>
      ["unpaidBills", "payments", "serviceRequests"].flatMap((list) =>
        me[list].nodes.map(({ id }: { id: string }) => id),
      );
    expect(idsOf(amal).length).toBeGreaterThan(5);
    expect(idsOf(amal).filter((id) => idsOf(omar).includes(id))).toEqual([]);
    const [bill] = amal.unpaidBills.nodes;
    const variables = { id: bill.id };
    const query = "query ($id: ID!) { bill(id: $id) { id } }";
    expect((await city.ask(query, { as: people.amal, variables })).data).toEqual({
      bill: { id: bill.id },
    });
    expect((await city.ask(query, { as: people.omar, variables })).data).toEqual({ bill: null });
    const anonymous = await city.ask(query, { variables });
    expect(anonymous.data).toEqual({ bill: null });
    expect(codes(anonymous)).toEqual(["UNAUTHENTICATED"]);
  });

  test("pay a bill once, however often they press the button", async () => {
    const { data } = await city.ask(
      "{ me { unpaidBills(first: 1) { nodes { id amountDue { amount } } } wallet { balance { amount } } } }",
      { as: people.amal },
    );
    const [bill] = data.me.unpaidBills.nodes;
    const before = data.me.wallet.balance.amount;
    const input = {
      billId: bill.id,
      expectedAmount: bill.amountDue.amount,
      idempotencyKey: "one-press",
    };
    const mutation =
      "mutation ($input: PayBillInput!) { payBill(input: $input) { __typename ... on PaymentMade { payment { id receipt { number } paidFor { ... on Bill { id status service { name { en } } } } } } ... on Refusal { code } } }";
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        city.ask(mutation, { as: people.amal, variables: { input } }),
      ),
    );
    const paid = answers.map((answer) => answer.data.payBill);
    expect(paid[0]).toMatchObject({
      __typename: "PaymentMade",
      payment: {
        paidFor: { id: bill.id, status: "PAID", service: { name: { en: expect.any(String) } } },
      },
    });
    expect(new Set(paid.map((one) => JSON.stringify(one))).size).toBe(1);
    const after = (await city.ask("{ me { wallet { balance { amount } } } }", { as: people.amal }))
      .data.me.wallet.balance.amount;
    expect(before - after).toBe(bill.amountDue.amount);
    const again = await city.ask(mutation, {
      as: people.amal,
      variables: { input: { ...input, idempotencyKey: "another-press" } },
    });
    expect(again.data.payBill).toEqual({ __typename: "AlreadyPaid", code: "ALREADY_PAID" });
    const other = await city.ask(mutation, {
      as: people.amal,
      variables: { input: { ...input, expectedAmount: 1 } },
    });
    expect(codes(other)).toEqual(["IDEMPOTENCY_KEY_REUSED"]);
    expect(codes(await city.ask(mutation, { variables: { input } }))).toEqual(["UNAUTHENTICATED"]);
  });
});

describe("agencies", () => {
  const bills =
    "query ($id: ID!) { agency(id: $id) { name { en } bills(first: 1) { totalCount } } }";

  test("see their own bills, and nobody else's", async () => {
    const own = await city.ask(bills, { as: people.dewa, variables: { id: "dewa" } });
    expect(own.data.agency.bills.totalCount).toBeGreaterThan(0);
    const foreign = await city.ask(bills, { as: people.police, variables: { id: "dewa" } });
    expect(foreign.data.agency.bills).toBeNull();
    expect(codes(foreign)).toEqual(["FORBIDDEN"]);
  });

  test("need the scope, or the field is null with an error while the rest is served", async () => {
    for (const [as, code] of [
      [people.amal, "FORBIDDEN"],
      [undefined, "UNAUTHENTICATED"],
    ] as const) {
      const answer = await city.ask(bills, { ...(as ? { as } : {}), variables: { id: "dewa" } });
      expect(answer.data.agency).toEqual({
        name: { en: "Dubai Electricity and Water Authority (DEWA)" },
        bills: null,
      });
      expect(answer.errors).toEqual([
        expect.objectContaining({
          path: ["agency", "bills"],
          extensions: expect.objectContaining({ code }),
        }),
      ]);
    }
  });
});

describe("bad input is refused with a code and a way out", () => {
  test.each([
    ["{ services(first: -1) { totalCount } }", "BAD_USER_INPUT", "from 0 to 100"],
    ["{ services(first: 1000) { totalCount } }", "BAD_USER_INPUT", "from 0 to 100"],
    ['{ services(after: "nonsense") { totalCount } }', "BAD_USER_INPUT", "`endCursor`"],
    [
      "{ facilitiesNear(location: { latitude: 95, longitude: 55 }) { totalCount } }",
      "BAD_USER_INPUT",
      "-90",
    ],
    ["{ nothing }", "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "nothing"'],
    ["{ services { ", "GRAPHQL_PARSE_FAILED", "Syntax Error"],
    ["query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE", "operation"],
    [
      `{ ${'agency(id: "a") { services { nodes { '.repeat(6)}id${" } } }".repeat(6)} }`,
      "DEPTH_LIMIT_EXCEEDED",
      "15",
    ],
    [
      `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: __typename`).join(" ")} }`,
      "ALIAS_LIMIT_EXCEEDED",
      "50",
    ],
    [
      "query ($first: Int!) { services(first: $first) { totalCount } }",
      "BAD_USER_INPUT",
      '"$first"',
    ],
  ])("%s", async (query, code, message) => {
    const answer = await city.ask(query);
    expect(codes(answer)?.[0]).toBe(code);
    expect(answer.errors?.[0]?.message).toContain(message);
    expect(JSON.stringify(answer)).not.toMatch(/127\.0\.0\.1|stack|select /i);
  });

  test("an unknown id is null, not an error", async () => {
    const answer = await city.ask(
      '{ service(id: "none") { id } agency(id: "none") { id } facility(id: "none") { id } }',
    );
    expect(answer).toEqual({ data: { service: null, agency: null, facility: null } });
  });

  test("malformed JSON", async () => {
    const response = await post('{"query": "{ services ');
    expect(response.status).toBe(400);
    expect(codes((await response.json()) as never)).toEqual(["BAD_REQUEST"]);
  });

  test.each([
    ["a wrong token", "Bearer rubbish"],
    ["somebody else's token", `Bearer ${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`],
  ])("%s", async (_what, authorization) => {
    const response = await post('{"query":"{ me { id } }"}', { authorization });
    expect(response.status).toBe(401);
    expect(codes((await response.json()) as never)).toEqual(["UNAUTHENTICATED"]);
  });

  test("going round the gateway", async () => {
    for (const { url } of city.subgraphs.values()) {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "city-graph-principal": Buffer.from(JSON.stringify(people.amal)).toString("base64url"),
        },
        body: '{"query":"{ me { id } }"}',
      });
      expect(response.status).toBe(401);
    }
  });
});

test("an automatic persisted query is asked for once, then known by its hash", async () => {
  const extensions = {
    persistedQuery: {
      version: 1,
      sha256Hash: "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38",
    },
  };
  const unknown = await post(JSON.stringify({ extensions }));
  expect(codes((await unknown.json()) as never)).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
  const query = "{__typename}";
  await post(JSON.stringify({ query, extensions }));
  expect(await (await post(JSON.stringify({ extensions }))).json()).toEqual({
    data: { __typename: "Query" },
  });
});

test("every audit of GraphQL over HTTP passes on the real thing", async () => {
  const results = await auditServer({ url: city.url });
  expect(
    results.filter(({ status }) => status !== "ok").map(({ id, name }) => `${id} ${name}`),
  ).toEqual([]);
});

test("the gateway connects to its subgraphs and to nothing else", async () => {
  const targets = new Set<string>();
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const original = Socket.prototype.connect;
  const spy = vi.spyOn(Socket.prototype, "connect").mockImplementation(function (
    this: Socket,
    ...given: any[]
  ) {
    const [first] = given.flat();
    targets.add(`${first?.host ?? first?.path}:${first?.port}`);
    return (original as any).apply(this, given);
  });
  try {
    await using other = await startCity();
    await other.ask("{ services(first: 1) { nodes { id payables { id } } } }", { as: people.amal });
    const allowed = [...other.subgraphs.values(), other].map(({ url }) => new URL(url).host);
    expect([...targets].filter((target) => !allowed.includes(target))).toEqual([]);
    expect(targets.size).toBeGreaterThan(1);
  } finally {
    spy.mockRestore();
  }
});
