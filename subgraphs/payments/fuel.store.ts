/** Fuel stations, their pumps and prices, and sessions at pumps. */
import { type Kysely, type InferResult, sql, type Transaction } from "kysely";
import type { FuelSessionTable, Tables } from "./tables.ts";

export type StationRow = Awaited<ReturnType<typeof stationsByIds>>[number];
export type PumpRow = Awaited<ReturnType<typeof pumpsOfStations>>[number];
export type PriceRow = {
  readonly grade: string;
  readonly price: bigint;
  readonly currency: string;
};

const selectStations = (db: Kysely<Tables>) => db.selectFrom("fuel_station").selectAll();

export const stationsByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectStations(db)
    .where("id", "in", [...ids])
    .execute();

export type StationFilter = {
  readonly billerId: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

/** In the order of their ids, one more than the limit. */
export const listStations = (
  db: Kysely<Tables>,
  { billerId, after, limit }: StationFilter,
): Promise<StationRow[]> =>
  selectStations(db)
    .$if(billerId !== undefined, (query) => query.where("biller_id", "=", billerId!))
    .$if(after !== undefined, (query) => query.where("id", ">", after!))
    .orderBy("id")
    .limit(limit + 1)
    .execute();

export async function countStations(
  db: Kysely<Tables>,
  billerId: string | undefined,
): Promise<number> {
  const { total } = await db
    .selectFrom("fuel_station")
    .select((eb) => eb.fn.countAll<bigint>().as("total"))
    .$if(billerId !== undefined, (query) => query.where("biller_id", "=", billerId!))
    .executeTakeFirstOrThrow();
  return Number(total);
}

export const pumpsOfStations = (db: Kysely<Tables>, stationIds: readonly string[]) =>
  db
    .selectFrom("fuel_pump")
    .selectAll()
    .where("station_id", "in", [...stationIds])
    .orderBy("station_id")
    .orderBy("number")
    .execute();

/** What each grade costs at a moment. */
export async function pricesAt(db: Kysely<Tables>, at: Date): Promise<readonly PriceRow[]> {
  const { rows } = await sql<PriceRow>`
    select distinct on (grade) grade, price_per_litre as price, currency from fuel_price
    where valid_from <= ${at} order by grade, valid_from desc`.execute(db);
  return rows;
}

/** Whoever opens a pump waits here for whoever is opening it. */
export const lockPump = (tx: Transaction<Tables>, stationId: string, number: number) =>
  tx
    .selectFrom("fuel_pump")
    .innerJoin("fuel_station", "fuel_station.id", "fuel_pump.station_id")
    .select(["fuel_pump.grades", "fuel_station.biller_id"])
    .where("station_id", "=", stationId)
    .where("number", "=", number)
    .forUpdate("fuel_pump")
    .executeTakeFirst();

/** The payment that has the pump: begun, not ended, and not reported yet. */
export const sessionAtPump = (db: Kysely<Tables>, stationId: string, pump: number) =>
  selectSessions(db)
    .where("fuel_session.station_id", "=", stationId)
    .where("fuel_session.pump", "=", pump)
    .where("fuel_session.reported_at", "is", null)
    .where("payment.state", "in", ["CREATED", "ACTION_REQUIRED", "AUTHORISED", "UNKNOWN"])
    .orderBy("fuel_session.payment_id", "desc")
    .limit(1)
    .executeTakeFirst();

export async function insertSession(
  tx: Transaction<Tables>,
  row: Omit<FuelSessionTable, "reported_millilitres" | "reported_at">,
): Promise<void> {
  await tx.insertInto("fuel_session").values(row).execute();
}

const selectSessions = (db: Kysely<Tables>) =>
  db
    .selectFrom("fuel_session")
    .innerJoin("payment", "payment.id", "fuel_session.payment_id")
    .innerJoin("fuel_station", "fuel_station.id", "fuel_session.station_id")
    .select([
      "fuel_session.payment_id",
      "fuel_session.station_id",
      "fuel_session.pump",
      "fuel_session.grade",
      "fuel_session.price_per_litre",
      "fuel_session.reported_millilitres",
      "fuel_station.biller_id",
      "fuel_station.payable_id",
      "fuel_station.name_en",
      "fuel_station.name_ar",
      "fuel_station.sample",
      "payment.person_id",
      "payment.item_id",
      "payment.amount as limit",
      "payment.currency",
      "payment.state",
      "payment.closing",
      "payment.expires_at",
    ]);

export type SessionRow = InferResult<ReturnType<typeof selectSessions>>[number];

export const sessionsByIds = (db: Kysely<Tables>, paymentIds: readonly string[]) =>
  selectSessions(db)
    .where("fuel_session.payment_id", "in", [...paymentIds])
    .execute();

export async function markReported(
  tx: Transaction<Tables>,
  paymentId: string,
  millilitres: number,
  at: Date,
): Promise<void> {
  await tx
    .updateTable("fuel_session")
    .set({ reported_millilitres: millilitres, reported_at: at })
    .where("payment_id", "=", paymentId)
    .execute();
}
