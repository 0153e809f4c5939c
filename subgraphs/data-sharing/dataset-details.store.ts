/** What describes datasets, for many of them at once; one SQL statement a function. */
import type { Kysely, Selectable } from "kysely";
import type {
  DataSharingTables,
  DistributionTable,
  LicenceTable,
  ParticipantTable,
  ThemeTable,
} from "./tables.ts";

type Db = Kysely<DataSharingTables>;

export type ThemeRow = Selectable<ThemeTable>;
export type DatasetThemeRow = ThemeRow & { readonly dataset_id: string };

export const listThemes = (db: Db): Promise<ThemeRow[]> =>
  db.selectFrom("theme").selectAll().orderBy("id").execute();

/** The most fitting theme of each dataset first. */
export const listThemesOfDatasets = (
  db: Db,
  datasetIds: readonly string[],
): Promise<DatasetThemeRow[]> =>
  db
    .selectFrom("dataset_theme")
    .innerJoin("theme", "theme.id", "dataset_theme.theme_id")
    .selectAll("theme")
    .select("dataset_theme.dataset_id")
    .where("dataset_id", "in", [...datasetIds])
    .orderBy("dataset_id")
    .orderBy("position")
    .execute();

export const listDistributions = (
  db: Db,
  datasetIds: readonly string[],
): Promise<Selectable<DistributionTable>[]> =>
  db
    .selectFrom("distribution")
    .selectAll()
    .where("dataset_id", "in", [...datasetIds])
    .orderBy("dataset_id")
    .orderBy("position")
    .execute();

export const findLicences = (db: Db, ids: readonly string[]): Promise<Selectable<LicenceTable>[]> =>
  db
    .selectFrom("licence")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const findParticipants = (
  db: Db,
  agencyIds: readonly string[],
): Promise<Selectable<ParticipantTable>[]> =>
  db
    .selectFrom("participant")
    .selectAll()
    .where("agency_id", "in", [...agencyIds])
    .execute();
