/** What a service has several of, and its processing time, as clients see them. */
import { Directive, Field, Int, ObjectType } from "type-graphql";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { ChannelKindEnum, FeeKindEnum, FeePricingEnum } from "./catalogue-enums.ts";
import type {
  ChannelKind,
  FeeKind,
  FeePricing,
  FeeTable,
  RequiredDocumentTable,
  ServiceChannelTable,
  ServiceDetails,
  Text,
} from "./tables.ts";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({
  description: "A way to use a service. Sample data: ask the agency before you rely on it.",
})
export class ServiceChannel {
  @Field(() => ChannelKindEnum, { description: "Which way it is." })
  kind!: ChannelKind;

  @Field(() => String, { nullable: true, description: "Where to go on the web; set for WEB." })
  url!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Number to dial within the country; set for PHONE.",
  })
  phone!: string | null;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, {
    nullable: true,
    description: "When it is open, as text for people; null where nothing is said about it.",
  })
  hours!: LocalizedText | null;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "One line of what a service costs." })
export class Fee {
  @Field(() => FeeKindEnum, { description: "What the line is." })
  kind!: FeeKind;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "The line's name as on a receipt." })
  name!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => FeePricingEnum, { description: "Whether the amount is the price, or the least." })
  pricing!: FeePricing;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Money, {
    description: "How much it is; with RANGE and RULE the least that it can be.",
  })
  amount!: Money;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Money, { nullable: true, description: "The most that it can be; set for RANGE." })
  upTo!: Money | null;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, {
    nullable: true,
    description: "How it is worked out, as text for people; set for RULE.",
  })
  rule!: LocalizedText | null;

  @Field(() => Boolean, {
    description: "Whether the amount is made up for this catalogue, and so no official price.",
  })
  sample!: boolean;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "Something that must be at hand to use a service. Sample data." })
export class RequiredDocument {
  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What it is." })
  name!: LocalizedText;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A step on the way through a service. Sample data in the seed." })
export class ServiceStep {
  @Field(() => Int, { description: "Its number, from 1." })
  number!: number;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What is done." })
  text!: LocalizedText;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A law, decree or decision that a service rests on." })
export class LegalResource {
  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What it is called." })
  title!: LocalizedText;

  @Field(() => String, { nullable: true, description: "Where it can be read; null if not known." })
  url!: string | null;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({
  description: "A version of what a service says: it holds from a moment until the next version.",
})
export class ServiceVersion {
  @Field(() => Int, { description: "Its number, from 1." })
  version!: number;

  @Field(() => Date, { description: "Since when it holds, or when it began to." })
  from!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "When the next one followed; null for the newest.",
  })
  until!: Date | null;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How long a service takes. Sample data." })
export class ProcessingTime {
  @Field(() => String, {
    description:
      "ISO 8601 duration in days, hours and minutes, for example P2D or PT5M: from the complete request to its outcome.",
  })
  duration!: string;

  @Field(() => Boolean, {
    description: "Whether its days are business days; otherwise they are days of the calendar.",
  })
  businessDays!: boolean;
}

export const toChannel = ({ kind, url, phone, hours_en, hours_ar }: ServiceChannelTable) =>
  Object.assign(new ServiceChannel(), {
    kind,
    url,
    phone,
    hours: hours_en !== null && hours_ar !== null ? localized(hours_en, hours_ar) : null,
  });

export const toFee = (row: FeeTable): Fee =>
  Object.assign(new Fee(), {
    kind: row.kind,
    name: localized(row.name_en, row.name_ar),
    pricing: row.pricing,
    amount: Money.of(row.amount, row.currency),
    upTo: row.up_to === null ? null : Money.of(row.up_to, row.currency),
    rule: row.rule_en !== null && row.rule_ar !== null ? localized(row.rule_en, row.rule_ar) : null,
    sample: row.sample,
  });

export const toRequiredDocument = ({ name_en, name_ar }: RequiredDocumentTable): RequiredDocument =>
  Object.assign(new RequiredDocument(), { name: localized(name_en, name_ar) });

export const toText = ({ en, ar }: Text): LocalizedText => localized(en, ar);

export const toSteps = (steps: ServiceDetails["steps"]): ServiceStep[] =>
  steps.map((step, index) =>
    Object.assign(new ServiceStep(), { number: index + 1, text: toText(step) }),
  );

export const toLegalBasis = (resources: ServiceDetails["legalBasis"]): LegalResource[] =>
  resources.map(({ title, url }) =>
    Object.assign(new LegalResource(), { title: toText(title), url }),
  );

/** The newest first, as they are given. */
export const toVersions = (
  rows: readonly { readonly version: number; readonly from_at: Date }[],
): ServiceVersion[] =>
  rows.map(({ version, from_at }, index) =>
    Object.assign(new ServiceVersion(), {
      version,
      from: from_at,
      until: rows[index - 1]?.from_at ?? null,
    }),
  );
