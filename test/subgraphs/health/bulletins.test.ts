import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { sampleBulletins } from "../../../subgraphs/health/seed/bulletins.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const lastDay = Date.parse("2020-05-02T12:00:00+04:00");

test("every sample bulletin is in both languages and replaces only an older one", () => {
  const byId = new Map(sampleBulletins.map((bulletin) => [bulletin.id, bulletin]));
  expect(byId.size).toBe(12);
  for (const bulletin of sampleBulletins) {
    expect(bulletin.sample).toBe(true);
    for (const text of [bulletin.title_ar, bulletin.body_ar])
      expect(text).toMatch(/[\u0600-\u06ff]{3}/);
    for (const text of [bulletin.title_en, bulletin.body_en])
      expect(text).toMatch(/^[\x20-\x7e]+$/);
    if (bulletin.supersedes_id === null) continue;
    const older = byId.get(bulletin.supersedes_id);
    expect(older?.published_at.getTime()).toBeLessThan(bulletin.published_at.getTime());
  }
});

describe.each(databases)("bulletins on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let now = lastDay;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => now });
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const statementsOf = async (query: string) => {
    health.database.statements.length = 0;
    const { headers, body } = await health.send(query);
    expect(body.errors).toBeUndefined();
    return {
      data: body.data,
      statements: health.database.statements.length,
      cacheControl: headers.get("cache-control"),
    };
  };

  test("the latest is told whole, by one statement", async () => {
    const { data, statements, cacheControl } = await statementsOf(
      "{ latestBulletin { id title { en ar } severity publishedAt validFrom validUntil publisher { id } sample } }",
    );
    expect(data.latestBulletin).toEqual({
      id: "bul_2020-04-23-easing",
      title: {
        en: "Going out is possible again from 06:00 to 22:00",
        ar: "السماح بالخروج من الساعة 6 صباحاً حتى 10 مساءً",
      },
      severity: "ADVISORY",
      publishedAt: "2020-04-23T18:00:00.000Z",
      validFrom: "2020-04-24T02:00:00.000Z",
      validUntil: null,
      publisher: { id: "dha" },
      sample: true,
    });
    expect(statements).toBe(1);
    expect(cacheControl).toBe("max-age=30, public");
  });

  test("what is not published yet is not told", async () => {
    now = Date.parse("2020-03-03T19:59:59+04:00");
    const early = await statementsOf(
      "{ latestBulletin { id } bulletins { totalCount nodes { id } } }",
    );
    expect(early.data).toEqual({
      latestBulletin: { id: "bul_2020-01-29-first-cases" },
      bulletins: { totalCount: 1, nodes: [{ id: "bul_2020-01-29-first-cases" }] },
    });
    now = Date.parse("2020-01-01T00:00:00+04:00");
    const before = await statementsOf("{ latestBulletin { id } }");
    expect(before.data.latestBulletin).toBeNull();
    now = lastDay;
  });

  test("all come newest first, page by page", async () => {
    const seen: string[] = [];
    let after = "";
    for (let more = true; more;) {
      const { data } = await statementsOf(
        `{ bulletins(first: 5${after}) { totalCount nodes { id publishedAt } pageInfo { hasNextPage endCursor } } }`,
      );
      expect(data.bulletins.totalCount).toBe(12);
      seen.push(...data.bulletins.nodes.map(({ id }: { id: string }) => id));
      more = data.bulletins.pageInfo.hasNextPage;
      after = `, after: "${data.bulletins.pageInfo.endCursor}"`;
    }
    const newestFirst = sampleBulletins.toSorted((a, b) => +b.published_at - +a.published_at);
    expect(seen).toEqual(newestFirst.map(({ id }) => id));
  });

  test("what each replaces costs one statement for all", async () => {
    const { data, statements } = await statementsOf(
      "{ bulletins { nodes { id supersedes { id } } } }",
    );
    const replaced = data.bulletins.nodes.flatMap((node: { supersedes: { id: string } | null }) =>
      node.supersedes ? [node.supersedes.id] : [],
    );
    expect(replaced).toEqual([
      "bul_2020-04-17-extended",
      "bul_2020-04-04-day-and-night",
      "bul_2020-03-28-sterilisation-extended",
      "bul_2020-03-26-sterilisation",
    ]);
    expect(statements).toBe(2);
  });

  test("a cursor that was tampered with is refused", async () => {
    const cursor = Buffer.from(JSON.stringify([1e300, "x"])).toString("base64url");
    const { errors } = await health.ask(`{ bulletins(after: "${cursor}") { nodes { id } } }`);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("figures are those of the file, by one statement", async () => {
    const { data, statements, cacheControl } = await statementsOf(
      "{ covidFigures { area { en } attribution days { date confirmedTotal confirmedNew } } }",
    );
    expect(statements).toBe(1);
    expect(cacheControl).toBe("max-age=300, public");
    expect(data.covidFigures.attribution).toMatch(/Johns Hopkins University, CC BY 4.0/);
    const file = await readFile(
      fromRoot("subgraphs/health/seed/covid-uae-confirmed-2020.csv"),
      "utf8",
    );
    const lines = file.trim().split("\n").slice(1);
    const days = data.covidFigures.days as {
      date: string;
      confirmedTotal: number;
      confirmedNew: number;
    }[];
    expect(days.map((day) => `${day.date},${day.confirmedTotal}`)).toEqual(lines);
    let total = 0;
    for (const day of days) {
      total += day.confirmedNew;
      expect(total).toBe(day.confirmedTotal);
    }
  });

  test("figures of some days count what is new against the day before", async () => {
    const { data } = await statementsOf(
      '{ covidFigures(from: "2020-04-01", to: "2020-04-02") { days { date confirmedTotal confirmedNew } } }',
    );
    expect(data.covidFigures.days).toEqual([
      { date: "2020-04-01", confirmedTotal: 814, confirmedNew: 150 },
      { date: "2020-04-02", confirmedTotal: 1_024, confirmedNew: 210 },
    ]);
    const later = await statementsOf('{ covidFigures(from: "2021-01-01") { days { date } } }');
    expect(later.data.covidFigures.days).toEqual([]);
  });

  test("days in the wrong order are refused", async () => {
    const { errors } = await health.ask(
      '{ covidFigures(from: "2020-04-02", to: "2020-04-01") { days { date } } }',
    );
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain("exchange them");
  });
});
