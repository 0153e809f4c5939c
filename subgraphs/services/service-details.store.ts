/** Channels, fees and required documents of any number of services, in their order: one SQL statement each. */
import type { Kysely } from "kysely";
import type {
  FeeTable,
  RequiredDocumentTable,
  ServiceChannelTable,
  ServicesTables,
} from "./tables.ts";

type Db = Kysely<ServicesTables>;

export const listChannels = (
  db: Db,
  serviceIds: readonly string[],
): Promise<ServiceChannelTable[]> =>
  db
    .selectFrom("service_channel")
    .selectAll()
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("position")
    .execute();

export const listFees = (db: Db, serviceIds: readonly string[]): Promise<FeeTable[]> =>
  db
    .selectFrom("fee")
    .selectAll()
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("position")
    .execute();

export const listRequiredDocuments = (
  db: Db,
  serviceIds: readonly string[],
): Promise<RequiredDocumentTable[]> =>
  db
    .selectFrom("required_document")
    .selectAll()
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("position")
    .execute();
