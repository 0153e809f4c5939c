/** The end of a candidate that is not promoted: by whoever may, or because it no longer is what it was. */
import type { Kysely } from "kysely";
import { auditTo } from "../audit.ts";
import type { Launched } from "../launching.ts";
import type { By } from "../publishing.ts";
import type { RegistryTables } from "../tables.ts";
import * as store from "./store.ts";

type Db = Kysely<RegistryTables>;

/** All its variants, to be announced. */
export const announcementOf = async (db: Db, id: number): Promise<Launched> =>
  Object.keys(await store.readCompositionIds(db, id)).map((variant) => [variant, id] as const);

export async function withdraw(
  db: Db,
  id: number,
  { at, by }: By,
  reason: string,
): Promise<Launched> {
  await store.endCandidate(db, id, { state: "withdrawn", at, by, reason });
  await auditTo(db, at)(by, "candidate withdrawn", { candidate: id, reason });
  return announcementOf(db, id);
}

/** @returns what to announce; nothing when none is open. */
export async function withdrawOpen(db: Db, by: By, reason: string): Promise<Launched> {
  const last = await store.readLastCandidate(db);
  return last?.state === "open" ? withdraw(db, last.id, by, reason) : [];
}
