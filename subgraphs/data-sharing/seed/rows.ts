/** Entries of the seed's files → rows, checked by the same rules as anything else that comes in. */
import type { Insertable, Selectable } from "kysely";
import { isCovered } from "../consent.rules.ts";
import type { ConsentRow } from "../consent.store.ts";
import { findDatasetProblems, mediaTypes } from "../dataset.rules.ts";
import { purposeTexts } from "../purpose.rules.ts";
import type { DataSharingTables, PersonalFieldData } from "../tables.ts";
import { searchTextOf } from "../text.rules.ts";
import type {
  SeedConsent,
  SeedDataAccess,
  SeedDataset,
  SeedLicence,
  SeedParticipant,
  SeedTheme,
  SeedToolkitAudience,
} from "./seed.schema.ts";

export type Row<Table extends keyof DataSharingTables> = Insertable<DataSharingTables[Table]>;

const cityNoon = (day: string): Date => new Date(`${day}T12:00:00+04:00`);

export const toParticipantRow = ({ agency, contact }: SeedParticipant): Row<"participant"> => ({
  agency_id: agency,
  contact_name_en: contact.name.en,
  contact_name_ar: contact.name.ar,
  contact_email: contact.email,
});

export const toThemeRow = ({ id, name }: SeedTheme): Row<"theme"> => ({
  id,
  name_en: name.en,
  name_ar: name.ar,
});

export const toLicenceRow = ({ id, name, url }: SeedLicence): Row<"licence"> => ({
  id,
  name_en: name.en,
  name_ar: name.ar,
  url,
});

/** @throws Error naming the dataset and what is wrong with it. */
export function toDatasetRow(dataset: SeedDataset): Row<"dataset"> {
  const { id, title, description, keywords, personalFields, coverage } = dataset;
  const classified = {
    access_level: dataset.accessLevel,
    sensitivity: dataset.sensitivity,
    personal_data: dataset.personalData,
    licence_id: dataset.licence,
  };
  const problems = findDatasetProblems({ ...classified, personal_fields: personalFields });
  if (problems.length > 0) throw new Error(`Dataset "${id}": ${problems.join(" ")}`);
  return {
    ...classified,
    id,
    publisher_id: dataset.publisher,
    title_en: title.en,
    title_ar: title.ar,
    description_en: description.en,
    description_ar: description.ar,
    keywords: JSON.stringify(keywords),
    personal_fields: JSON.stringify(personalFields),
    update_frequency: dataset.updateFrequency,
    issued_at: cityNoon(dataset.issuedOn),
    modified_at: cityNoon(dataset.modifiedOn),
    coverage_from: coverage.from,
    coverage_to: coverage.to,
    sample: true,
    search_text: searchTextOf([title, description, ...keywords].flatMap(({ en, ar }) => [en, ar])),
  };
}

export const toDatasetThemeRows = ({ id, themes }: SeedDataset): Row<"dataset_theme">[] =>
  themes.map((theme_id, position) => ({ dataset_id: id, theme_id, position }));

export const toDistributionRows = (dataset: SeedDataset): Row<"distribution">[] =>
  dataset.distributions.map(({ format, byteSize }, position) => {
    const extension = format.toLowerCase();
    const isOpen = dataset.accessLevel === "OPEN";
    return {
      id: `${dataset.id}-${extension}`,
      dataset_id: dataset.id,
      position,
      format,
      media_type: mediaTypes[format],
      access_url: isOpen
        ? `https://example.org/data/${dataset.id}.${extension}`
        : `https://example.org/request/${dataset.id}`,
      byte_size: byteSize === null ? null : BigInt(byteSize),
    };
  });

type Uses = Pick<SeedConsent, "id" | "dataset" | "fields">;

/** @throws Error when a field is none of the dataset's. */
export type FieldsOf = (use: Uses) => readonly PersonalFieldData[];

export function createFieldsOf(datasets: readonly SeedDataset[]): FieldsOf {
  const known = new Map(datasets.map(({ id, personalFields }) => [id, personalFields]));
  return ({ id, dataset, fields }) =>
    fields.map((name) => {
      const field = known.get(dataset)?.find((one) => one.name === name);
      if (field) return field;
      throw new Error(`"${id}" names "${name}", which is no personal field of "${dataset}".`);
    });
}

export const toConsentRow = (consent: SeedConsent, fieldsOf: FieldsOf): ConsentRow => ({
  id: consent.id,
  person_id: consent.person,
  dataset_id: consent.dataset,
  granted_to: consent.grantedTo,
  purpose_code: consent.purpose,
  purpose_en: purposeTexts[consent.purpose].en,
  purpose_ar: purposeTexts[consent.purpose].ar,
  fields: fieldsOf(consent),
  since: consent.since,
  until: consent.until,
  withdrawn_at: consent.withdrawnAt,
});

/** @throws Error when the consent that it rests on did not allow it. */
export function toDataAccessRow(
  access: SeedDataAccess,
  fieldsOf: FieldsOf,
  consents: readonly ConsentRow[],
): Selectable<DataSharingTables["data_access"]> {
  const row = {
    id: access.id,
    person_id: access.person,
    dataset_id: access.dataset,
    agency_id: access.agency,
    purpose_code: access.purpose.code,
    purpose_en: access.purpose.text.en,
    purpose_ar: access.purpose.text.ar,
    fields: fieldsOf(access),
    at: access.at,
    legal_basis: access.legalBasis,
    consent_id: access.consent,
  };
  const consent = consents.find(({ id }) => id === access.consent);
  const isAllowed = access.legalBasis !== "CONSENT" || (consent && isCovered(row, consent));
  if (!isAllowed) throw new Error(`"${access.id}" is not covered by the consent that it names.`);
  return row;
}

export const toToolkitRow = (
  audience: SeedToolkitAudience,
  position: number,
): Row<"toolkit_audience"> => ({
  id: audience.id,
  version: audience.version,
  position,
  title_en: audience.title.en,
  title_ar: audience.title.ar,
  audience_en: audience.forWhom.en,
  audience_ar: audience.forWhom.ar,
  first_steps: JSON.stringify(audience.firstSteps),
  published_on: audience.publishedOn,
  review_on: audience.reviewOn,
});
