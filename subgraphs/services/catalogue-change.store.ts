/** What changes an agency's catalogue, in the database: the version first, then the rows that say the same. */
import { type Insertable, sql, type Transaction } from "kysely";
import type { ServiceEntry } from "./service-entry.ts";
import type { KnownCatalogue } from "./service-entry.rules.ts";
import {
  toChannelRows,
  toDocumentRows,
  toFeeRows,
  toLifeEventRows,
  toWrittenServiceRow,
} from "./service-rows.ts";
import { insertVersions } from "./service-version.store.ts";
import type { ServicesTables } from "./tables.ts";

type Tx = Transaction<ServicesTables>;

/** One change of an agency's catalogue at a time, until the transaction ends. */
export async function lockCatalogue(tx: Tx, agencyId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${agencyId}, 40))`.execute(tx);
}

/** What an agency's entries may point at; undefined when there is no such agency. */
export async function readKnownCatalogue(
  tx: Tx,
  agencyId: string,
): Promise<KnownCatalogue | undefined> {
  const agency = await tx
    .selectFrom("agency")
    .select(["id", "kind"])
    .where("id", "=", agencyId)
    .executeTakeFirst();
  if (!agency) return undefined;
  const idsOf = async (table: "category" | "life_event" | "service") =>
    new Set((await tx.selectFrom(table).select("id").execute()).map(({ id }) => id));
  return {
    agency,
    categories: await idsOf("category"),
    lifeEvents: await idsOf("life_event"),
    services: await idsOf("service"),
  };
}

export type NextVersion = {
  readonly entry: ServiceEntry;
  readonly version: number;
  readonly fromAt: Date;
};

async function insertAll<Table extends keyof ServicesTables>(
  tx: Tx,
  table: Table,
  rows: readonly Insertable<ServicesTables[Table]>[],
): Promise<void> {
  // A statement takes 65,535 values at most.
  for (let start = 0; start < rows.length; start += 1_000) {
    await tx
      .insertInto(table)
      .values(rows.slice(start, start + 1_000))
      .execute();
  }
}

const parts = ["service_channel", "fee", "required_document", "service_life_event"] as const;

/** Writes the next versions of some services, and makes their rows say them. */
export async function writeVersions(
  tx: Tx,
  versions: readonly NextVersion[],
  changedBy: string,
): Promise<void> {
  if (versions.length === 0) return;
  const entries = versions.map(({ entry }) => entry);
  const ids = entries.map(({ id }) => id);
  await insertVersions(
    tx,
    versions.map(({ entry, version, fromAt }) => {
      return { service_id: entry.id, version, from_at: fromAt, entry, changedBy };
    }),
  );
  const rows = versions.map(({ entry, version }) => toWrittenServiceRow(entry, version));
  const columns = Object.keys(rows[0]!).filter((column) => column !== "id");
  await tx
    .insertInto("service")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet(
          Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)])),
        ),
    )
    .execute();
  for (const table of parts) await tx.deleteFrom(table).where("service_id", "in", ids).execute();
  await insertAll(tx, "service_channel", entries.flatMap(toChannelRows));
  await insertAll(tx, "fee", entries.flatMap(toFeeRows));
  await insertAll(tx, "required_document", entries.flatMap(toDocumentRows));
  await insertAll(tx, "service_life_event", entries.flatMap(toLifeEventRows));
}
