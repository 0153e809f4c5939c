/** Versions of services in the database: one SQL statement a function. */
import type { Kysely } from "kysely";
import { readEntry, type ServiceEntry, writeEntry } from "./service-entry.ts";
import type { ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

export type ServiceVersionRow = {
  readonly service_id: string;
  readonly version: number;
  /** It holds from then until the next one does. */
  readonly from_at: Date;
};

export type KeptVersion = ServiceVersionRow & { readonly entry: ServiceEntry };

const kept = <Row extends { readonly entry: unknown }>(row: Row) => ({
  ...row,
  entry: readEntry(row.entry),
});

const versions = (db: Db) =>
  db.selectFrom("service_version").select(["service_id", "version", "from_at"]);

/** What held at that moment; undefined when it was before the first version. */
export async function findVersionAt(
  db: Db,
  serviceId: string,
  at: Date,
): Promise<KeptVersion | undefined> {
  const row = await versions(db)
    .select("entry")
    .where("service_id", "=", serviceId)
    .where("from_at", "<=", at)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && kept(row);
}

/** Those of the named pairs that are there, by one statement. */
export async function findVersions(
  db: Db,
  pairs: readonly { readonly serviceId: string; readonly version: number }[],
): Promise<KeptVersion[]> {
  const rows = await versions(db)
    .select("entry")
    .where((where) =>
      where(
        where.refTuple("service_id", "version"),
        "in",
        pairs.map(({ serviceId, version }) => where.tuple(serviceId, version)),
      ),
    )
    .execute();
  return rows.map(kept);
}

/** All versions of each service, the newest first. */
export const listVersions = (db: Db, serviceIds: readonly string[]): Promise<ServiceVersionRow[]> =>
  versions(db)
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("version", "desc")
    .execute();

/** What an agency's services say now, by id. */
export async function listEntriesOfAgency(db: Db, agencyId: string): Promise<KeptVersion[]> {
  const rows = await db
    .selectFrom("service_version")
    .innerJoin("service", (join) =>
      join
        .onRef("service.id", "=", "service_version.service_id")
        .onRef("service.version", "=", "service_version.version"),
    )
    .select(["service_id", "service_version.version", "from_at", "entry"])
    .where("service.agency_id", "=", agencyId)
    .orderBy("service_id")
    .execute();
  return rows.map(kept);
}

export async function insertVersions(
  db: Db,
  rows: readonly (KeptVersion & { readonly changedBy: string })[],
): Promise<void> {
  await db
    .insertInto("service_version")
    .values(
      rows.map(({ changedBy, entry, ...row }) => ({
        ...row,
        changed_by: changedBy,
        entry: writeEntry(entry),
      })),
    )
    .execute();
}
