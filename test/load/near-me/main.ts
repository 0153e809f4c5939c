/**
 * `npm run near-me:measure -- --facilities N --times N`: how long it takes to find facilities around a
 * place and on a map, on PGlite and on PostgreSQL, with the register alone and with many more, by the way
 * that is used and by those that are not; with plans. Every way must find the same. It makes the tables
 * of docs/near-me.md. The PostgreSQL is embedded (test/load/postgres.ts).
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { CompiledQuery, type KyselyPlugin, sql } from "kysely";
import { clustersInBox, facilitiesInBox } from "../../../subgraphs/health/map.store.ts";
import {
  type FacilityCriteria,
  readFacilityFilter,
} from "../../../subgraphs/health/facility-filter.rules.ts";
import type { Place } from "../../../subgraphs/health/geo.rules.ts";
import { cellDegrees } from "../../../subgraphs/health/map.rules.ts";
import { facilitiesNear } from "../../../subgraphs/health/near.store.ts";
import { openingCalendar } from "../../../subgraphs/health/opening-calendar.rules.ts";
import type { DatabaseStore } from "../../../subgraphs/kit/database.ts";
import type { Page } from "../../../subgraphs/kit/pagination.ts";
import { startPostgres } from "../postgres.ts";
import { type Db, fillUp, openHealth } from "./fill.ts";
import { type Near, type Way, ways } from "./ways.ts";

const number = { type: "string" } as const;
const { values } = parseArgs({ options: { facilities: number, times: number } });
const many = Number(values.facilities ?? 300_000);
const times = Number(values.times ?? 200);
const say = (line: string): void => console.log(line);

const fridayNight = Date.parse("2026-11-27T21:00:00+04:00");
const criteriaOf = (given: Parameters<typeof readFacilityFilter>[0]): FacilityCriteria =>
  readFacilityFilter(given, fridayNight, openingCalendar);

const radiusMeters = 5_000;
const first: Page = { limit: 20, after: undefined };
const everything = criteriaOf({});
const rare = criteriaOf({
  speciality: "Dermatology",
  insuranceNetworks: ["Sample Comprehensive Network"],
});
const questions: readonly (readonly [string, FacilityCriteria, radiusMeters?: number])[] = [
  ["nearest 20", everything],
  ["pharmacies", criteriaOf({ kinds: ["PHARMACY"] })],
  ["open now", criteriaOf({ openNow: true })],
  ["speciality and insurance", rare],
  ["nearest 20 within 50 km", everything, 50_000],
  ["speciality and insurance, 50 km", rare, 50_000],
  ["found nowhere, 50 km", criteriaOf({ text: "nowhere" }), 50_000],
];

/** The last key of the ninth page: found once, so that what is timed is the tenth page alone. */
async function tenthPage(db: Db, place: Place): Promise<Page> {
  const before = await facilitiesNear(db, { place, radiusMeters }, everything, {
    limit: 180,
    after: undefined,
  });
  const last = before.slice(0, 180).at(-1);
  return last ? { limit: 20, after: [last.chord, last.id] } : first;
}

/** Places where people are: near facilities, the same in each run. */
async function placesOf(db: Db): Promise<readonly Place[]> {
  return db
    .selectFrom("facility")
    .select([
      sql<number>`latitude + 0.003`.as("latitude"),
      sql<number>`longitude - 0.002`.as("longitude"),
    ])
    .where("latitude", "is not", null)
    .orderBy(sql`hashtext(id)`)
    .limit(times)
    .execute();
}

type Timed<Given> = (given: Given) => Promise<unknown>;

/** @returns p50 and p99 in milliseconds; a tenth is run before to warm up. */
async function time<Given>(given: readonly Given[], timed: Timed<Given>): Promise<string> {
  for (const one of given.slice(0, Math.ceil(given.length / 10))) await timed(one);
  const took: number[] = [];
  for (const one of given) {
    const start = performance.now();
    await timed(one);
    took.push(performance.now() - start);
  }
  took.sort((one, other) => one - other);
  const quantile = (part: number) =>
    (took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN).toFixed(1);
  return `${quantile(0.5)} / ${quantile(0.99)}`;
}

const row = (cells: readonly string[]): void => say(`| ${cells.join(" | ")} |`);

async function requireSame(db: Db, near: Near, places: readonly Place[]): Promise<void> {
  for (const place of places.slice(0, 3)) {
    for (const [, criteria, radius = radiusMeters] of questions) {
      const ask = async (way: Near) =>
        (await way(db, { place, radiusMeters: radius }, criteria, first))
          .map(({ id }) => id)
          .join();
      if ((await ask(near)) !== (await ask(facilitiesNear))) {
        throw new Error("This way finds other facilities than the one in use.");
      }
    }
  }
}

async function measureWay(db: Db, { name, prepare, near }: Way, places: readonly Place[]) {
  await prepare(db);
  await requireSame(db, near, places);
  const cells: string[] = [];
  for (const [, criteria, radius = radiusMeters] of questions) {
    const asked = radius > radiusMeters ? places.slice(0, Math.ceil(times / 5)) : places;
    cells.push(
      await time(asked, (place) => near(db, { place, radiusMeters: radius }, criteria, first)),
    );
  }
  const tenths: { place: Place; page: Page }[] = [];
  for (const place of places) tenths.push({ place, page: await tenthPage(db, place) });
  cells.push(
    await time(tenths, ({ place, page }) => near(db, { place, radiusMeters }, everything, page)),
  );
  row([name, ...cells]);
}

const boxAround = ({ latitude, longitude }: Place, degrees: number) => ({
  south: latitude - degrees,
  north: latitude + degrees,
  west: longitude - degrees,
  east: longitude + degrees,
});
const country = { south: 22.6, north: 26.1, west: 51.5, east: 56.4 };

/** The SQL of what `ask` sends, with its parameters, explained. */
async function explain(db: Db, name: string, ask: (db: Db) => Promise<unknown>): Promise<void> {
  const sent: CompiledQuery[] = [];
  const capture: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      sent.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await ask(db.withPlugin(capture));
  // Parts of a statement pass by before the whole.
  const { sql: text, parameters } = sent.at(-1) as CompiledQuery;
  const plan = CompiledQuery.raw(`explain (analyze, buffers, costs off) ${text}`, [...parameters]);
  const { rows } = await db.executeQuery<{ "QUERY PLAN": string }>(plan);
  say(`\n${name}\n`);
  for (const line of rows) say(`    ${line["QUERY PLAN"].slice(0, 160)}`);
}

async function explainAll(db: Db, place: Place): Promise<void> {
  for (const [name, criteria, radius = radiusMeters] of questions) {
    await explain(db, name, (spied) =>
      facilitiesNear(spied, { place, radiusMeters: radius }, criteria, first),
    );
  }
  await explain(db, "box", (spied) =>
    facilitiesInBox(spied, boxAround(place, 0.02), everything, first),
  );
}

async function measureMap(db: Db, places: readonly Place[]): Promise<void> {
  const clusters = (degrees: number, zoom: number) => (place: Place) =>
    clustersInBox(db, boxAround(place, degrees), cellDegrees(zoom), everything);
  say(
    "\n| box of a district, 20 | the same, open now | clusters of a city | clusters of the country |",
  );
  say("| --- | --- | --- | --- |");
  const few = places.slice(0, Math.ceil(times / 10));
  row([
    await time(places, (place) => facilitiesInBox(db, boxAround(place, 0.02), everything, first)),
    await time(places, (place) =>
      facilitiesInBox(db, boxAround(place, 0.02), criteriaOf({ openNow: true }), first),
    ),
    await time(places, clusters(0.1, 11)),
    await time(few, () => clustersInBox(db, country, cellDegrees(8), everything)),
  ]);
}

async function measure(name: string, store: DatabaseStore): Promise<void> {
  const db = await openHealth(store);
  for (const facilities of [0, many]) {
    if (facilities > 0) await fillUp(db, facilities);
    await sql`vacuum analyze facility`.execute(db);
    await sql`analyze facility_season`.execute(db);
    const total = await db
      .selectFrom("facility")
      .select(db.fn.countAll<bigint>().as("total"))
      .executeTakeFirstOrThrow();
    const places = await placesOf(db);
    say(`\n${name}, ${total.total} facilities; p50 / p99 in ms\n`);
    say(`| way | ${questions.map(([question]) => question).join(" | ")} | tenth page |`);
    say(`| --- |${" --- |".repeat(questions.length + 1)}`);
    for (const way of ways) {
      await measureWay(db, way, places);
    }
    await sql`alter table facility drop column cell`.execute(db);
    await measureMap(db, places);
    if (facilities > 0 && places[0]) await explainAll(db, places[0]);
  }
  await db.destroy();
}

say(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, ${times} places a question, within ${radiusMeters} m`,
);
const server = await startPostgres();
await measure("PostgreSQL", { kind: "postgres", url: server.url, maxConnections: 1 });
await server.stop();
await measure("PGlite", { kind: "pglite" });
process.exit();
