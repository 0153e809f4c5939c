/** Fills an empty database from the data files beside this one. */
import type { Insertable, Kysely } from "kysely";
import type { ServicesTables } from "../tables.ts";
import {
  readAgencies,
  readCategories,
  readLifeEvents,
  readRequestForms,
  readRequests,
  readServices,
  readUse,
} from "./catalogue.schema.ts";
import {
  checkFees,
  toAgencyRow,
  toCategoryRow,
  toChannelRows,
  toDocumentRows,
  toFeeRows,
  toLifeEventRow,
  toLifeEventServiceRows,
  toServiceRow,
  toUseRows,
} from "./rows.ts";
import { seedRequests, toFormRows } from "./request-rows.ts";

const rowsPerStatement = 250;

async function insert<Table extends keyof ServicesTables>(
  db: Kysely<ServicesTables>,
  table: Table,
  rows: readonly Insertable<ServicesTables[Table]>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await db
      .insertInto(table)
      .values(rows.slice(start, start + rowsPerStatement))
      .execute();
  }
}

export async function seed(db: Kysely<ServicesTables>): Promise<void> {
  const [categories, agencies, services, use, requests, forms, lifeEvents] = await Promise.all([
    readCategories(),
    readAgencies(),
    readServices(),
    readUse(),
    readRequests(),
    readRequestForms(),
    readLifeEvents(),
  ]);
  checkFees(services, agencies);
  await insert(db, "category", categories.map(toCategoryRow));
  await insert(db, "agency", agencies.map(toAgencyRow));
  await insert(db, "service", services.map(toServiceRow));
  await insert(db, "life_event", lifeEvents.map(toLifeEventRow));
  await insert(db, "service_life_event", lifeEvents.flatMap(toLifeEventServiceRows));
  await insert(db, "service_channel", services.flatMap(toChannelRows));
  await insert(db, "fee", services.flatMap(toFeeRows));
  await insert(db, "required_document", services.flatMap(toDocumentRows));
  await insert(db, "service_use", toUseRows(use));
  await insert(db, "request_form", toFormRows(forms));
  await seedRequests(db, requests, services);
}
