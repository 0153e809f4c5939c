/** Published heads in the database; one SQL statement a function. Nothing here can change one. */
import type { Kysely, Selectable } from "kysely";
import type { PublishedHeadTable } from "./access-log.tables.ts";
import type { Hash } from "./merkle-tree.rules.ts";
import type { DataSharingTables } from "./tables.ts";

export type PublishedHeadRow = Selectable<PublishedHeadTable>;
type Db = Kysely<DataSharingTables>;

export const findLastPublishedHead = (db: Db): Promise<PublishedHeadRow | undefined> =>
  db
    .selectFrom("published_head")
    .selectAll()
    .orderBy("tree_size", "desc")
    .limit(1)
    .executeTakeFirst();

/** From small trees to large, from the one of a size on. */
export const listPublishedHeads = (
  db: Db,
  fromSize: number,
  limit: number,
): Promise<PublishedHeadRow[]> =>
  db
    .selectFrom("published_head")
    .selectAll()
    .where("tree_size", ">=", BigInt(fromSize))
    .orderBy("tree_size")
    .limit(limit)
    .execute();

/** Of two processes that publish at once, one does; the other's line is left out. */
export const insertPublishedHead = (
  db: Db,
  { hashes, ...row }: Omit<PublishedHeadRow, "hashes"> & { readonly hashes: readonly Hash[] },
): Promise<unknown> =>
  db
    .insertInto("published_head")
    .values({ ...row, hashes: JSON.stringify(hashes) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
