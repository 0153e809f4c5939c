/** Requests from draft to end, asked of the subgraph itself: what is done, what is refused, and to whom. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import {
  clerkOf,
  createRequestClient,
  passport,
  personCalled,
  rightAnswers,
  salary,
} from "../../support/request-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const gdrfa = clerkOf("gdrfa");
const machine = clerkOf("gdrfa", "gdrfa-machine");
const rta = clerkOf("rta");
const free = "dubai-municipality-bulky-waste";
const freeAnswers = { makani: "30032 95320", items: ["FURNITURE"] };
const municipality = clerkOf("dubai-municipality");

describe.each(databases)("requests on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  let client: ReturnType<typeof createRequestClient>;
  let people = 0;
  let amal = personCalled("nobody");
  // A Thursday of Dubai, ten in the morning.
  let now = Date.parse("2026-02-05T10:00:00+04:00");
  const pass = (hours: number) => (now += hours * 3_600_000);
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind, { clock: () => now });
    client = createRequestClient((query, options) => services.ask(query, options));
  });
  afterAll(() => services[Symbol.asyncDispose]());
  beforeEach(() => {
    amal = personCalled(`${kind}-${(people += 1)}`);
  });
  const other = personCalled("somebody-else");

  const look = async (id: string, fields: string, principal = amal) =>
    (await services.ask(`{ serviceRequest(id: "${id}") { ${fields} } }`, { principal })).data
      ?.serviceRequest;

  test("begin as drafts that may be unfinished, and tell what keeps them from being sent", async () => {
    const draft = await client.start(amal, undefined, { housing: "TENT" }, []);
    expect(draft).toMatchObject({ status: "DRAFT", revision: 1, reference: null });
    const { problems } = await look(draft.id, "problems { field code message { ar } }");
    expect(problems.map(({ field, code }: any) => `${field} ${code}`)).toEqual(
      expect.arrayContaining(["/housing NOT_A_CHOICE", "/emiratesId REQUIRED"]),
    );
    const saved = await client.save(amal, draft, rightAnswers, [passport, salary]);
    expect(saved).toMatchObject({ revision: 2, answers: rightAnswers });
    expect(
      await look(draft.id, "problems { field } form { version } attachments { id bytes sha256 }"),
    ).toEqual({
      problems: [],
      form: { version: 1 },
      attachments: [passport, salary].map(({ id, bytes, sha256 }) => ({ id, bytes, sha256 })),
    });
  });

  test("are not sent with wrong answers: each is told by its field, in both languages", async () => {
    const draft = await client.start(amal, undefined, { ...rightAnswers, monthlyIncome: 5 });
    const refused = await client.submit(amal, draft, "key");
    expect(refused).toMatchObject({
      __typename: "ServiceRequestRefused",
      code: "ANSWERS_WRONG",
      problems: [{ field: "/monthlyIncome", code: "TOO_SMALL" }],
      current: { status: "DRAFT" },
    });
    expect(refused.problems[0].message.ar).toContain("الدخل الشهري");
  });

  test("are sent once per key, and keep the terms of the day", async () => {
    const draft = await client.start(amal);
    const sent = await client.submit(amal, draft, "one key");
    expect(sent).toMatchObject({ status: "SUBMITTED", revision: 2 });
    expect(sent.reference).toMatch(/^GDRFA-2026-[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(await client.submit(amal, draft, "one key")).toEqual(sent);
    expect(await client.submit(amal, draft, "another key")).toMatchObject({
      code: "CHANGED_MEANWHILE",
    });
    expect(await client.submit(amal, sent, "another key")).toMatchObject({ code: "NOT_NOW" });
    const second = await client.start(amal);
    const reused = await client.submit(amal, second, "one key");
    expect(reused.errors[0].extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
    // The same key of somebody else is another key.
    const theirs = await client.start(other);
    expect(await client.submit(other, theirs, `one key`)).toMatchObject({
      status: "SUBMITTED",
    });
    const terms = `terms { name { en } totalFee { amount } fees { kind amount { amount } } formVersion
      processingTime { duration businessDays } requiredDocuments { en } }`;
    const before = await look(sent.id, terms);
    expect(before.terms).toMatchObject({
      totalFee: { amount: 270_00 },
      formVersion: 1,
      processingTime: { duration: "P1D", businessDays: true },
    });
    const { db } = services.database;
    await db
      .updateTable("fee")
      .set({ amount: 999_00n })
      .where("service_id", "=", "gdrfa-open-sponsorship-file")
      .where("kind", "=", "FEE")
      .execute();
    const schema = JSON.stringify({ type: "object", required: ["somethingNew"] });
    await db
      .insertInto("request_form")
      .values({ service_id: "gdrfa-open-sponsorship-file", version: 2, schema, sample: true })
      .execute();
    expect(await look(sent.id, terms)).toEqual(before);
    expect((await look(sent.id, "form { version }")).form.version).toBe(1);
    expect(await look(second.id, "form { version } problems { field }")).toEqual({
      form: { version: 2 },
      problems: [{ field: "/somethingNew" }],
    });
    const again = JSON.stringify(
      (
        await db
          .selectFrom("request_form")
          .selectAll()
          .where("version", "=", 1)
          .where("service_id", "=", "gdrfa-open-sponsorship-file")
          .executeTakeFirst()
      )?.schema,
    );
    await db
      .insertInto("request_form")
      .values({
        service_id: "gdrfa-open-sponsorship-file",
        version: 3,
        schema: again,
        sample: true,
      })
      .execute();
    await db
      .updateTable("fee")
      .set({ amount: 250_00n })
      .where("service_id", "=", "gdrfa-open-sponsorship-file")
      .where("kind", "=", "FEE")
      .execute();
  });

  test("go from clerk to clerk, ask for information and get it, and are approved with a fee that is due", async () => {
    const draft = await client.start(amal);
    const sent = await client.submit(amal, draft, "key");
    const assigned = await client.assign(machine, sent, "clerk-7");
    expect(assigned).toMatchObject({ status: "ASSIGNED", assignedTo: "clerk-7" });
    const reviewed = await client.review(gdrfa, assigned);
    const asked = await client.inquire(
      gdrfa,
      reviewed,
      "Which month is the salary certificate of?",
    );
    expect(asked).toMatchObject({ status: "INFORMATION_REQUESTED" });
    const wrong = await client.answer(amal, asked, "May", { answers: { housing: "OWNED" } });
    expect(wrong.code).toBe("ANSWERS_WRONG");
    const changed = { ...rightAnswers, monthlyIncome: 15_000 };
    const answered = await client.answer(amal, asked, "It is of May.", { answers: changed });
    expect(answered).toMatchObject({ status: "IN_REVIEW", answers: changed });
    const approved = await client.approve(gdrfa, answered);
    expect(approved).toMatchObject({
      status: "FEE_DUE",
      fee: { toCharge: { amount: 250_00 }, paidAt: null },
      nextSteps: ["FEE_PAID", "LAPSE"],
    });
    const paid = await client.confirmFee(gdrfa, approved);
    expect(paid).toMatchObject({ status: "APPROVED", fee: { paidAt: expect.any(String) } });
    expect(await client.complete(gdrfa, paid)).toMatchObject({
      status: "COMPLETED",
      nextSteps: [],
    });
    const history =
      "history { number event from to by actorId text reasons { en } } assignedTo applicant { id }";
    const theirs = await look(sent.id, history, gdrfa);
    expect(theirs.history.map(({ event }: any) => event)).toEqual([
      "SUBMIT",
      "ASSIGN",
      "START_REVIEW",
      "REQUEST_INFORMATION",
      "ANSWER",
      "APPROVE_WITH_FEE",
      "FEE_PAID",
      "COMPLETE",
    ]);
    expect(theirs).toMatchObject({ assignedTo: "clerk-7", applicant: { id: amal.id } });
    expect(theirs.history[1].actorId).toBe("gdrfa-machine");
    // The person sees what happened, and not which clerk it was.
    const mine = await look(sent.id, history);
    expect(mine.assignedTo).toBeNull();
    expect(
      mine.history.map(({ by, actorId }: any) => (by === "PERSON") === (actorId !== null)),
    ).not.toContain(false);
    expect(mine.history[3].text).toContain("Which month");
    const kept = await services.database.db
      .selectFrom("request_transition")
      .select(["event", "answers"])
      .where("request_id", "=", sent.id)
      .where("answers", "is not", null)
      .orderBy("seq")
      .execute();
    expect(kept.map(({ answers }: any) => answers.monthlyIncome)).toEqual([12_000, 15_000]);
  });

  test("that cost nothing are approved at once", async () => {
    const reviewed = await client.reviewed(amal, municipality, free, freeAnswers);
    expect(await client.approve(municipality, reviewed)).toMatchObject({
      status: "APPROVED",
      fee: null,
    });
  });

  test("are rejected with reasons in both languages, and not without", async () => {
    const reviewed = await client.reviewed(amal, gdrfa);
    const without = await client.run(gdrfa, "rejectServiceRequest", {
      id: reviewed.id,
      revision: reviewed.revision,
      reasons: [],
    });
    expect(without.errors[0]).toMatchObject({
      message: "Give 1 to 10 reasons.",
      extensions: { code: "BAD_USER_INPUT" },
    });
    expect(await client.reject(gdrfa, reviewed)).toMatchObject({ status: "REJECTED" });
    const { history } = await look(reviewed.id, "history { event reasons { en ar } }");
    expect(history.at(-1)).toEqual({
      event: "REJECT",
      reasons: [{ en: "The contract has ended.", ar: "انتهى العقد." }],
    });
  });

  test("are withdrawn by their person until they are decided", async () => {
    const reviewed = await client.reviewed(amal, gdrfa);
    expect(await client.withdraw(amal, reviewed)).toMatchObject({ status: "WITHDRAWN" });
    const due = await client.approve(gdrfa, await client.reviewed(amal, gdrfa));
    expect(await client.withdraw(amal, due)).toMatchObject({ code: "NOT_NOW" });
    expect(await client.lapse(gdrfa, due)).toMatchObject({ status: "LAPSED" });
  });

  test("that are thrown away as drafts lose their answers and are listed no more", async () => {
    const draft = await client.start(amal);
    expect(await client.discard(amal, draft)).toMatchObject({ status: "DISCARDED", answers: {} });
    const mine = "{ me { serviceRequests { totalCount nodes { id } } } }";
    const { data } = await services.ask(mine, { principal: amal });
    expect(data.me.serviceRequests).toEqual({ totalCount: 0, nodes: [] });
  });

  test("have one winner when two clerks decide on what both have seen", async () => {
    const reviewed = await client.reviewed(amal, gdrfa);
    const outcomes = await Promise.all([
      client.approve(gdrfa, reviewed),
      client.reject(machine, reviewed),
    ]);
    const [won, ...more] = outcomes.filter(({ __typename }) => __typename === "ServiceRequest");
    const lost = outcomes.find(({ __typename }) => __typename === "ServiceRequestRefused");
    expect(more).toEqual([]);
    expect(lost).toMatchObject({
      code: "CHANGED_MEANWHILE",
      current: { id: won.id, status: won.status, revision: won.revision },
    });
    expect(lost.message.ar).toMatch(/\p{Script=Arabic}/u);
  });

  test("are sent once when twenty send them at once, with one key", async () => {
    const draft = await client.start(amal);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => client.submit(amal, draft, "the key")),
    );
    expect(new Set(outcomes.map(({ reference }) => reference)).size).toBe(1);
    const { history } = await look(draft.id, "history { event }");
    expect(history).toHaveLength(1);
  });

  test("are at most one per key, when one key sends two of them at once", async () => {
    const drafts = [await client.start(amal), await client.start(amal)];
    const outcomes = await Promise.all(drafts.map((draft) => client.submit(amal, draft, "shared")));
    expect(outcomes.filter(({ status }) => status === "SUBMITTED")).toHaveLength(1);
    expect(outcomes.find(({ errors }) => errors)?.errors[0].extensions.code).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });

  test("do not exist for other people and other agencies, whatever they try", async () => {
    const draft = await client.start(amal);
    // A draft is nobody's but its person's, the agency included.
    expect(await look(draft.id, "id", gdrfa)).toBeNull();
    expect((await client.assign(gdrfa, draft)).code).toBe("NO_SUCH_REQUEST");
    const sent = await client.submit(amal, draft, "key");
    expect(await look(sent.id, "id", gdrfa)).toEqual({ id: sent.id });
    for (const stranger of [other, rta]) expect(await look(sent.id, "id", stranger)).toBeNull();
    const attempts = [
      client.save(other, sent, {}),
      client.discard(other, sent),
      client.submit(other, sent, "x"),
      client.answer(other, sent, "x"),
      client.withdraw(other, sent),
      client.write(other, sent.id, "x"),
      client.assign(rta, sent),
      client.review(rta, sent),
      client.inquire(rta, sent, "x"),
      client.approve(rta, sent),
      client.reject(rta, sent),
      client.confirmFee(rta, sent),
      client.lapse(rta, sent),
      client.complete(rta, sent),
      client.write(rta, sent.id, "x"),
    ];
    for (const outcome of await Promise.all(attempts)) {
      expect(outcome).toMatchObject({ code: "NO_SUCH_REQUEST", current: null, problems: [] });
    }
    expect(await look(sent.id, "revision status")).toEqual({ revision: 2, status: "SUBMITTED" });
  });

  test.each([
    ["a clerk without the scope", clerkOf("gdrfa", "clerk", ["billing:read"]), "FORBIDDEN"],
    ["a person", personCalled("amal"), "FORBIDDEN"],
    [
      "an operator with the scope",
      { ...clerkOf("gdrfa"), kind: "operator", agencyId: undefined },
      "FORBIDDEN",
    ],
  ])("are not processed by %s", async (_, principal: any, code) => {
    const seen = { id: "req_x", revision: 1 };
    for (const outcome of [
      await client.approve(principal, seen),
      await client.assign(principal, seen),
      await services.ask("{ agencyRequests { totalCount } }", { principal }),
    ]) {
      expect(outcome.errors[0].extensions.code).toBe(code);
    }
  });

  test("carry messages of both sides, in order, that nobody else reads", async () => {
    const sent = await client.submit(amal, await client.start(amal), "key");
    await client.write(amal, sent.id, "When will it be done?");
    await client.write(gdrfa, sent.id, " Tomorrow. ");
    const { messages, revision } = await look(sent.id, "revision messages { number by text }");
    expect(messages).toEqual([
      { number: 1, by: "PERSON", text: "When will it be done?" },
      { number: 2, by: "AGENCY", text: "Tomorrow." },
    ]);
    expect(revision).toBe(sent.revision);
    const empty = await client.write(amal, sent.id, "  ");
    expect(empty.errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  test("count the agency's time in working days, not while it waits for the person", async () => {
    now = Date.parse("2027-02-04T10:00:00+04:00");
    const sent = await client.submit(amal, await client.start(amal), "key");
    expect(sent.serviceLevel).toMatchObject({
      state: "RUNNING",
      promisedSeconds: 86_400,
      dueAt: "2027-02-05T06:00:00.000Z",
      overdue: false,
    });
    pass(4);
    const reviewed = await client.review(gdrfa, await client.assign(gdrfa, sent));
    const asked = await client.inquire(gdrfa, reviewed, "Which month?");
    expect(asked.serviceLevel).toMatchObject({
      state: "PAUSED",
      usedSeconds: 4 * 3_600,
      dueAt: null,
    });
    pass(7 * 24);
    const answered = await client.answer(amal, asked, "May");
    // Thursday 14:00: twenty hours are left, ten of Thursday and ten of Friday.
    expect(answered.serviceLevel).toMatchObject({
      state: "RUNNING",
      dueAt: "2027-02-12T06:00:00.000Z",
    });
    const queue = async (filter: object) => {
      const query =
        "query($filter: AgencyRequestsFilter) { agencyRequests(filter: $filter, first: 100) { nodes { id } } }";
      const { data } = await services.ask(query, { principal: gdrfa, variables: { filter } });
      return data.agencyRequests.nodes.map(({ id }: any) => id);
    };
    expect(await queue({ overdue: false })).toContain(sent.id);
    pass(24);
    expect(await queue({ overdue: true })).toContain(sent.id);
    expect(await queue({ overdue: false })).not.toContain(sent.id);
    const decided = await client.reject(gdrfa, answered);
    expect(decided.serviceLevel).toMatchObject({ state: "ENDED", overdue: true, dueAt: null });
    expect(await queue({ overdue: true })).not.toContain(sent.id);
  });

  test("stand in their agency's queue, filtered and paged, the longest waiting first", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const draft = await client.start(amal, free, freeAnswers, []);
      pass(1);
      ids.push((await client.submit(amal, draft, `key ${index}`)).id);
    }
    const [first] = ids;
    await client.assign(municipality, { id: first!, revision: 2 }, "clerk-of-five");
    const query = `query($filter: AgencyRequestsFilter, $first: Int!, $after: String) {
      agencyRequests(filter: $filter, first: $first, after: $after) { totalCount nodes { id service { id } }
        pageInfo { hasNextPage endCursor } } }`;
    const page = async (variables: object, principal = municipality) =>
      (await services.ask(query, { principal, variables: { first: 2, ...variables } })).data
        .agencyRequests;
    const mine = { statuses: ["SUBMITTED", "ASSIGNED"], serviceId: free };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: any = await page({ filter: mine, after });
      seen.push(...nodes.map(({ id }: any) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    expect(await page({ filter: { assignedTo: "clerk-of-five" } })).toMatchObject({
      totalCount: 1,
      nodes: [{ id: first }],
    });
    expect((await page({ filter: { statuses: [] } })).totalCount).toBe(0);
    expect((await page({ filter: mine }, rta)).totalCount).toBe(0);
    services.database.statements.length = 0;
    await page({ filter: mine, first: 5 });
    // The page, its services, and the count.
    expect(services.database.statements).toHaveLength(3);
    const foreign = await services.ask(query, {
      principal: municipality,
      variables: { first: 2, after: Buffer.from('["never","x"]').toString("base64url") },
    });
    expect(foreign.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("are begun for services that take them, twenty drafts at most", async () => {
    expect(await client.start(amal, "dewa-electricity-bill")).toMatchObject({
      code: "NO_REQUESTS",
    });
    expect(await client.start(amal, "no-such-service")).toMatchObject({ code: "NO_REQUESTS" });
    for (let index = 0; index < 20; index += 1) await client.start(amal, free, {}, []);
    expect(await client.start(amal, free, {}, [])).toMatchObject({ code: "TOO_MANY_DRAFTS" });
  });

  test("come with history, messages, form and fee by one statement each, however many there are", async () => {
    for (let index = 0; index < 4; index += 1) await client.reviewed(amal, gdrfa);
    services.database.statements.length = 0;
    const { data, errors } = await services.ask(
      "{ me { serviceRequests(first: 4) { nodes { id history { event } messages { text } form { version } fee { paidAt } problems { field } service { name { en } } } } } }",
      { principal: amal },
    );
    expect(errors).toBeUndefined();
    expect(data.me.serviceRequests.nodes).toHaveLength(4);
    // Requests, services, steps, messages, forms; no fee is due yet.
    expect(services.database.statements).toHaveLength(5);
  });
});
