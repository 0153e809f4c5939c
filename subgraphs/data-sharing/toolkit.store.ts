/** The toolkit's guidance in the database. */
import { type Kysely, type Selectable, sql } from "kysely";
import type { DataSharingTables, ToolkitAudienceTable } from "./tables.ts";

export type ToolkitAudienceRow = Selectable<ToolkitAudienceTable>;

/** The newest version for each audience, in the order in which they are shown. */
export const listToolkitAudiences = (
  db: Kysely<DataSharingTables>,
): Promise<ToolkitAudienceRow[]> =>
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
          sql<string>`published_on::text`.as("published_on"),
          sql<string>`review_on::text`.as("review_on"),
        ])
        .orderBy("id")
        .orderBy("version", "desc")
        .as("newest"),
    )
    .selectAll()
    .orderBy("position")
    .execute();
