/** What payments tell moves requests on: once each, in whichever order it comes, across crashes and processes. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { cityCalendar } from "../../../subgraphs/kit/city-calendar.ts";
import {
  obeyEntries,
  paidFeeOf,
  readPosition,
  type StreamEntry,
} from "../../../subgraphs/services/request-payments.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { clerkOf, createRequestClient, personCalled } from "../../support/request-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const gdrfa = clerkOf("gdrfa");
const stream = "city-graph:payments:events";

const bodyOf = (requestId: string, changes: object = {}): object => ({
  paymentId: `pay_of_${requestId}`,
  personId: "person-x",
  seq: 1,
  event: "WALLET_DEBITED",
  state: "CAPTURED",
  itemId: `fee_gdrfa_${requestId}`,
  amount: "27000",
  capturedAmount: "27000",
  refundedAmount: "0",
  currency: "AED",
  at: "2026-02-05T08:00:00.000Z",
  ...changes,
});
const entryOf = (id: string, body: unknown): StreamEntry => [
  id,
  [
    "paymentId",
    "pay_x",
    "seq",
    "1",
    "body",
    typeof body === "string" ? body : JSON.stringify(body),
  ],
];

describe("an entry of the stream", () => {
  test("that captures a fee is a paid fee", () => {
    expect(paidFeeOf(entryOf("1-0", bodyOf("req_1")))).toEqual({
      feeId: "fee_gdrfa_req_1",
      paymentId: "pay_of_req_1",
      amount: 270_00n,
      currency: "AED",
      at: new Date("2026-02-05T08:00:00.000Z"),
    });
  });

  test.each([
    ["of a bill", bodyOf("x", { itemId: "bill_1" })],
    ["of no item", bodyOf("x", { itemId: null })],
    ["that only authorises", bodyOf("x", { state: "AUTHORISED" })],
    ["of nothing", bodyOf("x", { capturedAmount: "0" })],
    ["that is no JSON", "{"],
    ["that is something else", { hello: 1 }],
  ])("%s is not", (_, body) => expect(paidFeeOf(entryOf("1-0", body))).toBeUndefined());

  test("without a body is not", () => {
    expect(paidFeeOf(["1-0", []])).toBeUndefined();
    expect(paidFeeOf(["1-0", ["paymentId", "body"]])).toBeUndefined();
  });
});

describe.each(databases)("following payments on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  let client: ReturnType<typeof createRequestClient>;
  let people = 0;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
    client = createRequestClient((query, options) => services.ask(query, options));
  });
  afterAll(() => services[Symbol.asyncDispose]());

  const newPerson = () => personCalled(`payer-${kind}-${(people += 1)}`);
  const obey = (entries: readonly StreamEntry[]) =>
    obeyEntries(services.database.db, entries, { now: new Date(), calendar: cityCalendar });
  const statusOf = async (id: string) =>
    (
      await services.ask(
        `{ serviceRequest(id: "${id}") { status fee { paidAt } history { event by actorId } } }`,
        {
          principal: gdrfa,
        },
      )
    ).data.serviceRequest;
  let millisecond = 1_000;
  const nextId = () => `${(millisecond += 1)}-0`;

  test("a fee that is due and paid lets its request go on", async () => {
    const due = await client.approve(gdrfa, await client.reviewed(newPerson(), gdrfa));
    await obey([entryOf(nextId(), bodyOf(due.id))]);
    const { status, fee, history } = await statusOf(due.id);
    expect([status, fee.paidAt]).toEqual(["APPROVED", "2026-02-05T08:00:00.000Z"]);
    expect(history.at(-1)).toEqual({
      event: "FEE_PAID",
      by: "PAYMENTS",
      actorId: `pay_of_${due.id}`,
    });
  });

  test("a fee that was paid before it was due is paid when it is", async () => {
    const reviewed = await client.reviewed(newPerson(), gdrfa);
    await obey([entryOf(nextId(), bodyOf(reviewed.id))]);
    expect((await statusOf(reviewed.id)).status).toBe("IN_REVIEW");
    const approved = await client.approve(gdrfa, reviewed);
    expect(approved).toMatchObject({ status: "APPROVED", fee: { paidAt: expect.any(String) } });
  });

  test("an event that is told again, or by two processes at once, has its effect once", async () => {
    const due = await client.approve(gdrfa, await client.reviewed(newPerson(), gdrfa));
    const entry = entryOf(nextId(), bodyOf(due.id));
    await Promise.all([obey([entry]), obey([entry]), obey([entry])]);
    await obey([entryOf(nextId(), bodyOf(due.id))]);
    const { history } = await statusOf(due.id);
    expect(history.filter(({ event }: any) => event === "FEE_PAID")).toHaveLength(1);
  });

  test("what belongs to another agency, to no request, or is no event is passed over", async () => {
    const due = await client.approve(gdrfa, await client.reviewed(newPerson(), gdrfa));
    const last = `${(millisecond += 5)}-3`;
    await obey([
      entryOf(nextId(), bodyOf(due.id, { itemId: `fee_rta_${due.id}` })),
      entryOf(nextId(), bodyOf(due.id, { itemId: "fee_gdrfa_story-1" })),
      entryOf(nextId(), bodyOf(due.id, { itemId: "fee_gdrfa_req_00000000-0000" })),
      entryOf(nextId(), "nonsense"),
      entryOf(last.replace(/^\d+/, `${(millisecond += 5)}`), "nonsense"),
    ]);
    expect((await statusOf(due.id)).status).toBe("FEE_DUE");
    expect(await readPosition(services.database.db)).toBe(`${millisecond}-3`);
  });

  test("a batch that fails has no effect and is obeyed as a whole the next time", async () => {
    const due = await client.approve(gdrfa, await client.reviewed(newPerson(), gdrfa));
    const before = await readPosition(services.database.db);
    const good = entryOf(nextId(), bodyOf(due.id));
    const broken = { now: new Date(Number.NaN), calendar: cityCalendar };
    await expect(obeyEntries(services.database.db, [good], broken)).rejects.toThrow();
    expect(await readPosition(services.database.db)).toBe(before);
    expect((await statusOf(due.id)).status).toBe("FEE_DUE");
    await obey([good]);
    expect((await statusOf(due.id)).status).toBe("APPROVED");
  });
});

test("a process that starts late reads the stream from where the last one stopped", async () => {
  const url = inject("redisUrl");
  const redis = new Redis(url);
  await using services = await startSubgraph(subgraph, "pglite", { env: { REDIS_URL: url } });
  const client = createRequestClient((query, options) => services.ask(query, options));
  const person = personCalled("late");
  const due = await client.approve(gdrfa, await client.reviewed(person, gdrfa));
  const id = await redis.xadd(
    stream,
    "*",
    "paymentId",
    "pay_x",
    "seq",
    "1",
    "body",
    JSON.stringify(bodyOf(due.id)),
  );
  redis.disconnect();
  const status = async () =>
    (await services.ask(`{ serviceRequest(id: "${due.id}") { status } }`, { principal: person }))
      .data.serviceRequest.status;
  while ((await status()) !== "APPROVED") await sleep(20);
  const position = await readPosition(services.database.db);
  expect(Number(position.split("-")[0])).toBeGreaterThanOrEqual(Number(id?.split("-")[0]));
});
