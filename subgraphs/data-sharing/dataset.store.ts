/** Datasets in the database; one SQL statement a function. */
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { DatasetFilter } from "./dataset.ts";
import type { DataSharingTables, DatasetRow } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

/** `%` and `_` of the reader's text stand for themselves. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

function withFilter<Selected>(
  query: SelectQueryBuilder<DataSharingTables, "dataset", Selected>,
  { publisher, theme, accessLevel, text }: DatasetFilter,
) {
  return query
    .$if(publisher != null, (filtered) => filtered.where("publisher_id", "=", String(publisher)))
    .$if(theme != null, (filtered) => filtered.where("theme", "=", String(theme)))
    .$if(accessLevel != null, (filtered) =>
      filtered.where("access_level", "=", accessLevel ?? "OPEN"),
    )
    .$if(Boolean(text), (filtered) =>
      filtered.where(
        sql<string>`concat_ws(' ', title_en, title_ar, description_en, description_ar)`,
        "ilike",
        containing(text ?? ""),
      ),
    );
}

export const findDatasets = (db: Db, filter: DatasetFilter, page: Page): Promise<DatasetRow[]> =>
  withFilter(db.selectFrom("dataset").selectAll(), filter)
    .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();

export async function countDatasets(db: Db, filter: DatasetFilter): Promise<number> {
  const query = db.selectFrom("dataset").select(({ fn }) => fn.countAll<bigint>().as("total"));
  const { total } = await withFilter(query, filter).executeTakeFirstOrThrow();
  return Number(total);
}

export const loadDatasets = (db: Db, ids: readonly string[]): Promise<DatasetRow[]> =>
  db
    .selectFrom("dataset")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** A page of each publisher's datasets, all publishers at once. */
export async function loadDatasetsOfPublishers(
  db: Db,
  publishers: readonly string[],
  page: Page,
): Promise<readonly DatasetRow[]> {
  const after = page.after === undefined ? "" : String(page.after[0]);
  const { rows } = await sql<DatasetRow>`
    select dataset.*
    from unnest(${sql.val([...publishers])}::text[]) as publisher (id)
    cross join lateral (
      select * from dataset
      where dataset.publisher_id = publisher.id and dataset.id > ${after}
      order by dataset.id
      limit ${page.limit + 1}
    ) as dataset
    order by dataset.publisher_id, dataset.id`.execute(db);
  return rows;
}

export const countDatasetsOfPublishers = (db: Db, publishers: readonly string[]) =>
  db
    .selectFrom("dataset")
    .select(({ fn }) => ["publisher_id", fn.countAll<bigint>().as("total")])
    .where("publisher_id", "in", [...publishers])
    .groupBy("publisher_id")
    .execute();

export const loadDistributions = (db: Db, datasets: readonly string[]) =>
  db
    .selectFrom("distribution")
    .selectAll()
    .where("dataset_id", "in", [...datasets])
    .orderBy("id")
    .execute();

export const loadLicences = (db: Db, ids: readonly string[]) =>
  db
    .selectFrom("licence")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();
