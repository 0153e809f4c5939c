/**
 * One service request through the gateway, from draft to decision to fee paid: the person, the agency's clerk,
 * the city's payments, and at each step somebody else who is refused.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type City, people, startCity } from "../support/city.ts";
import {
  clerkOf,
  createRequestClient,
  passport,
  rightAnswers,
  salary,
} from "../support/request-story.ts";

const clerk = clerkOf("gdrfa", "clerk-hessa", ["requests:process", "billing:charge"]);
const foreignClerk = clerkOf("rta", "clerk-saif", ["requests:process", "billing:charge"]);
const { amal, omar } = people;

describe("a service request through the gateway", () => {
  let city: City;
  let client: ReturnType<typeof createRequestClient>;
  beforeAll(async () => {
    const redis = { REDIS_URL: inject("redisUrl"), OUTBOX_PAUSE_MS: "20" };
    city = await startCity({ companions: { payments: redis, services: redis } });
    client = createRequestClient((query, { principal, variables }) =>
      city.ask(query, { as: principal, variables }),
    );
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const statusOf = async (id: string) =>
    (await city.ask(`{ serviceRequest(id: "${id}") { status } }`, { as: amal })).data.serviceRequest
      .status;
  /** Until it stands there: the test's own time-out is the limit. */
  async function follow(id: string, status: string): Promise<void> {
    while ((await statusOf(id)) !== status) await sleep(25);
  }

  test("goes from a wrong draft to a paid fee, and is refused to everybody else at each step", async () => {
    const isRefused = async (outcome: Promise<{ code?: string }>) =>
      expect(await outcome).toMatchObject({ code: "NO_SUCH_REQUEST", current: null });

    // The form, as an app shows it.
    const catalogue = await city.ask(
      `{ service(id: "gdrfa-open-sponsorship-file") { requestForm { version schema } totalFee { amount } } }`,
    );
    const { schema } = catalogue.data.service.requestForm;
    expect(schema.properties.monthlyIncome.label.ar).toBe("الدخل الشهري بالدرهم");

    // A draft with a wrong answer is kept, and not sent.
    const wrong = { ...rightAnswers, monthlyIncome: 900, passport: "doc-forgotten" };
    const draft = await client.start(amal, "gdrfa-open-sponsorship-file", wrong, [
      passport,
      salary,
    ]);
    await isRefused(client.save(omar, draft, rightAnswers));
    await isRefused(client.assign(clerk, draft));
    const refused = await client.submit(amal, draft, "story");
    expect(refused).toMatchObject({ code: "ANSWERS_WRONG", current: { status: "DRAFT" } });
    const byField = new Map(refused.problems.map((one: any) => [one.field, one]));
    expect(byField.get("/monthlyIncome")).toMatchObject({
      code: "TOO_SMALL",
      message: {
        en: expect.stringContaining("must not be below 4000"),
        ar: expect.stringContaining("يجب ألا يقل"),
      },
    });
    expect(byField.get("/passport")).toMatchObject({ code: "NO_SUCH_ATTACHMENT" });

    // Mended, and sent twice with one key: as by an app that lost its connection.
    const mended = await client.save(amal, draft, rightAnswers, [passport, salary]);
    await isRefused(client.submit(omar, mended, "story"));
    const sent = await client.submit(amal, mended, "story");
    expect(sent).toMatchObject({ status: "SUBMITTED", serviceLevel: { state: "RUNNING" } });
    expect(await client.submit(amal, mended, "story")).toEqual(sent);

    // The clerk finds it in the agency's queue; another agency does not.
    const queue = `{ agencyRequests(filter: { statuses: [SUBMITTED] }, first: 100) { nodes { id reference applicant { id } service { agency { id } } } } }`;
    const { nodes } = (await city.ask(queue, { as: clerk })).data.agencyRequests;
    expect(nodes).toContainEqual({
      id: sent.id,
      reference: sent.reference,
      applicant: { id: amal.id },
      service: { agency: { id: "gdrfa" } },
    });
    const foreign = (await city.ask(queue, { as: foreignClerk })).data.agencyRequests.nodes;
    expect(foreign.map(({ id }: any) => id)).not.toContain(sent.id);
    const withoutScope = await city.ask(queue, { as: people.dewa });
    expect(withoutScope.errors?.[0]?.extensions.code).toBe("FORBIDDEN");

    await isRefused(client.assign(foreignClerk, sent));
    const assigned = await client.assign(clerk, sent, "clerk-hessa");
    await isRefused(client.review(foreignClerk, assigned));
    const reviewed = await client.review(clerk, assigned);
    await isRefused(client.inquire(foreignClerk, reviewed, "Who are you?"));
    const asked = await client.inquire(clerk, reviewed, "Which month is the certificate of?");
    expect(asked).toMatchObject({
      status: "INFORMATION_REQUESTED",
      serviceLevel: { state: "PAUSED" },
    });
    await isRefused(client.answer(omar, asked, "Mine."));
    const answered = await client.answer(amal, asked, "Of May.");
    await client.write(amal, sent.id, "Is there anything else?");
    await isRefused(client.write(omar, sent.id, "Hello?"));

    // Approved, with a fee: two clerks at once, one decides.
    await isRefused(client.approve(foreignClerk, answered));
    const decisions = await Promise.all([
      client.approve(clerk, answered),
      client.approve(clerkOf("gdrfa", "clerk-omran"), answered),
    ]);
    const due = decisions.find(({ status }) => status === "FEE_DUE");
    expect(decisions.find(({ code }) => code)).toMatchObject({
      code: "CHANGED_MEANWHILE",
      current: { status: "FEE_DUE" },
    });
    expect(due.fee).toMatchObject({ toCharge: { amount: 250_00 }, paidAt: null });
    const unpaid = `{ serviceRequest(id: "${sent.id}") { feeId fee { toCharge { amount } } serviceFee { status } } }`;
    expect(await city.ask(unpaid, { as: amal })).toEqual({
      data: {
        serviceRequest: {
          feeId: `fee_gdrfa_${sent.id}`,
          fee: { toCharge: { amount: 250_00 } },
          serviceFee: null,
        },
      },
    });
    const charge = `mutation { chargeFee(input: { payableId: "gdrfa-sponsorship-file-fee", personId: "${amal.id}",
      reference: "${sent.id}", title: { en: "Sponsorship file", ar: "ملف كفالة" }, fee: ${due.fee.toCharge.amount} }) {
      ... on ChargedFee { id status } ... on FeeRefused { code } } }`;
    expect((await city.ask(charge, { as: foreignClerk })).data.chargeFee.code).toBe(
      "NO_SUCH_PAYABLE",
    );
    const { id: feeId } = (await city.ask(charge, { as: clerk })).data.chargeFee;

    // The person sees request and fee together, and pays; nobody else can.
    const mine = `{ me { serviceRequests(first: 1) { nodes { id status fee { paidAt } serviceFee { id status amountDue { amount } service { name { en } } }
      history { event by text } messages { by text } } } } }`;
    const [shown] = (await city.ask(mine, { as: amal })).data.me.serviceRequests.nodes;
    expect(shown).toMatchObject({
      id: sent.id,
      status: "FEE_DUE",
      fee: { paidAt: null },
      serviceFee: { id: feeId, status: "OPEN", amountDue: { amount: 270_00 } },
      messages: [{ by: "PERSON", text: "Is there anything else?" }],
    });
    const pay = `mutation { payServiceFee(input: { feeId: "${feeId}", expectedAmount: 27000, idempotencyKey: "fee of ${sent.id}" }) { __typename } }`;
    expect((await city.ask(pay, { as: omar })).data.payServiceFee.__typename).toBe("NotPayable");
    expect(await statusOf(sent.id)).toBe("FEE_DUE");
    expect((await city.ask(pay, { as: amal })).data.payServiceFee.__typename).toBe("PaymentMade");

    // Payments tell; the request goes on by itself.
    await follow(sent.id, "APPROVED");
    const [paid] = (await city.ask(mine, { as: amal })).data.me.serviceRequests.nodes;
    expect(paid).toMatchObject({
      fee: { paidAt: expect.any(String) },
      serviceFee: { status: "PAID" },
    });
    // The agency sees that it is paid, and not the payer's fee.
    const { data } = await city.ask(unpaid, { as: clerk });
    expect(data.serviceRequest).toMatchObject({ feeId, serviceFee: null });
    expect(paid.history.at(-1)).toMatchObject({ event: "FEE_PAID", by: "PAYMENTS" });

    const { revision } = (
      await city.ask(`{ serviceRequest(id: "${sent.id}") { revision } }`, { as: clerk })
    ).data.serviceRequest;
    await isRefused(client.complete(foreignClerk, { id: sent.id, revision }));
    expect(await client.complete(clerk, { id: sent.id, revision })).toMatchObject({
      status: "COMPLETED",
      nextSteps: [],
    });
  });

  test("is nobody's without signing in, and a person's request is no other person's", async () => {
    const { id } = await client.start(amal);
    const query = `{ serviceRequest(id: "${id}") { id answers } }`;
    expect((await city.ask(query)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    for (const as of [omar, clerk, foreignClerk]) {
      expect((await city.ask(query, { as })).data.serviceRequest).toBeNull();
    }
    expect((await city.ask(query, { as: amal })).data.serviceRequest.id).toBe(id);
  });
});
