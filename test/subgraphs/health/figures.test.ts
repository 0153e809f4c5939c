import fc from "fast-check";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { type FigurePeriodKind, figurePeriods } from "../../../subgraphs/health/figure.rules.ts";
import { latestFigures } from "../../../subgraphs/health/figure.store.ts";
import { publishFigures } from "../../../subgraphs/health/publish-figures.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import {
  type FigureMetric,
  figureMetrics,
  type HealthTables,
} from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const authority: Principal = {
  kind: "agency",
  id: "agency-dha",
  agencyId: "dha",
  scopes: ["figures:write"],
  policies: [],
};
const publisher = { agencyId: "dha", actorId: "agency-dha" };
const publish = `mutation ($input: PublishFiguresInput!) { publishFigures(input: $input) { changed repeated } }`;

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;

/** The first day of a period, found by walking back day by day. */
function startOf(kind: FigurePeriodKind, day: string): string {
  const begins = (date: Date): boolean => {
    if (kind === "MONTH") return date.getUTCDate() === 1;
    if (kind === "DAY") return true;
    const sundays = kind === "WORKING_WEEK" && date < new Date("2022-01-01");
    return date.getUTCDay() === (sundays ? 0 : 1);
  };
  for (let date = new Date(day); ; date = new Date(date.getTime() - 86_400_000)) {
    if (begins(date)) return date.toISOString().slice(0, 10);
  }
}

type Published = {
  readonly metric: FigureMetric;
  readonly day: string;
  readonly value: number;
  readonly at: number;
};

/** Days added up from all that was published until then, the later before the earlier. */
function sums(
  all: readonly Published[],
  metric: FigureMetric,
  kind: FigurePeriodKind,
  until: number,
) {
  const known = new Map<string, number>();
  for (const one of all) {
    if (one.metric === metric && one.at <= until) known.set(one.day, one.value);
  }
  const byStart = Map.groupBy(known.entries(), ([day]) => startOf(kind, day));
  return [...byStart]
    .map(([start, days]) => ({
      start,
      total: days.reduce((sum, [, value]) => sum + value, 0),
      days: days.length,
    }))
    .toSorted((a, b) => a.start.localeCompare(b.start));
}

describe.each(databases)("figures on $kind", ({ kind: database }) => {
  let health: StartedSubgraph;
  let db: Kysely<HealthTables>;
  let now = Date.parse("2026-07-01T09:00:00+04:00");
  beforeAll(async () => {
    health = await startSubgraph(subgraph, database, { clock: () => now });
    db = health.database.db;
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const send = async (input: object, principal: Principal = authority) => {
    const answer = await health.ask(publish, { principal, variables: { input } });
    const { extensions } = answer as { extensions?: unknown };
    return { it: answer.data?.publishFigures, errors: answer.errors, extensions };
  };
  const given = (value: number, day = "2026-06-30", metric = "TESTS") => ({
    figures: [{ metric, day, value }],
    source: "Test",
    idempotencyKey: newKey(),
  });

  test("the seed's days add up to what the file's totals say", async () => {
    const { data } = await health.ask(
      `{ figures(metric: CASES, by: MONTH, to: "2020-05-02") { start end total days } }`,
    );
    expect(data.figures.slice(2)).toEqual([
      { start: "2020-03-01", end: "2020-03-31", total: 643, days: 31 },
      { start: "2020-04-01", end: "2020-04-30", total: expect.any(Number), days: 30 },
      { start: "2020-05-01", end: "2020-05-31", total: expect.any(Number), days: 2 },
    ]);
    const total = data.figures.reduce((sum: number, one: { total: number }) => sum + one.total, 0);
    expect(total).toBe(13_599);
  });

  test("a published figure is the latest at once, and the gateway is told what is stale", async () => {
    const { it, extensions } = await send(given(1_000));
    expect(it).toEqual({ changed: 1, repeated: false });
    expect(extensions).toEqual({
      invalidation: [
        { kind: "type", subgraph: "health", type: "LatestFigure" },
        { kind: "cache_tag", subgraphs: ["health"], cache_tag: "figures" },
      ],
    });
    health.database.statements.length = 0;
    const { data } = await health.ask("{ latestFigures { metric day value revisions source } }");
    expect(health.database.statements).toHaveLength(1);
    expect(data.latestFigures.map(({ metric }: { metric: string }) => metric)).toEqual([
      "CASES",
      "TESTS",
    ]);
    expect(data.latestFigures[1]).toEqual({
      metric: "TESTS",
      day: "2026-06-30",
      value: 1_000,
      revisions: 1,
      source: "Test",
    });
  });

  test("a revision is kept beside what was known before, and asked for by its time", async () => {
    await send(given(10, "2026-06-01"));
    const before = new Date(now).toISOString();
    now += 60_000;
    await send(given(12, "2026-06-01"));
    const ask = async (asOf: string) =>
      (
        await health.ask(
          `{ figures(metric: TESTS, from: "2026-06-01", to: "2026-06-01"${asOf}) { total } }`,
        )
      ).data.figures;
    expect(await ask("")).toEqual([{ total: 12 }]);
    expect(await ask(`, asOf: "${before}"`)).toEqual([{ total: 10 }]);
    expect(await ask(`, asOf: "2026-01-01T00:00:00Z"`)).toEqual([]);
    const { data } = await health.ask(
      `{ figureRevisions(metric: TESTS, day: "2026-06-01") { value recordedAt } }`,
    );
    expect(data.figureRevisions).toEqual([
      { value: 10, recordedAt: before },
      { value: 12, recordedAt: new Date(now).toISOString() },
    ]);
  });

  test("what was known already is no revision; a key does its work once", async () => {
    const input = given(7, "2026-05-01");
    const both = await Promise.all([send(input), send(input)]);
    expect(new Set(both.map(({ it }) => it.repeated))).toEqual(new Set([true, false]));
    const same = await send({ ...input, idempotencyKey: newKey() });
    expect(same.it).toEqual({ changed: 0, repeated: false });
    const other = await send({ ...input, source: "Another" });
    expect(other.errors?.[0]?.message).toContain("was used for other figures");
    const { data } = await health.ask(
      `{ figureRevisions(metric: TESTS, day: "2026-05-01") { value } }`,
    );
    expect(data.figureRevisions).toEqual([{ value: 7 }]);
  });

  test.each([
    [{ figures: [] }, "1 to 1000 figures, not 0"],
    [{ figures: [{ metric: "TESTS", day: "2026-07-02", value: 1 }] }, "`input.figures.0`"],
    [
      { figures: [{ metric: "TESTS", day: "2026-06-02", value: -1 }] },
      "from 0 to 10000000, not -1",
    ],
    [
      {
        figures: [
          { metric: "TESTS", day: "2026-06-02", value: 1 },
          { metric: "TESTS", day: "2026-06-02", value: 2 },
        ],
      },
      "`input.figures.1`: TESTS of 2026-06-02 stands twice",
    ],
    [{ source: " " }, "`source` must have"],
  ])("%j is refused whole", async (wrong, message) => {
    const { errors } = await send({ ...given(1), ...wrong });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("only who has the scope publishes", async () => {
    const without = { ...authority, scopes: ["bulletins:write"] };
    expect((await send(given(1), without)).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("sums by day, week, working week and month equal a reference over random revisions", async () => {
    const day = fc
      .integer({ min: 0, max: 40 })
      .map((ahead) => new Date(Date.UTC(2021, 11, 10 + ahead)).toISOString().slice(0, 10));
    const metric = fc.constantFrom<FigureMetric>("DEATHS", "VACCINATIONS");
    const figure = fc.record({ metric, day, value: fc.integer({ min: 0, max: 5 }) });
    const publication = fc.uniqueArray(figure, {
      minLength: 1,
      maxLength: 30,
      selector: (one) => `${one.metric} ${one.day}`,
    });
    const all: Published[] = [];
    const check = async (publications: readonly (readonly Omit<Published, "at">[])[]) => {
      for (const figures of publications) {
        now += 1_000;
        all.push(...figures.map((one) => ({ ...one, at: now })));
        const deps = { publisher, now: new Date(now), idempotencyKey: newKey() };
        await publishFigures(db, { figures, source: "Test" }, deps);
      }
      for (const kind of figurePeriods) {
        const asOf = now - 1_000;
        const { data } = await health.ask(
          `{ now: figures(metric: DEATHS, by: ${kind}) { start total days } then: figures(metric: DEATHS, by: ${kind}, asOf: "${new Date(asOf).toISOString()}") { start total days } }`,
        );
        expect(data.now).toEqual(sums(all, "DEATHS", kind, now));
        expect(data.then).toEqual(sums(all, "DEATHS", kind, asOf));
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(publication, { minLength: 1, maxLength: 3 }), check),
      { numRuns: 15, endOnFailure: true },
    );
  });

  test("the week in which the UAE's week of work changed has eight days", async () => {
    const days = ["12-25", "12-26", "12-27", "12-28", "12-29", "12-30", "12-31"];
    const dates = [...days.map((day) => `2021-${day}`), "2022-01-01", "2022-01-02", "2022-01-03"];
    const counted = dates.map((day) => ({ metric: "RECOVERIES", day, value: 1 }));
    await send({ ...given(1), figures: counted });
    const { data } = await health.ask(
      "{ figures(metric: RECOVERIES, by: WORKING_WEEK) { start end total } }",
    );
    expect(data.figures).toEqual([
      { start: "2021-12-19", end: "2021-12-25", total: 1 },
      { start: "2021-12-26", end: "2022-01-02", total: 8 },
      { start: "2022-01-03", end: "2022-01-09", total: 1 },
    ]);
  });
});

test("the latest is read from the end of an index, however long the series", async () => {
  await using health = await startSubgraph(subgraph, "postgres");
  const db: Kysely<HealthTables> = health.database.db;
  await sql`insert into figure (metric, day, value, revisions, recorded_at, source)
    select metric, '1900-01-01'::date + n, 1, 1, now(), 'Test'
    from unnest(${[...figureMetrics]}::text[]) as metric, generate_series(0, 40000) as n`.execute(
    db,
  );
  await sql`analyze figure`.execute(db);
  health.database.statements.length = 0;
  expect(await latestFigures(db, figureMetrics)).toHaveLength(5);
  const [statement = ""] = health.database.statements;
  const explained = statement.replace("$1", `'{${figureMetrics.join(",")}}'`);
  const { rows } = await sql.raw<{ "QUERY PLAN": string }>(`explain ${explained}`).execute(db);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain("Index Scan Backward using figure_pkey");
  expect(plan).not.toContain("Seq Scan");
});
