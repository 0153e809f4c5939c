import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { machines } from "../../../subgraphs/data-sharing/sharing.rules.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { databases } from "../../support/databases.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  figureQuery,
  mobilityTerms,
  mobilityWish,
  profileTerms,
  profileWish,
  rowsQuery,
  type Signer,
  staff,
} from "../../support/sharing-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const start = Date.parse("2026-06-01T08:00:00Z");
const amal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };

describe.each(databases)("from a request to access on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  let story: ReturnType<typeof createStory>;
  let signers: { publisher: Signer; requester: Signer };
  let tadweer: { publisher: Signer; requester: Signer };
  let nowMs = start;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind, { clock: () => nowMs });
    story = createStory(started.ask);
    signers = { publisher: await createSigner(), requester: await createSigner() };
    tadweer = { publisher: await createSigner(), requester: await createSigner() };
    await story.register(staff.rtaApprover, signers.publisher);
    await story.register(staff.cares, signers.requester);
    await story.register(staff.cityApprover, tadweer.publisher);
    await story.register(staff.tadweer, tadweer.requester);
  });
  beforeEach(() => {
    nowMs = start;
  });
  afterAll(() => started[Symbol.asyncDispose]());
  const run = (statement: string) => sql.raw(statement).execute(started.database.db);

  /** Grants of one test must not stand in the way of the next. */
  const reach = async (terms: object = {}) => {
    const reached = await story.reach(
      {
        requester: staff.cares,
        assessor: staff.rtaAssessor,
        approver: staff.rtaApprover,
        input: mobilityWish,
        terms: { ...mobilityTerms, ...terms },
      },
      signers,
    );
    const grant: string = reached.grant.id;
    const read = async (query: string, variables: object, principal = staff.cares as any) => {
      const answer = await started.ask(query, {
        principal,
        variables: { grant, purpose: "RESEARCH", ...variables },
      });
      expect(answer.errors).toBeUndefined();
      return Object.values<any>(answer.data)[0];
    };
    return {
      id: reached.id as string,
      reached,
      grant,
      read,
      async [Symbol.asyncDispose]() {
        await story.changeGrant(staff.rtaApprover, grant, "REVOKED");
      },
    };
  };
  const lastEntry = async () =>
    started.database.db
      .selectFrom("access_log_entry")
      .selectAll()
      .orderBy("sequence", "desc")
      .executeTakeFirstOrThrow() as any;

  const refusalsAt = async (told: readonly { loggedAs: number }[]) => {
    const entries = await started.database.db
      .selectFrom("access_log_entry")
      .select("refusal")
      .where(
        "sequence",
        "in",
        told.map(({ loggedAs }) => BigInt(loggedAs)),
      )
      .execute();
    return entries.map(({ refusal }: any) => refusal);
  };

  test("the database knows exactly the steps that the rules know", async () => {
    const steps = await started.database.db
      .selectFrom("legal_step" as any)
      .selectAll()
      .execute();
    const known = Object.entries(machines).flatMap(([machine, states]) =>
      Object.entries(states).flatMap(([from, next]) =>
        next.map((to: string) => `${machine} ${from} ${to}`),
      ),
    );
    const held = steps.map((step: any) => `${step.machine} ${step.from_state} ${step.to_state}`);
    expect(new Set(held)).toEqual(new Set(known));
  });

  test("a request is assessed, approved, agreed by two signatures and becomes a grant, step by step", async () => {
    await using access = await reach();
    const { state, risk, agreement, grant, steps } = access.reached;
    expect({ state, risk, negotiation: agreement.state, grant: grant.state }).toEqual({
      state: "APPROVED",
      risk: 5,
      negotiation: "FINALIZED",
      grant: "ACTIVE",
    });
    expect(steps.map((step: any) => `${step.to} by ${step.by}`)).toEqual([
      "SUBMITTED by cares-huda",
      "ASSESSED by rta-salem",
      "APPROVED by rta-maryam",
      "OFFERED by rta-maryam",
      "ACCEPTED by cares-huda",
      "AGREED by rta-maryam",
      "VERIFIED by cares-huda",
      "FINALIZED by cares-huda",
      "ACTIVE by cares-huda",
    ]);
    const document = JSON.parse(agreement.document);
    expect(document).toMatchObject({ "@type": "Agreement", permission: [{ action: "use" }] });
    expect(agreement.page.en).toContain("Fields: area, period, minutes");
    expect(agreement.page.ar).toContain("الاتفاقية");
  });

  test("requester, assessor and approvers are different people, and a high risk needs two approvals", async () => {
    const { id } = await story.request(staff.cares, mobilityWish);
    expect(await story.assess(staff.rtaAssessor, id, 2)).toMatchObject({
      risk: 10,
      needsSecondReview: true,
    });
    expect(await story.approve(staff.rtaAssessor, id, mobilityTerms)).toMatchObject({
      code: "SAME_EYES",
    });
    expect(await story.approve(staff.rtaApprover, id, mobilityTerms)).toMatchObject({
      state: "AWAITING_SECOND_REVIEW",
      agreement: null,
    });
    expect(await story.approve(staff.rtaApprover, id, mobilityTerms)).toMatchObject({
      code: "SAME_EYES",
    });
    await expect(
      run(`update sharing_request set state = 'APPROVED' where id = '${id}'`),
    ).rejects.toThrow("two_approved_when_needed");
    expect(await story.reject(staff.rtaSecond, id)).toMatchObject({ state: "REJECTED" });
  });

  test("illegal steps are refused by the graph, and by the database to whoever writes to it", async () => {
    const { id } = await story.request(staff.cares, mobilityWish);
    expect(await story.approve(staff.rtaApprover, id, mobilityTerms)).toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
    expect(await story.accept(staff.cares, id)).toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await story.assess(staff.noor, id, 1).catch((error: Error) => error.message)).toContain(
      "data-sharing:review",
    );
    await expect(
      run(`update sharing_request set state = 'APPROVED' where id = '${id}'`),
    ).rejects.toThrow("cannot step");
    await expect(run(`delete from sharing_request where id = '${id}'`)).rejects.toThrow(
      "append-only",
    );
    expect(await story.withdraw(staff.noor, id)).toMatchObject({ code: "NOT_FOUND" });
    expect(await story.withdraw(staff.cares, id)).toMatchObject({ state: "WITHDRAWN" });
  });

  test("a request that overlaps another or a grant is refused, and the attempt is in the log", async () => {
    const { id } = await story.request(staff.cares, mobilityWish);
    const again = await story.request(staff.cares, mobilityWish);
    expect(again).toMatchObject({ code: "OVERLAPPING_REQUEST" });
    expect(await lastEntry()).toMatchObject({
      sequence: BigInt(again.loggedAs),
      operation: "REQUEST",
      refusal: "OVERLAPPING_REQUEST",
      actor: "cares-huda",
    });
    await story.withdraw(staff.cares, id);
    await using _access = await reach();
    expect(await story.request(staff.cares, mobilityWish)).toMatchObject({
      code: "OVERLAPPING_REQUEST",
    });
  });

  test("forged, foreign and replayed signatures are refused and logged", async () => {
    const { id } = await story.request(staff.cares, mobilityWish);
    await story.assess(staff.rtaAssessor, id, 1);
    await story.approve(staff.rtaApprover, id, mobilityTerms);
    const { document } = (await story.accept(staff.cares, id)).agreement;
    const good = await signers.publisher.sign(document);
    const keyId = JSON.parse(Buffer.from(good.split(".")[0]!, "base64url").toString()).kid;
    const forged = await (await createSigner(keyId)).sign(document);
    const refusalOf = async (signature: string) => {
      const told = await story.sign(staff.rtaApprover, id, signature);
      expect(await lastEntry()).toMatchObject({ operation: "SIGN", refusal: told.code });
      return told.code;
    };
    expect(await refusalOf(forged)).toBe("SIGNATURE_INVALID");
    expect(await refusalOf(await signers.requester.sign(document))).toBe("SIGNATURE_INVALID");
    expect(await refusalOf("nonsense")).toBe("SIGNATURE_INVALID");
    expect(await refusalOf(await signers.publisher.sign(`${document} `))).toBe(
      "SIGNATURE_REPLAYED",
    );
    expect(await story.sign(staff.rtaApprover, id, good)).toMatchObject({
      agreement: { state: "AGREED" },
    });
    expect(await refusalOf(good)).toBe("SIGNATURE_REPLAYED");
    const done = await story.sign(staff.cares, id, await signers.requester.sign(document));
    await expect(
      run(`update sharing_agreement set document = '{}' where request_id = '${id}'`),
    ).rejects.toThrow("never changed");
    await story.changeGrant(staff.rtaApprover, done.grant.id, "REVOKED");
  });

  test("a renewal is a new version that both sign; the old signature does not fit it", async () => {
    await using access = await reach();
    const old = access.reached.agreement;
    const offered = await story.renew(staff.rtaApprover, access.id, "2030-06-01T00:00:00Z");
    expect(offered.agreement).toMatchObject({ version: 2, state: "OFFERED" });
    expect(offered.grant.until).toBe("2029-01-01T00:00:00.000Z");
    await story.accept(staff.cares, access.id);
    expect(await story.sign(staff.rtaApprover, access.id, old.publisherSignature)).toMatchObject({
      code: "SIGNATURE_REPLAYED",
    });
    const { document } = offered.agreement;
    await story.sign(staff.rtaApprover, access.id, await signers.publisher.sign(document));
    const renewed = await story.sign(
      staff.cares,
      access.id,
      await signers.requester.sign(document),
    );
    expect(renewed.grant).toMatchObject({ id: access.grant, until: "2030-06-01T00:00:00.000Z" });
  });

  test("rows have the granted fields and rows only; every access is in the log", async () => {
    await using access = await reach({
      operations: ["ROWS"],
      rowFilter: [{ field: "area", values: ["hatta"] }],
    });
    const rows = await access.read(rowsQuery, { fields: ["area", "minutes"] });
    expect(rows.columns).toEqual(["area", "minutes"]);
    expect(rows.rows.length).toBeGreaterThan(0);
    expect(new Set(rows.rows.map(({ values }: any) => values[0]))).toEqual(new Set(["hatta"]));
    expect(await lastEntry()).toMatchObject({
      sequence: BigInt(rows.logSequence),
      actor: "cares-huda",
      agency_id: "dubai-cares",
      subject_id: access.grant,
      dataset_id: "rta-nol-journeys",
      purpose: "RESEARCH",
      fields: ["area", "minutes"],
      row_count: rows.rows.length,
      outcome: "GRANTED",
    });
  });

  test.each([
    ["a field outside of the grant", { fields: ["mode"] }, staff.cares, "FIELD_NOT_GRANTED"],
    [
      "another purpose",
      { fields: ["area"], purpose: "NOTIFICATION" },
      staff.cares,
      "PURPOSE_MISMATCH",
    ],
    ["somebody else's grant", { fields: ["area"] }, staff.noor, "GRANT_FOREIGN"],
    ["a grant that is none", { fields: ["area"], grant: "grant_0" }, staff.cares, "GRANT_FOREIGN"],
  ])("%s is refused and logged", async (_what, variables, principal, code) => {
    await using access = await reach({ operations: ["ROWS"] });
    const told = await access.read(rowsQuery, variables, principal);
    expect(told).toMatchObject({ __typename: "SharingRefused", code });
    expect(await lastEntry()).toMatchObject({
      sequence: BigInt(told.loggedAs),
      actor: principal.id,
      outcome: "REFUSED",
      refusal: code,
      row_count: 0,
    });
  });

  test("a granted read with its entry in the log takes three statements: the grant, the data, the log", async () => {
    await using access = await reach();
    const read = () => access.read(countsQuery, { by: ["area"] });
    await read();
    started.database.statements.length = 0;
    expect((await read()).__typename).toBe("SharedCounts");
    expect(started.database.statements).toHaveLength(3);
  });

  test("rows never join counts or noise of persons in one grant, and a way that was not granted is refused", async () => {
    const { id } = await story.request(staff.cares, mobilityWish);
    await story.assess(staff.rtaAssessor, id, 1);
    const joined = { ...mobilityTerms, operations: ["ROWS", "COUNTS"] };
    await expect(story.approve(staff.rtaApprover, id, joined)).rejects.toThrow(
      "must not join ROWS",
    );
    await story.withdraw(staff.cares, id);
    await using access = await reach();
    const told = await access.read(rowsQuery, { fields: ["area"] });
    expect(told).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await lastEntry()).toMatchObject({ operation: "ROWS", refusal: "NOT_ALLOWED" });
  });

  test("suspension, revocation and expiry take effect at once", async () => {
    await using access = await reach({ operations: ["ROWS"] });
    const read = async () => {
      const told = await access.read(rowsQuery, { fields: ["area"] });
      // Every attempt is in the log, with the reason why it failed.
      expect(await lastEntry()).toMatchObject({
        sequence: BigInt(told.loggedAs ?? told.logSequence),
        subject_id: access.grant,
        refusal: told.code ?? null,
        outcome: told.code ? "REFUSED" : "GRANTED",
      });
      return told.code ?? told.__typename;
    };
    expect(await read()).toBe("SharedRows");
    await story.changeGrant(staff.rtaApprover, access.grant, "SUSPENDED");
    expect(await read()).toBe("GRANT_SUSPENDED");
    await story.changeGrant(staff.rtaApprover, access.grant, "ACTIVE");
    expect(await read()).toBe("SharedRows");
    nowMs = Date.parse("2029-01-01T00:00:00Z");
    expect(await read()).toBe("GRANT_EXPIRED");
    nowMs = Date.parse("2025-06-01T00:00:00Z");
    // The log's clock does not go back with ours.
    expect(await read()).toBe("GRANT_NOT_STARTED");
    nowMs = start;
    expect(await story.changeGrant(staff.noor, access.grant, "REVOKED").catch(() => "no")).toBe(
      "no",
    );
    await story.changeGrant(staff.rtaApprover, access.grant, "REVOKED");
    expect(await read()).toBe("GRANT_REVOKED");
    expect(await story.changeGrant(staff.rtaApprover, access.grant, "ACTIVE")).toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
  });

  test("the rate of a grant holds for accesses at the same time, and begins anew each hour", async () => {
    await using access = await reach({ operations: ["ROWS"], ratePerHour: 3 });
    nowMs += 3_600_000;
    const told = await Promise.all(
      Array.from({ length: 8 }, () => access.read(rowsQuery, { fields: ["area"] })),
    );
    const exceeded = told.filter(({ code }) => code === "RATE_EXCEEDED");
    expect(exceeded).toHaveLength(5);
    expect(await refusalsAt(exceeded)).toEqual(Array(5).fill("RATE_EXCEEDED"));
    nowMs += 3_600_000;
    expect(await access.read(rowsQuery, { fields: ["area"] })).toMatchObject({
      __typename: "SharedRows",
    });
  });

  test("counts of small groups are kept back, and so is what would give them away", async () => {
    await using access = await reach();
    const { cells } = await access.read(countsQuery, { by: ["area"] });
    const hidden = cells.filter(({ count }: any) => count === null).map(({ keys }: any) => keys[0]);
    expect(hidden).toContain("hatta");
    expect(hidden.length).toBeGreaterThan(1);
    expect(cells.find(({ keys }: any) => keys[0] === null).count).toBeGreaterThan(300);
    expect(await lastEntry()).toMatchObject({
      operation: "COUNTS",
      suppressed_cells: hidden.length,
    });
  });

  test("the privacy budget is spent once a question, never exceeded, also by requests at the same time", async () => {
    await using access = await reach();
    const ask = (cost: number, area?: string) =>
      access.read(figureQuery, {
        kind: "PERSONS",
        cost,
        where: area === undefined ? [] : [{ field: "area", values: [area] }],
      });
    const first = await ask(400);
    expect(first).toMatchObject({ milliEpsilon: 400, remainingMilliEpsilon: 600 });
    expect(Math.abs(first.value - 300)).toBeLessThan(100);
    expect(await ask(400)).toMatchObject({ value: first.value, remainingMilliEpsilon: 600 });
    const areas = ["deira", "bur-dubai", "dubai-marina", "al-quoz", "jumeirah"];
    const told = await Promise.all(areas.map((area) => ask(200, area)));
    const exhausted = told.filter(({ code }) => code === "BUDGET_EXHAUSTED");
    expect(exhausted).toHaveLength(2);
    expect(await lastEntry()).toMatchObject({ operation: "PRIVATE_AGGREGATE" });
    expect(await refusalsAt(exhausted)).toEqual(["BUDGET_EXHAUSTED", "BUDGET_EXHAUSTED"]);
    const { rows } = await sql<{ spent: number }>`select spent_milli_epsilon as spent
      from access_grant where id = ${access.grant}`.execute(started.database.db);
    expect(rows[0]?.spent).toBe(1_000);
    await expect(
      run(`update access_grant set spent_milli_epsilon = 1001 where id = '${access.grant}'`),
    ).rejects.toThrow("budget_is_never_exceeded");
  });

  test("on consent, only those who consent are read, only as far as they do, and they see who did; withdrawal ends it at once", async () => {
    const { grant } = await story.reach(
      {
        requester: staff.tadweer,
        assessor: staff.cityAssessor,
        approver: staff.cityApprover,
        input: profileWish,
        terms: profileTerms,
      },
      tadweer,
    );
    const read = async () => {
      const { data } = await started.ask(rowsQuery, {
        principal: staff.tadweer,
        variables: {
          grant: grant.id,
          purpose: "SERVICE_DELIVERY",
          fields: ["name", "homeAddress"],
        },
      });
      return data.sharedRows.rows.map(({ values }: any) => values);
    };
    expect(await read()).toEqual([["Amal (sample)", "1 Sample Street, Deira"]]);
    const { data } = await started.ask(
      "{ me { dataAccesses(first: 1) { nodes { agency { id } legalBasis fields { name } consent { id status } } } } }",
      { principal: amal },
    );
    const [seen] = data.me.dataAccesses.nodes;
    expect(seen).toMatchObject({
      agency: { id: "tadweer-express" },
      legalBasis: "CONSENT",
      fields: [{ name: "name" }, { name: "homeAddress" }],
      consent: { status: "ACTIVE" },
    });
    await started.ask("mutation($id: ID!) { withdrawConsent(id: $id) { __typename } }", {
      principal: amal,
      variables: { id: seen.consent.id },
    });
    expect(await read()).toEqual([]);
    const counts = await started.ask(countsQuery, {
      principal: staff.tadweer,
      variables: { grant: grant.id, purpose: "SERVICE_DELIVERY", by: ["name"] },
    });
    expect(counts.data.sharedCounts).toMatchObject({ code: "NOT_ALLOWED" });
  });
});
