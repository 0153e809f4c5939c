/** What a dataset is described by, in the words of DCAT-AP 3: theme, licence, distribution, contact, coverage. */
import { GraphQLLocalDate, GraphQLSafeInt } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { Selectable } from "kysely";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type {
  DistributionTable,
  LicenceTable,
  ParticipantTable,
  PersonalFieldData,
  ThemeTable,
} from "./tables.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "What datasets are about: one of the data themes of DCAT-AP." })
export class DataTheme {
  @Field(() => ID, { description: "Code of the theme, for example TRAN." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => String, { description: "Its address in the European Union's list of data themes." })
  uri(): string {
    return `http://publications.europa.eu/resource/authority/data-theme/${this.id}`;
  }
}

export const toTheme = (row: Selectable<ThemeTable>): DataTheme =>
  Object.assign(new DataTheme(), { id: row.id, name: localized(row.name_en, row.name_ar) });

@inherited()
@ObjectType({ description: "The terms under which open data may be used." })
export class Licence {
  @Field(() => ID, { description: "Short id, for example cc-by-4.0." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => String, { description: "Where its text is." })
  url!: string;
}

export const toLicence = (row: Selectable<LicenceTable>): Licence =>
  Object.assign(new Licence(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    url: row.url,
  });

@inherited()
@ObjectType({ description: "One form in which a dataset can be had." })
export class Distribution {
  @Field(() => ID, { description: "Stable id, for example rta-traffic-counts-csv." })
  id!: string;

  @Field(() => String, { description: "Format, for example CSV, GEOJSON, PARQUET or GTFS." })
  format!: string;

  @Field(() => String, { description: "IANA media type, for example text/csv." })
  mediaType!: string;

  @Field(() => String, {
    description: "Where to get it; for data that is not open, where to ask for it.",
  })
  accessUrl!: string;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "Size in bytes; null when it is not known, or changes with each answer.",
  })
  byteSize!: number | null;
}

export const toDistribution = (row: Selectable<DistributionTable>): Distribution =>
  Object.assign(new Distribution(), {
    id: row.id,
    format: row.format,
    mediaType: row.media_type,
    accessUrl: row.access_url,
    byteSize: row.byte_size === null ? null : Number(row.byte_size),
  });

@inherited()
@ObjectType({ description: "Whom to ask about a dataset." })
export class ContactPoint {
  @inherited()
  @Field(() => LocalizedText, { description: "Name of the office." })
  name!: LocalizedText;

  @Field(() => String, { description: "E-mail address." })
  email!: string;
}

export const toContactPoint = (row: Selectable<ParticipantTable>): ContactPoint =>
  Object.assign(new ContactPoint(), {
    name: localized(row.contact_name_en, row.contact_name_ar),
    email: row.contact_email,
  });

@inherited()
@ObjectType({ description: "The time that a dataset tells of." })
export class TemporalCoverage {
  @Field(() => GraphQLLocalDate, { description: "First day." })
  from!: string;

  @Field(() => GraphQLLocalDate, {
    nullable: true,
    description: "Last day; null when it is carried on.",
  })
  to!: string | null;
}

@inherited()
@ObjectType({ description: "A field of a dataset that tells of a person." })
export class PersonalField {
  @Field(() => String, { description: "Its name, for programs; unique in its dataset." })
  name!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "What it is called, for people." })
  label!: LocalizedText;
}

export const toPersonalField = ({ name, label }: PersonalFieldData): PersonalField =>
  Object.assign(new PersonalField(), { name, label: localized(label.en, label.ar) });
