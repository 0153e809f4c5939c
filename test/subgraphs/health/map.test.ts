import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type { FacilityTable } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const karama = { south: 25.23, west: 55.29, north: 25.26, east: 55.32 };
const city = { south: 24.7, west: 54.8, north: 25.5, east: 56.3 };
const friday = Date.parse("2020-03-27T12:15:00+04:00");

describe.each(databases)("a map on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let all: FacilityTable[];

  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => friday });
    const { db } = health.database;
    // Two places on both sides of the antimeridian, which the register has not.
    const [example] = await db.selectFrom("facility").selectAll().limit(1).execute();
    if (!example) throw new Error("The seed has no facility.");
    await db
      .insertInto("facility")
      .values(
        [179.9, -179.9, 180].map((longitude, n) => ({
          ...example,
          id: `sea-${n}`,
          licence_number: `sea-${n}`,
          latitude: -17,
          longitude,
        })),
      )
      .execute();
    all = (await db.selectFrom("facility").selectAll().execute()) as FacilityTable[];
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const inside = (box: typeof karama) =>
    all
      .filter(
        ({ latitude, longitude }) =>
          latitude !== null &&
          longitude !== null &&
          latitude >= box.south &&
          latitude <= box.north &&
          (box.west <= box.east
            ? longitude >= box.west && longitude <= box.east
            : longitude >= box.west || longitude <= box.east),
      )
      .map(({ id }) => id)
      .toSorted();

  test.each([
    ["a district", karama],
    ["a box over the antimeridian", { south: -20, west: 179, north: -10, east: -179 }],
    ["the whole earth", { south: -90, west: -180, north: 90, east: 180 }],
    ["a single point", { south: 25.106256, west: 55.181021, north: 25.106256, east: 55.181021 }],
  ])("shows every facility of %s once, page by page", async (_, box) => {
    const expected = inside(box);
    expect(expected.length).toBeGreaterThan(0);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data, errors } = await health.ask(
        `query ($box: BoxInput!, $after: String) { facilitiesInBox(box: $box, first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { variables: { box, after } },
      );
      expect(errors).toBeUndefined();
      const page = data.facilitiesInBox;
      expect(page.totalCount).toBe(expected.length);
      seen.push(...page.nodes.map(({ id }: { id: string }) => id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(expected);
  });

  test("counts every facility in one cluster, whose middle lies in its cell", async () => {
    const zoom = 10;
    const { statements } = health.database;
    statements.length = 0;
    const { data, errors } = await health.ask(
      `query ($box: BoxInput!, $zoom: Int!) { facilityClusters(box: $box, zoom: $zoom) { id count location { latitude longitude } facility { id location { latitude longitude } } } }`,
      { variables: { box: city, zoom } },
    );
    expect(errors).toBeUndefined();
    expect(statements).toHaveLength(2);
    const clusters = data.facilityClusters as {
      id: string;
      count: number;
      location: { latitude: number; longitude: number };
      facility: { id: string; location: object } | null;
    }[];
    expect(new Set(clusters.map(({ id }) => id)).size).toBe(clusters.length);
    expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe(inside(city).length);
    const cell = 90 / 2 ** zoom;
    for (const { id, count, location, facility } of clusters) {
      const [, row, column] = id.split("/").map(Number);
      expect(Math.floor((location.latitude + 90) / cell)).toBe(row);
      expect(Math.floor((location.longitude + 180) / cell)).toBe(column);
      expect(facility !== null).toBe(count === 1);
      expect(facility?.location ?? location).toEqual(location);
    }
  });

  test("keeps its clusters in place while it moves", async () => {
    const clustersOf = async (box: typeof city): Promise<{ id: string; count: number }[]> => {
      const { data } = await health.ask(
        `query ($box: BoxInput!) { facilityClusters(box: $box, zoom: 9, filter: { openNow: true }) { id count } }`,
        { variables: { box } },
      );
      return data.facilityClusters;
    };
    const before = await clustersOf(city);
    const moved = await clustersOf({ ...city, west: city.west - 0.05, east: city.east + 0.05 });
    expect(before.length).toBeGreaterThan(5);
    expect(moved).toEqual(before);
  });

  test.each([
    ["south: 91, west: 0, north: 91, east: 1", "box.south"],
    ["south: 0, west: -180.5, north: 1, east: 1", "box.west"],
    ["south: 2, west: 0, north: 1, east: 1", "must not lie above"],
  ])("refuses the box { %s }", async (box, message) => {
    for (const field of [
      `facilitiesInBox(box: { ${box} }) { totalCount }`,
      `facilityClusters(box: { ${box} }, zoom: 3) { id }`,
    ]) {
      const { errors } = await health.ask(`{ ${field} }`);
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expect(errors?.[0]?.message).toContain(message);
    }
  });

  test.each([
    [-1, "`zoom` must be from 0 to 20"],
    [21, "`zoom` must be from 0 to 20"],
    [15, "too large for zoom 15"],
  ])("refuses zoom %s of the whole city", async (zoom, message) => {
    const { errors } = await health.ask(
      `query ($box: BoxInput!, $zoom: Int!) { facilityClusters(box: $box, zoom: $zoom) { id } }`,
      { variables: { box: city, zoom } },
    );
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("tells of a facility when it is open: at a time, and by the week", async () => {
    const text = "Mo-Th,Sa,Su 09:00-13:00,16:30-22:30; Fr 16:30-22:30";
    const id = all.find((row) => row.hours_text === text)?.id;
    const { data, errors } = await health.ask(
      `{ facility(id: "${id}") {
        friday: openAt(time: "2020-03-27T10:00:00+04:00") saturday: openAt(time: "2020-03-28T10:00:00+04:00")
        openingWeek { date spans { opens closes } }
        later: openingWeek(from: "2020-04-01T23:00:00Z") { date }
      } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.facility).toMatchObject({ friday: false, saturday: true });
    expect(data.facility.openingWeek).toHaveLength(7);
    expect(data.facility.openingWeek[0]).toEqual({
      date: "2020-03-27",
      spans: [{ opens: "2020-03-27T12:30:00.000Z", closes: "2020-03-27T18:30:00.000Z" }],
    });
    expect(data.facility.later[0].date).toBe("2020-04-02");
  });
});
