/** Datasets in the words of DCAT-AP 3: what there is, who publishes it, under which terms. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { PersonalField, TemporalCoverage, toPersonalField } from "./dataset-details.ts";
import {
  AccessLevelEnum,
  PersonalDataEnum,
  SensitivityEnum,
  UpdateFrequencyEnum,
} from "./dataset-enums.ts";
import type { DatasetRow } from "./dataset.store.ts";
import { Agency } from "./stubs.ts";
import type { AccessLevel, PersonalDataKind, Sensitivity, UpdateFrequency } from "./tables.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A collection of data that an agency publishes or shares." })
export class Dataset {
  @Field(() => ID, { description: "Stable readable id, for example rta-traffic-counts." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its title." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "What it holds." })
  description!: LocalizedText;

  @inherited()
  @Field(() => Agency, {
    nullable: true,
    description: "Who publishes it; null only while the agency's data cannot be reached.",
  })
  publisher!: Agency;

  @inherited()
  @Field(() => [LocalizedText], { description: "Words by which people look for it." })
  keywords!: readonly LocalizedText[];

  @Field(() => AccessLevelEnum, { description: "Who may get it." })
  accessLevel!: AccessLevel;

  @Field(() => SensitivityEnum, { description: "Its data class." })
  sensitivity!: Sensitivity;

  @Field(() => PersonalDataEnum, { description: "Whether it tells of persons." })
  personalData!: PersonalDataKind;

  @inherited()
  @Field(() => [PersonalField], {
    description:
      "The fields that tell of a person, which a consent may name; empty when there are none.",
  })
  personalFields!: readonly PersonalField[];

  @Field(() => UpdateFrequencyEnum, { description: "How often it is brought up to date." })
  updateFrequency!: UpdateFrequency;

  @Field(() => DateTime, { description: "When it was first published." })
  issuedAt!: Date;

  @Field(() => DateTime, { description: "When it was last changed." })
  modifiedAt!: Date;

  @inherited()
  @Field(() => TemporalCoverage, { description: "The time that it tells of." })
  temporalCoverage!: TemporalCoverage;

  @Field(() => Boolean, {
    description: "true: the entry is made up; the agency publishes no such data here.",
  })
  sample!: boolean;

  readonly licenceId!: string | null;
  readonly publisherId!: string;
}

export const { Connection: DatasetConnection } = connectionOf("Dataset", () => Dataset);

export const toDataset = (row: DatasetRow): Dataset =>
  Object.assign(new Dataset(), {
    id: row.id,
    title: localized(row.title_en, row.title_ar),
    description: localized(row.description_en, row.description_ar),
    publisher: Agency.of(row.publisher_id),
    keywords: row.keywords.map(({ en, ar }) => localized(en, ar)),
    accessLevel: row.access_level,
    sensitivity: row.sensitivity,
    personalData: row.personal_data,
    personalFields: row.personal_fields.map(toPersonalField),
    updateFrequency: row.update_frequency,
    issuedAt: row.issued_at,
    modifiedAt: row.modified_at,
    temporalCoverage: Object.assign(new TemporalCoverage(), {
      from: row.coverage_from,
      to: row.coverage_to,
    }),
    sample: row.sample,
    licenceId: row.licence_id,
    publisherId: row.publisher_id,
  });
