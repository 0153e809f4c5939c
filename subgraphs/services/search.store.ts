/** What the search index is made from, in the database: one SQL statement a function. */
import { type Kysely, sql } from "kysely";
import type { SearchEntry } from "./search-index.ts";
import type { ChannelKind, ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

export async function readCatalogueRevision(db: Db): Promise<bigint> {
  const { revision } = await db
    .selectFrom("catalogue_revision")
    .select("revision")
    .executeTakeFirstOrThrow();
  return revision;
}

/** All services but those that are offered no more. */
export async function listSearchEntries(db: Db): Promise<readonly SearchEntry[]> {
  const rows = await db
    .selectFrom("service")
    .innerJoin("agency", "agency.id", "service.agency_id")
    .innerJoin("category", "category.id", "service.category_id")
    .selectAll("service")
    .select(["agency.name_en as agency_en", "agency.name_ar as agency_ar"])
    .select(["category.name_en as category_en", "category.name_ar as category_ar"])
    .select(
      sql<string>`coalesce((
        select string_agg(further.name_en || E'\\n' || further.name_ar, E'\\n')
        from category as further where further.id = any(service.further_category_ids)
      ), '')`.as("further_categories"),
    )
    .select(
      sql<ChannelKind[]>`array(
        select distinct kind from service_channel where service_channel.service_id = service.id
      )`.as("channels"),
    )
    .select(
      sql<string[]>`array(
        select life_event_id from service_life_event where service_life_event.service_id = service.id
      )`.as("life_events"),
    )
    .where("service.status", "<>", "RETIRED")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: `${row.name_en}\n${row.name_ar}`,
    keywords: row.keywords.join("\n"),
    summary: `${row.summary_en}\n${row.summary_ar}`,
    description: `${row.description_en}\n${row.description_ar}`,
    agency: `${row.agency_en}\n${row.agency_ar}`,
    category: `${row.category_en}\n${row.category_ar}\n${row.further_categories}`,
    agencyId: row.agency_id,
    categoryIds: [row.category_id, ...row.further_category_ids],
    lifeEventIds: row.life_events,
    channels: row.channels,
    audiences: row.audiences,
    payable: row.payable,
  }));
}
