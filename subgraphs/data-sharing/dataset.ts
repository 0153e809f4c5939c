/** Datasets in the words of DCAT-AP 3: what there is, who publishes it, under which terms. */
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./stubs.ts";
import type { DatasetRow } from "./tables.ts";

export const accessLevels = { OPEN: "OPEN", SHARED: "SHARED", RESTRICTED: "RESTRICTED" } as const;
registerEnumType(accessLevels, {
  name: "AccessLevel",
  description: "Who may get a dataset.",
  valuesConfig: {
    OPEN: { description: "Everybody, under its licence." },
    SHARED: { description: "Bodies that state a purpose and a ground, by agreement." },
    RESTRICTED: { description: "Few, named bodies." },
  },
});

export const sensitivities = {
  OPEN: "OPEN",
  CONFIDENTIAL: "CONFIDENTIAL",
  SENSITIVE: "SENSITIVE",
  SECRET: "SECRET",
} as const;
registerEnumType(sensitivities, {
  name: "Sensitivity",
  description: "The city's data classes: open, or shared in one of three classes.",
  valuesConfig: {
    OPEN: { description: "May be known to everybody." },
    CONFIDENTIAL: { description: "Its disclosure could do limited harm." },
    SENSITIVE: { description: "Its disclosure could do serious harm." },
    SECRET: { description: "Its disclosure could do grave harm." },
  },
});

export const personalDataKinds = {
  NONE: "NONE",
  PSEUDONYMISED: "PSEUDONYMISED",
  PERSONAL: "PERSONAL",
  SPECIAL: "SPECIAL",
} as const;
registerEnumType(personalDataKinds, {
  name: "PersonalData",
  description: "Whether a dataset tells of persons.",
  valuesConfig: {
    NONE: { description: "It does not." },
    PSEUDONYMISED: { description: "It does, under pseudonyms." },
    PERSONAL: { description: "It does, by name or number." },
    SPECIAL: { description: "It does, and of what deserves special protection, such as health." },
  },
});

export const updateFrequencies = {
  CONTINUOUS: "CONTINUOUS",
  DAILY: "DAILY",
  WEEKLY: "WEEKLY",
  MONTHLY: "MONTHLY",
  QUARTERLY: "QUARTERLY",
  ANNUAL: "ANNUAL",
} as const;
registerEnumType(updateFrequencies, {
  name: "UpdateFrequency",
  description: "How often a dataset is brought up to date (the European Union's frequency list).",
  valuesConfig: {
    CONTINUOUS: { description: "As things happen." },
    DAILY: { description: "Each day." },
    WEEKLY: { description: "Each week." },
    MONTHLY: { description: "Each month." },
    QUARTERLY: { description: "Each quarter of a year." },
    ANNUAL: { description: "Each year." },
  },
});

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "The terms under which open data may be used." })
export class Licence {
  @Field(() => ID, { description: "Short id, for example cc-by-4.0." })
  id!: string;

  @Field(() => String, { description: "Its name." })
  name!: string;

  @Field(() => String, { description: "Where its text is." })
  url!: string;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "One form in which a dataset can be had." })
export class Distribution {
  @Field(() => ID, { description: "Stable id." })
  id!: string;

  @Field(() => String, { description: "IANA media type, for example text/csv." })
  mediaType!: string;

  @Field(() => String, { description: "Where to get it, or to ask for it." })
  accessUrl!: string;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A collection of data that an agency publishes or shares." })
export class Dataset {
  @Field(() => ID, { description: "Stable readable id, for example rta-traffic-counts." })
  id!: string;

  @Field(() => LocalizedText, { description: "Its title." })
  title!: LocalizedText;

  @Field(() => LocalizedText, { description: "What it holds." })
  description!: LocalizedText;

  @Field(() => Agency, {
    nullable: true,
    description: "Who publishes it; null only while the agency's data cannot be reached.",
  })
  publisher!: Agency;

  @Field(() => String, { description: "What it is about, for example transport." })
  theme!: string;

  @Field(() => accessLevels, { description: "Who may get it." })
  accessLevel!: DatasetRow["access_level"];

  @Field(() => sensitivities, { description: "Its data class." })
  sensitivity!: DatasetRow["sensitivity"];

  @Field(() => personalDataKinds, { description: "Whether it tells of persons." })
  personalData!: DatasetRow["personal_data"];

  @Field(() => updateFrequencies, { description: "How often it is brought up to date." })
  updateFrequency!: string;

  @Field(() => Date, { description: "When it was first published." })
  issuedAt!: Date;

  @Field(() => Date, { description: "When it was last changed." })
  modifiedAt!: Date;

  @Field(() => Boolean, { description: "Whether the entry is made up for this catalogue." })
  sample!: boolean;

  readonly licenceId!: string | null;
}

export const { Connection: DatasetConnection } = connectionOf("Dataset", () => Dataset);

@InputType({ description: "Which datasets; all that is given must hold." })
export class DatasetFilter {
  @Field(() => ID, { nullable: true, description: "Of this agency." })
  publisher?: string | null;

  @Field(() => String, { nullable: true, description: "About this, for example transport." })
  theme?: string | null;

  @Field(() => accessLevels, { nullable: true, description: "With this access level." })
  accessLevel?: DatasetRow["access_level"] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Whose title or description in either language contains this; case does not matter.",
  })
  text?: string | null;
}

export const toDataset = (row: DatasetRow): Dataset =>
  Object.assign(new Dataset(), {
    id: row.id,
    title: localized(row.title_en, row.title_ar),
    description: localized(row.description_en, row.description_ar),
    publisher: agencyOf(row.publisher_id),
    theme: row.theme,
    accessLevel: row.access_level,
    sensitivity: row.sensitivity,
    personalData: row.personal_data,
    updateFrequency: row.update_frequency,
    issuedAt: row.issued_at,
    modifiedAt: row.modified_at,
    sample: row.sample,
    licenceId: row.licence_id,
  });
