/**
 * A file of an agency's catalogue, applied as a whole or not at all, and the same file written. Services that
 * the file does not name stay as they are: one is taken out of the offer by its status, so that nothing is lost
 * by a file that is cut short. A file that was applied changes nothing when it is sent again.
 */
import type { Kysely } from "kysely";
import type { CatalogueActor } from "./catalogue.actor.ts";
import { type Applied, applyEntries, type CatalogueDeps } from "./catalogue-change.ts";
import { columnOf, readCsv, writeCsv } from "./catalogue-csv.ts";
import {
  type CatalogueFormat,
  fileLimitBytes,
  type FileProblem,
  type ReadFile,
  unreadable,
} from "./catalogue-file.ts";
import { propertyOf, writeJsonLd } from "./catalogue-jsonld.ts";
import { readJsonLd } from "./catalogue-jsonld.read.ts";
import { findAgencies } from "./agency.store.ts";
import { listLifeEvents } from "./life-event.store.ts";
import { listEntriesOfAgency } from "./service-version.store.ts";
import type { ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

export type ImportOutcome = Omit<Applied, "problems"> & {
  /** Whether the catalogue is now as the file says. */
  readonly isApplied: boolean;
  readonly problems: readonly FileProblem[];
};

const readers: Readonly<
  Record<CatalogueFormat, (content: string) => ReadFile | Promise<ReadFile>>
> = { CSV: readCsv, JSON_LD: readJsonLd };
const placeOf = { CSV: columnOf, JSON_LD: propertyOf } as const;

const refused = (problems: readonly FileProblem[]): ImportOutcome => ({
  isApplied: false,
  problems,
  created: [],
  changed: [],
  unchanged: [],
});

export type ImportOrder = {
  readonly format: CatalogueFormat;
  readonly content: string;
  /** Whether only to say what would come of it. */
  readonly dryRun: boolean;
};

export async function importCatalogue(
  db: Db,
  actor: CatalogueActor,
  { format, content, dryRun }: ImportOrder,
  deps: CatalogueDeps,
): Promise<ImportOutcome> {
  const bytes = Buffer.byteLength(content);
  if (bytes > fileLimitBytes) {
    const tooLarge = unreadable(`It has ${bytes} bytes; send ${fileLimitBytes} at most at once.`);
    return refused(tooLarge.ok ? [] : tooLarge.problems);
  }
  const file = await readers[format](content);
  if (!file.ok) return refused(file.problems);
  // A file in which no agency is named is of whoever sends it.
  const given = file.entries.map(({ value, seenVersion }) => ({
    value: { agency: actor.agencyId, ...value },
    seenVersion,
  }));
  const { problems, ...applied } = await db
    .transaction()
    .execute((tx) => applyEntries(tx, actor, given, deps, dryRun));
  if (problems.length === 0) return { ...applied, problems: [], isApplied: !dryRun };
  const placed = problems.map(({ index, ...problem }): FileProblem => {
    const entry = file.entries[index];
    const id = entry?.value["id"];
    return {
      ...problem,
      row: entry?.row,
      column: placeOf[format](problem.field),
      serviceId: typeof id === "string" ? id : undefined,
    };
  });
  return refused(placed);
}

/** All services of the agency as they are now, in a form that `importCatalogue` reads. */
export async function exportCatalogue(
  db: Db,
  { agencyId }: CatalogueActor,
  format: CatalogueFormat,
): Promise<string> {
  const services = await listEntriesOfAgency(db, agencyId);
  if (format === "CSV") return writeCsv(services);
  const [agency] = await findAgencies(db, [agencyId]);
  if (!agency) throw new Error(`The agency "${agencyId}" is not in the catalogue.`);
  const events = await listLifeEvents(db);
  return writeJsonLd(
    { id: agency.id, name: { en: agency.name_en, ar: agency.name_ar } },
    services,
    new Map(events.map(({ id, name_en, name_ar }) => [id, { en: name_en, ar: name_ar }])),
  );
}
