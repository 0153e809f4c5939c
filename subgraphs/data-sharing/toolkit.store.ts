/** The toolkit's guidance and the progress in it, in the database; one SQL statement a function. */
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { DataSharingTables, ToolkitAudienceTable } from "./tables.ts";
import type { ToolkitEditionTable, ToolkitProgressTable } from "./toolkit.tables.ts";

type Db = Kysely<DataSharingTables>;

export type ToolkitAudienceRow = Selectable<ToolkitAudienceTable>;
export type ToolkitEditionRow = Selectable<ToolkitEditionTable>;
export type ToolkitProgressRow = Selectable<ToolkitProgressTable>;

const days = [
  sql<string>`published_on::text`.as("published_on"),
  sql<string>`review_on::text`.as("review_on"),
] as const;

/** The newest version for each audience, in the order in which they are shown. */
export const listToolkitAudiences = (db: Db): Promise<ToolkitAudienceRow[]> =>
  db
    .selectFrom(
      db
        .selectFrom("toolkit_audience")
        .distinctOn("id")
        .select([
          "id",
          "version",
          "position",
          "title_en",
          "title_ar",
          "audience_en",
          "audience_ar",
          "first_steps",
          ...days,
        ])
        .orderBy("id")
        .orderBy("version", "desc")
        .as("newest"),
    )
    .selectAll()
    .orderBy("position")
    .execute();

/** The newest edition. */
export const findToolkitEdition = (db: Db): Promise<ToolkitEditionRow | undefined> =>
  db
    .selectFrom("toolkit_edition")
    .select(["version", "content", ...days])
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();

export const findToolkitProgress = (
  db: Db,
  agencyId: string,
): Promise<ToolkitProgressRow | undefined> =>
  db
    .selectFrom("toolkit_progress")
    .selectAll()
    .where("agency_id", "=", agencyId)
    .executeTakeFirst();

/** Saves a first state. @returns undefined when there is one already; then nothing is changed. */
export const insertToolkitProgress = (
  db: Db,
  row: Insertable<ToolkitProgressTable>,
): Promise<ToolkitProgressRow | undefined> =>
  db
    .insertInto("toolkit_progress")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();

/** Follows the revision before. @returns undefined when another has followed it; then nothing is changed. */
export const updateToolkitProgress = (
  db: Db,
  { agency_id: agencyId, revision, ...changes }: Insertable<ToolkitProgressTable>,
): Promise<ToolkitProgressRow | undefined> =>
  db
    .updateTable("toolkit_progress")
    .set({ revision, ...changes })
    .where("agency_id", "=", agencyId)
    .where("revision", "=", revision - 1)
    .returningAll()
    .executeTakeFirst();
