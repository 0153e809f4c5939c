import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Access } from "../../../subgraphs/data-sharing/access-log.rules.ts";
import { createAccessLogWriter } from "../../../subgraphs/data-sharing/access-log.writer.ts";
import { listAccessSums, scanAccesses } from "../../../subgraphs/data-sharing/statistics.store.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import type { DataSharingTables } from "../../../subgraphs/data-sharing/tables.ts";
import { createTreeHeadKey } from "../../../subgraphs/data-sharing/tree-head.ts";
import { databases } from "../../support/databases.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  mobilityTerms,
  mobilityWish,
  staff,
} from "../../support/sharing-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const hourMs = 3_600_000;
const all = { from: null, to: null };
const key = createTreeHeadKey(new Uint8Array(32).fill(7));

describe.each(databases)("the sums of the access log on $kind", ({ open }) => {
  test("are what a scan of the log counts, whatever was written, together or alone", async () => {
    await using database = await open<DataSharingTables, any>(subgraph);
    let nowMs = Date.parse("2026-01-30T20:00:00Z");
    const writer = createAccessLogWriter({
      db: database.db,
      key,
      clock: () => nowMs,
      settle: async (_db, submissions) => submissions.map(({ access }) => access),
    });
    const anAccess = fc
      .record({
        agencyId: fc.constantFrom("dubai-cares", "noor-dubai", null),
        datasetId: fc.constantFrom("rta-nol-journeys", "dewa-grid-load", null),
        operation: fc.constantFrom("ROWS", "COUNTS", "PRIVATE_AGGREGATE", "REQUEST", "SIGN"),
        rowCount: fc.nat(50),
        isGranted: fc.boolean(),
      })
      .map(({ isGranted, rowCount, ...rest }) => ({
        ...rest,
        actor: "somebody",
        subjectId: "grant_1",
        purpose: "RESEARCH",
        fields: ["area"],
        rowCount: isGranted ? rowCount : 0,
        suppressedCells: 0,
        outcome: isGranted ? "GRANTED" : "REFUSED",
        refusal: isGranted ? null : "GRANT_REVOKED",
        requestId: "test",
      })) as fc.Arbitrary<Access>;
    const groups = fc.array(
      fc.record({
        accesses: fc.array(anAccess, { minLength: 1, maxLength: 12 }),
        pauseHours: fc.nat(400),
      }),
      { minLength: 1, maxLength: 6 },
    );
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(groups, async (given) => {
        for (const { accesses, pauseHours } of given) {
          nowMs += pauseHours * hourMs;
          await Promise.all(accesses.map((access) => writer.write(access)));
        }
        const sums = await listAccessSums(database.db, all);
        expect(sums).toEqual(await scanAccesses(database.db));
        seen = Math.max(seen, new Set(sums.map(({ month }) => month)).size);
      }),
      { numRuns: 12 },
    );
    // It would prove little within one month.
    expect(seen).toBeGreaterThan(2);
  });

  test("turn the month at the city's midnight, and leave nothing behind of what was rolled back", async () => {
    await using database = await open<DataSharingTables, any>(subgraph);
    let nowMs = Date.parse("2026-03-31T19:59:59Z");
    let isBroken = false;
    const writer = createAccessLogWriter({
      db: database.db,
      key,
      clock: () => nowMs,
      async settle(_db, submissions) {
        return submissions.map(({ access }) => (isBroken ? { ...access, rowCount: -1 } : access));
      },
    });
    const access: Access = {
      actor: "somebody",
      agencyId: "dubai-cares",
      subjectId: "grant_1",
      datasetId: "rta-nol-journeys",
      purpose: "RESEARCH",
      operation: "ROWS",
      fields: ["area"],
      rowCount: 3,
      suppressedCells: 0,
      outcome: "GRANTED",
      refusal: null,
      requestId: "test",
    };
    await writer.write(access);
    nowMs += 1_000;
    await writer.write(access);
    isBroken = true;
    await expect(writer.write(access)).rejects.toThrow();
    const line = { agency_id: "dubai-cares", publisher_id: "rta", granted: 1n, refused: 0n };
    expect(await listAccessSums(database.db, all)).toEqual([
      { month: "2026-03-01", ...line, rows_given: 3n },
      { month: "2026-04-01", ...line, rows_given: 3n },
    ]);
    expect(await listAccessSums(database.db, { from: "2026-04-15", to: null })).toHaveLength(1);
    expect(await listAccessSums(database.db, { from: null, to: "2026-03-15" })).toHaveLength(1);
  });
});

const query = `query($from: LocalDate, $to: LocalDate) { sharingStatistics(from: $from, to: $to) {
  datasets queryableDatasets byAccessLevel { accessLevel datasets }
  requests { requests waiting approved rejected withdrawn medianHoursToDecision p90HoursToDecision }
  grants { active suspended revoked expired } accesses { granted refused rows }
  byAgency { agency { id } datasets requests { requests medianHoursToDecision } grantsGiven { active revoked }
    grantsHeld { active revoked expired } accessesToItsData { granted } accessesByIt { granted refused } }
  byMonth { month agency { id } publisher { id } accesses { granted refused rows } } } }`;

describe.each(databases)("statistics for reports on openness on $kind", ({ kind }) => {
  const start = Date.parse("2026-05-10T08:00:00Z");
  let nowMs = start;
  let started: StartedSubgraph;
  let grantId: string;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind, { clock: () => nowMs });
    const story = createStory(started.ask);
    const signers = { publisher: await createSigner(), requester: await createSigner() };
    await story.register(staff.rtaApprover, signers.publisher);
    await story.register(staff.cares, signers.requester);
    const decide = async (hours: number, how: "APPROVE" | "REJECT" | "WITHDRAW") => {
      const { id } = await story.request(staff.cares, mobilityWish);
      if (how === "WITHDRAW") return story.withdraw(staff.cares, id);
      await story.assess(staff.rtaAssessor, id, 1);
      nowMs += hours * hourMs;
      return how === "REJECT"
        ? story.reject(staff.rtaApprover, id)
        : story.approve(staff.rtaApprover, id, mobilityTerms);
    };
    await decide(10, "REJECT");
    await decide(20, "REJECT");
    await decide(30, "REJECT");
    await decide(0, "WITHDRAW");
    const { id } = await decide(40, "APPROVE");
    const { agreement } = await story.accept(staff.cares, id);
    await story.sign(staff.rtaApprover, id, await signers.publisher.sign(agreement.document));
    const { grant } = await story.sign(
      staff.cares,
      id,
      await signers.requester.sign(agreement.document),
    );
    grantId = grant.id;
    const read = (purpose: string) =>
      started.ask(countsQuery, {
        principal: staff.cares,
        variables: { grant: grantId, purpose, by: ["period"] },
      });
    await read("RESEARCH");
    await read("NOTIFICATION");
    nowMs = Date.parse("2026-06-02T08:00:00Z");
    await read("RESEARCH");
  });
  afterAll(() => started[Symbol.asyncDispose]());
  const ask = async (variables = {}) =>
    (await started.ask(query, { variables })).data.sharingStatistics;

  test("count datasets, requests with their times to decision, grants and accesses", async () => {
    const figures = await ask();
    expect(figures).toMatchObject({
      datasets: 71,
      queryableDatasets: 2,
      requests: {
        requests: 5,
        waiting: 0,
        approved: 1,
        rejected: 3,
        withdrawn: 1,
        // Of 10, 20, 30 and 40 hours, interpolated between neighbours.
        medianHoursToDecision: 25,
        p90HoursToDecision: 37,
      },
      grants: { active: 1, suspended: 0, revoked: 0, expired: 0 },
      accesses: { granted: 2, refused: 1 },
    });
    const levels = figures.byAccessLevel.map(({ datasets }: any) => datasets);
    expect(levels.reduce((sum: number, one: number) => sum + one)).toBe(71);
  });

  test("tell by agency what it shares and is given, and by month who read what of whom", async () => {
    const { byAgency, byMonth } = await ask();
    const of = (id: string) => byAgency.find(({ agency }: any) => agency.id === id);
    expect(of("rta")).toMatchObject({
      requests: { requests: 5, medianHoursToDecision: 25 },
      grantsGiven: { active: 1 },
      accessesToItsData: { granted: 2 },
      accessesByIt: { granted: 0 },
    });
    expect(of("dubai-cares")).toMatchObject({
      requests: { requests: 0, medianHoursToDecision: null },
      grantsHeld: { active: 1 },
      accessesByIt: { granted: 2, refused: 1 },
    });
    expect(byMonth.map(({ month, accesses }: any) => [month, accesses.granted])).toEqual([
      ["2026-05-01", 1],
      ["2026-06-01", 1],
    ]);
    expect(byMonth[0]).toMatchObject({ agency: { id: "dubai-cares" }, publisher: { id: "rta" } });
  });

  test("keep to the period that is asked for", async () => {
    expect(await ask({ from: "2026-06-01" })).toMatchObject({
      requests: { requests: 0, medianHoursToDecision: null },
      accesses: { granted: 1, refused: 0 },
      datasets: 71,
    });
    expect(await ask({ from: "2026-05-01", to: "2026-05-31" })).toMatchObject({
      requests: { requests: 5 },
      accesses: { granted: 1, refused: 1 },
    });
    const { errors } = await started.ask(query, {
      variables: { from: "2026-06-01", to: "2026-05-01" },
    });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("are open to all, kept for five minutes, and ask four statements, none of them of the log", async () => {
    started.database.statements.length = 0;
    const { headers, body } = await started.send(query);
    expect(body.errors).toBeUndefined();
    expect(headers.get("cache-control")).toBe("max-age=300, public");
    expect(started.database.statements).toHaveLength(4);
    for (const statement of started.database.statements) {
      expect(statement).not.toContain("access_log_entry");
    }
  });
});
