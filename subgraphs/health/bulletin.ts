/** Public-health bulletins and the daily figures of the pandemic, as the graph shows them. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { Agency } from "./agency.ts";
import { BulletinAudienceEnum, BulletinSeverityEnum } from "./bulletin-enums.ts";
import type { BulletinRevisionRow, BulletinRow, CovidDayRow } from "./bulletin.store.ts";
import type { BulletinAudience, BulletinSeverity } from "./tables.ts";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "That a bulletin was taken back, and why." })
export class BulletinWithdrawal {
  @Field(() => DateTime, { description: "When it was taken back." })
  at!: Date;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Why." })
  reason!: LocalizedText;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "What a bulletin said before it was corrected." })
export class BulletinRevision {
  @Field(() => Int, { description: "1 as it was published, one more with each correction." })
  revision!: number;

  @Field(() => DateTime, { description: "Until when it read so." })
  replacedAt!: Date;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "One line." })
  title!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "The whole text, without markup." })
  body!: LocalizedText;

  @Field(() => BulletinSeverityEnum, { description: "How much it asked of people." })
  severity!: BulletinSeverity;

  @Field(() => BulletinAudienceEnum, { description: "Whom it was for." })
  audience!: BulletinAudience;

  @Field(() => DateTime, { description: "From when on it was to hold." })
  validFrom!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when it was to hold; null when that was open.",
  })
  validUntil!: Date | null;
}

@Directive('@key(fields: "id")')
@Directive('@cacheTag(format: "bulletin-{$key.id}")')
@Directive("@cacheControl(maxAge: 30)")
@ObjectType({ description: "What an agency tells the public about health." })
export class Bulletin {
  @Field(() => ID, { description: "Stable id; begins with `bul_`." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "One line." })
  title!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "The whole text, without markup." })
  body!: LocalizedText;

  @Field(() => BulletinSeverityEnum, { description: "How much it asks of people." })
  severity!: BulletinSeverity;

  @Field(() => DateTime, { description: "When it was published." })
  publishedAt!: Date;

  @Field(() => DateTime, { description: "From when on it holds." })
  validFrom!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when it holds; null when that is open.",
  })
  validUntil!: Date | null;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Agency, {
    nullable: true,
    description: "The agency that published it; null only while its data cannot be reached.",
  })
  publisher!: Agency;

  @Field(() => Boolean, {
    description: "true: written for demonstration; the agency has not published it.",
  })
  sample!: boolean;

  @Field(() => BulletinAudienceEnum, { description: "Whom it is for." })
  audience!: BulletinAudience;

  @Field(() => Int, { description: "1 as published, one more with each correction." })
  revision!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it was corrected last; null when it never was.",
  })
  revisedAt!: Date | null;

  @Field(() => BulletinWithdrawal, {
    nullable: true,
    description:
      "Null while it stands. A bulletin that was taken back is in no list, and must not be followed.",
  })
  withdrawal!: BulletinWithdrawal | null;

  supersedesId!: string | null;
}

function toWithdrawal(row: BulletinRow): BulletinWithdrawal | null {
  const { withdrawn_at: at, withdrawal_en, withdrawal_ar } = row;
  if (at === null || withdrawal_en === null || withdrawal_ar === null) return null;
  return Object.assign(new BulletinWithdrawal(), {
    at,
    reason: localized(withdrawal_en, withdrawal_ar),
  });
}

export const toBulletin = (row: BulletinRow): Bulletin =>
  Object.assign(new Bulletin(), {
    id: row.id,
    title: localized(row.title_en, row.title_ar),
    body: localized(row.body_en, row.body_ar),
    severity: row.severity,
    publishedAt: row.published_at,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    publisher: Agency.of(row.publisher_id),
    sample: row.sample,
    audience: row.audience,
    revision: row.revision,
    revisedAt: row.revised_at,
    withdrawal: toWithdrawal(row),
    supersedesId: row.supersedes_id,
  });

export const toBulletinRevision = (row: BulletinRevisionRow): BulletinRevision =>
  Object.assign(new BulletinRevision(), {
    revision: row.revision,
    replacedAt: row.replaced_at,
    title: localized(row.title_en, row.title_ar),
    body: localized(row.body_en, row.body_ar),
    severity: row.severity,
    audience: row.audience,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
  });

export const { Connection: BulletinConnection } = connectionOf("Bulletin", () => Bulletin);

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "What was counted of COVID-19 on one day." })
export class CovidDay {
  @Field(() => GraphQLLocalDate, { description: "The day, for example 2020-04-01." })
  date!: string;

  @Field(() => Int, { description: "Confirmed cases up to and including this day." })
  confirmedTotal!: number;

  @Field(() => Int, { description: "Confirmed cases that this day added to the day before." })
  confirmedNew!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "Figures of COVID-19 by day." })
export class CovidFigures {
  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What area was counted." })
  area!: LocalizedText;

  @Field(() => String, {
    description: "The source and its licence, to name wherever they are shown.",
  })
  attribution!: string;

  @Field(() => [CovidDay], { description: "One item a day, in order." })
  days!: readonly CovidDay[];
}

export const toCovidFigures = (rows: readonly CovidDayRow[]): CovidFigures =>
  Object.assign(new CovidFigures(), {
    area: localized("United Arab Emirates", "الإمارات العربية المتحدة"),
    attribution:
      "COVID-19 Data Repository by the Center for Systems Science and Engineering (CSSE) at Johns Hopkins University, CC BY 4.0.",
    days: rows.map((row) =>
      Object.assign(new CovidDay(), {
        date: row.date,
        confirmedTotal: row.confirmed_total,
        confirmedNew: row.confirmed_new,
      }),
    ),
  });
