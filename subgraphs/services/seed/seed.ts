/** Fills an empty database from the data files beside this one. */
import type { Insertable, Kysely } from "kysely";
import {
  toChannelRows,
  toDocumentRows,
  toFeeRows,
  toLifeEventRows,
  toWrittenServiceRow,
} from "../service-rows.ts";
import { insertVersions } from "../service-version.store.ts";
import type { ServicesTables } from "../tables.ts";
import {
  readAgencies,
  readCategories,
  readGuides,
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
  toEntries,
  toFirstVersion,
  toLifeEventRow,
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
  const [categories, agencies, services, use, requests, forms, lifeEvents, guides] = await Promise.all([
    readCategories(),
    readAgencies(),
    readServices(),
    readUse(),
    readRequests(),
    readRequestForms(),
    readLifeEvents(),
    readGuides(),
  ]);
  const entries = toEntries(services, lifeEvents, guides);
  checkFees(services, agencies);
  await insert(db, "category", categories.map(toCategoryRow));
  await insert(db, "agency", agencies.map(toAgencyRow));
  await insert(db, "service", entries.map((entry) => toWrittenServiceRow(entry)));
  await insertVersions(db, entries.map(toFirstVersion));
  await insert(db, "life_event", lifeEvents.map(toLifeEventRow));
  await insert(db, "service_life_event", entries.flatMap(toLifeEventRows));
  await insert(db, "service_channel", entries.flatMap(toChannelRows));
  await insert(db, "fee", entries.flatMap(toFeeRows));
  await insert(db, "required_document", entries.flatMap(toDocumentRows));
  await insert(db, "service_use", toUseRows(use));
  await insert(db, "request_form", toFormRows(forms));
  await seedRequests(db, requests, services);
}
