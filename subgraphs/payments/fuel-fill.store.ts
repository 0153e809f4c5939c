/** Fuel fills by id. */
import type { InferResult, Kysely } from "kysely";
import type { Tables } from "./tables.ts";

const selectFuelFills = (db: Kysely<Tables>) =>
  db
    .selectFrom("item")
    .innerJoin("fuel_fill", "fuel_fill.item_id", "item.id")
    .innerJoin("payable", "payable.id", "item.payable_id")
    .select([
      "item.id",
      "item.payable_id",
      "item.biller_id",
      "item.issued_at",
      "item.amount",
      "item.currency",
      "item.sample",
      "payable.service_id",
      "fuel_fill.station_en",
      "fuel_fill.station_ar",
      "fuel_fill.pump",
      "fuel_fill.grade",
      "fuel_fill.millilitres",
      "fuel_fill.price_per_litre",
    ]);

export type FuelFillRow = InferResult<ReturnType<typeof selectFuelFills>>[number];

export const fuelFillsByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectFuelFills(db)
    .where("item.id", "in", [...ids])
    .execute();
