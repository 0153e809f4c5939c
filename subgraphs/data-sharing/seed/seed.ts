/** Fills an empty database from the data files beside this one; all of it is made up. */
import type { Kysely } from "kysely";
import type { DataSharingTables } from "../tables.ts";
import { products } from "./products.ts";
import {
  createFieldsOf,
  type Row,
  toConsentRow,
  toDataAccessRow,
  toDatasetRow,
  toDatasetThemeRows,
  toDistributionRows,
  toLicenceRow,
  toParticipantRow,
  toThemeRow,
  toToolkitRow,
} from "./rows.ts";
import {
  readConsents,
  readDataAccesses,
  readDatasets,
  readLicences,
  readParticipants,
  readThemes,
  readToolkit,
  readToolkitEditions,
} from "./seed.schema.ts";

const rowsPerStatement = 200;

async function insert<Table extends keyof DataSharingTables>(
  db: Kysely<DataSharingTables>,
  table: Table,
  rows: readonly Row<Table>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await db
      .insertInto(table)
      .values(rows.slice(start, start + rowsPerStatement))
      .execute();
  }
}

/** The driver takes a list for a column of JSON as text only. */
const withJson = <Used extends { readonly fields: readonly object[] }>(row: Used) => ({
  ...row,
  fields: JSON.stringify(row.fields),
});

export async function seed(db: Kysely<DataSharingTables>): Promise<void> {
  const [participants, themes, licences, datasets, consents, accesses, toolkit] = await Promise.all(
    [
      readParticipants(),
      readThemes(),
      readLicences(),
      readDatasets(),
      readConsents(),
      readDataAccesses(),
      readToolkit(),
    ],
  );
  await insert(db, "participant", participants.map(toParticipantRow));
  await insert(db, "theme", themes.map(toThemeRow));
  await insert(db, "licence", licences.map(toLicenceRow));
  await insert(db, "dataset", datasets.map(toDatasetRow));
  await insert(db, "dataset_theme", datasets.flatMap(toDatasetThemeRows));
  await insert(db, "distribution", datasets.flatMap(toDistributionRows));
  const fieldsOf = createFieldsOf(datasets);
  const consentRows = consents.map((one) => toConsentRow(one, fieldsOf));
  await insert(
    db,
    "consent",
    consentRows.map(({ withdrawn_at: _withdrawnAt, ...row }) => withJson(row)),
  );
  await insert(
    db,
    "consent_withdrawal",
    consentRows.flatMap(({ id, withdrawn_at: at }) => (at ? [{ consent_id: id, at }] : [])),
  );
  const accessRows = accesses.map((one) => toDataAccessRow(one, fieldsOf, consentRows));
  await insert(db, "data_access", accessRows.map(withJson));
  await insert(db, "toolkit_audience", toolkit.map(toToolkitRow));
  await insert(
    db,
    "toolkit_edition",
    (await readToolkitEditions()).map(({ version, publishedOn, reviewOn, content }) => ({
      version,
      published_on: publishedOn,
      review_on: reviewOn,
      content: JSON.stringify(content),
    })),
  );
  await insert(
    db,
    "data_product",
    products.map(({ datasetId, fields }) => ({
      dataset_id: datasetId,
      fields: JSON.stringify(fields),
      sample: true,
    })),
  );
  await insert(
    db,
    "product_row",
    products.flatMap(({ datasetId, rows }) =>
      rows.map(({ subject, data }, index) => ({
        dataset_id: datasetId,
        id: index + 1,
        subject,
        data: JSON.stringify(data),
      })),
    ),
  );
}
