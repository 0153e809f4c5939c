/**
 * The search index of a database's catalogue as it is now: made when first asked for, and again when
 * the catalogue has changed. Asking costs one small statement, which reads the catalogue's revision.
 */
import type { Kysely } from "kysely";
import { createSearchIndex, type SearchIndex } from "./search-index.ts";
import { listSearchEntries, readCatalogueRevision } from "./search.store.ts";
import type { ServicesTables } from "./tables.ts";

type Kept = { readonly revision: bigint; readonly index: Promise<SearchIndex> };

const kept = new WeakMap<Kysely<ServicesTables>, Kept>();

export async function searchIndexOf(db: Kysely<ServicesTables>): Promise<SearchIndex> {
  // Read before the entries: an index may be newer than its revision says, and never older.
  const revision = await readCatalogueRevision(db);
  const current = kept.get(db);
  if (current && current.revision >= revision) return current.index;
  const made: Kept = { revision, index: listSearchEntries(db).then(createSearchIndex) };
  kept.set(db, made);
  // A failure is told to who asked, and not kept for who asks next.
  made.index.catch(() => kept.get(db) === made && kept.delete(db));
  return made.index;
}
