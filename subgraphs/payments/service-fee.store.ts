/** Fees of services by id. */
import type { InferResult, Kysely } from "kysely";
import type { Tables } from "./tables.ts";

const selectServiceFees = (db: Kysely<Tables>) =>
  db
    .selectFrom("item")
    .innerJoin("service_fee", "service_fee.item_id", "item.id")
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
      "service_fee.title_en",
      "service_fee.title_ar",
    ]);

export type ServiceFeeRow = InferResult<ReturnType<typeof selectServiceFees>>[number];

export const serviceFeesByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectServiceFees(db)
    .where("item.id", "in", [...ids])
    .execute();
