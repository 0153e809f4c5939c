/** Datasets in the database; one SQL statement a function. */
import { type ExpressionBuilder, type Kysely, type Selectable, sql, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { AccessLevel, DataSharingTables, DatasetTable } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

export type DatasetRow = Omit<Selectable<DatasetTable>, "search_text">;

export type DatasetMatch = {
  readonly publisher: string | undefined;
  readonly theme: string | undefined;
  readonly accessLevel: AccessLevel | undefined;
  /** Normalised; each must be found. */
  readonly words: readonly string[];
};

const columns = [
  "id",
  "publisher_id",
  "title_en",
  "title_ar",
  "description_en",
  "description_ar",
  "keywords",
  "access_level",
  "sensitivity",
  "personal_data",
  "personal_fields",
  "licence_id",
  "update_frequency",
  "issued_at",
  "modified_at",
  "sample",
] as const satisfies readonly (keyof DatasetRow)[];

const selected = (db: Db) =>
  db
    .selectFrom("dataset")
    .select(columns)
    .select([
      sql<string>`coverage_from::text`.as("coverage_from"),
      sql<string | null>`coverage_to::text`.as("coverage_to"),
    ]);

/** All of them, for the export of the catalogue. */
export const listAllDatasets = (db: Db): Promise<DatasetRow[]> =>
  selected(db).orderBy("id").execute();

const matching =
  ({ publisher, theme, accessLevel, words }: DatasetMatch) =>
  (eb: ExpressionBuilder<DataSharingTables, "dataset">) =>
    eb.and([
      ...(publisher === undefined ? [] : [eb("publisher_id", "=", publisher)]),
      ...(accessLevel === undefined ? [] : [eb("access_level", "=", accessLevel)]),
      ...(theme === undefined
        ? []
        : [
            eb.exists(
              eb
                .selectFrom("dataset_theme")
                .select("theme_id")
                .whereRef("dataset_id", "=", "dataset.id")
                .where("theme_id", "=", theme),
            ),
          ]),
      ...words.map((word) => sql<SqlBool>`strpos(search_text, ${word}) > 0`),
    ]);

export const findDatasets = (db: Db, ids: readonly string[]): Promise<DatasetRow[]> =>
  selected(db)
    .where("id", "in", [...ids])
    .execute();

/** In the order of ids; one more than the page holds, when there is one. */
export const listDatasets = (db: Db, match: DatasetMatch, page: Page): Promise<DatasetRow[]> =>
  selected(db)
    .where(matching(match))
    .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();

export async function countDatasets(db: Db, match: DatasetMatch): Promise<number> {
  const { total } = await db
    .selectFrom("dataset")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(matching(match))
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** The same page of each publisher's datasets, in the order of ids. */
export const listDatasetsOfPublishers = (
  db: Db,
  publisherIds: readonly string[],
  page: Page,
): Promise<DatasetRow[]> =>
  db
    .selectFrom(
      selected(db)
        .select(
          sql<bigint>`row_number() over (partition by publisher_id order by id)`.as(
            "place_in_list",
          ),
        )
        .where("publisher_id", "in", [...publisherIds])
        .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
        .as("listed"),
    )
    .selectAll()
    .where("place_in_list", "<=", BigInt(page.limit + 1))
    .orderBy("publisher_id")
    .orderBy("place_in_list")
    .execute();

export type PublisherCount = { readonly publisher_id: string; readonly total: bigint };

export const countDatasetsOfPublishers = (
  db: Db,
  publisherIds: readonly string[],
): Promise<PublisherCount[]> =>
  db
    .selectFrom("dataset")
    .select(["publisher_id", db.fn.countAll<bigint>().as("total")])
    .where("publisher_id", "in", [...publisherIds])
    .groupBy("publisher_id")
    .execute();
