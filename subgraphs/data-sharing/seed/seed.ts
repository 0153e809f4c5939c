/** Fills an empty database: sample datasets of many agencies, and consents of the people of the seed. */
import { readFile } from "node:fs/promises";
import type { Kysely } from "kysely";
import { z } from "zod";
import { fromRoot } from "../../../platform/root.ts";
import { findDatasetProblems } from "../dataset.rules.ts";
import type { DataSharingTables, DatasetRow } from "../tables.ts";

const text = z.object({ en: z.string().min(1), ar: z.string().min(1) });
const moment = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

const datasetsSchema = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    publisher: z.string(),
    title: text,
    description: text,
    theme: z.string(),
    accessLevel: z.enum(["OPEN", "SHARED", "RESTRICTED"]),
    sensitivity: z.enum(["OPEN", "CONFIDENTIAL", "SENSITIVE", "SECRET"]),
    personalData: z.enum(["NONE", "PSEUDONYMISED", "PERSONAL", "SPECIAL"]),
    licence: z.string().nullable(),
    updateFrequency: z.string(),
    issuedAt: moment,
    modifiedAt: moment,
    mediaTypes: z.array(z.string()).min(1),
  }),
);

const use = { id: z.string(), person: z.string(), dataset: z.string(), purpose: text };
const peopleSchema = z.object({
  consents: z.array(
    z.object({
      ...use,
      grantedTo: z.string(),
      since: moment,
      until: moment,
      withdrawnAt: moment.optional(),
    }),
  ),
  accesses: z.array(z.object({ ...use, agency: z.string(), fields: z.array(z.string()).min(1), at: moment })),
});

const licences = [
  {
    id: "cc-by-4.0",
    name: "Creative Commons Attribution 4.0 International",
    url: "https://creativecommons.org/licenses/by/4.0/",
  },
];

/** @throws z.ZodError, or an Error naming the dataset and its problem. */
async function read<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  const json: unknown = JSON.parse(await readFile(fromRoot("subgraphs/data-sharing/seed", file), "utf8"));
  return schema.parse(json);
}

function toRow(dataset: z.infer<typeof datasetsSchema>[number]): DatasetRow {
  const row: DatasetRow = {
    id: dataset.id,
    publisher_id: dataset.publisher,
    title_en: dataset.title.en,
    title_ar: dataset.title.ar,
    description_en: dataset.description.en,
    description_ar: dataset.description.ar,
    theme: dataset.theme,
    access_level: dataset.accessLevel,
    sensitivity: dataset.sensitivity,
    personal_data: dataset.personalData,
    licence_id: dataset.licence,
    update_frequency: dataset.updateFrequency,
    issued_at: dataset.issuedAt,
    modified_at: dataset.modifiedAt,
    sample: true,
  };
  const [problem] = findDatasetProblems(row);
  if (problem) throw new Error(`Dataset "${dataset.id}": ${problem}`);
  return row;
}

export async function seed(db: Kysely<DataSharingTables>): Promise<void> {
  const datasets = await read("datasets.json", datasetsSchema);
  const { consents, accesses } = await read("people.json", peopleSchema);
  await db.insertInto("licence").values(licences).execute();
  await db.insertInto("dataset").values(datasets.map(toRow)).execute();
  const distributions = datasets.flatMap(({ id, mediaTypes }) =>
    mediaTypes.map((mediaType) => {
      const extension = mediaType.split("/")[1] ?? "data";
      return {
        id: `${id}-${extension}`,
        dataset_id: id,
        media_type: mediaType,
        access_url: `https://example.org/data/${id}.${extension}`,
      };
    }),
  );
  await db.insertInto("distribution").values(distributions).execute();
  const useOf = ({ id, person, dataset, purpose }: (typeof accesses | typeof consents)[number]) => ({
    id,
    person_id: person,
    dataset_id: dataset,
    purpose_en: purpose.en,
    purpose_ar: purpose.ar,
  });
  await db
    .insertInto("consent")
    .values(consents.map((one) => ({ ...useOf(one), granted_to: one.grantedTo, since: one.since, until: one.until })))
    .execute();
  const withdrawals = consents.flatMap(({ id, withdrawnAt }) => (withdrawnAt ? [{ consent_id: id, at: withdrawnAt }] : []));
  await db.insertInto("consent_withdrawal").values(withdrawals).execute();
  await db
    .insertInto("data_access")
    .values(accesses.map((one) => ({ ...useOf(one), agency_id: one.agency, fields: one.fields, at: one.at })))
    .execute();
}
