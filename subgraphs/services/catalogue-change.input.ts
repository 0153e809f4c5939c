/** What an agency gives to change its catalogue: the same parts as a service shows, all of them. */
import { Field, ID, InputType } from "type-graphql";
import { MinorUnits } from "../kit/scalars.ts";
import {
  AudienceEnum,
  ChannelKindEnum,
  FeeKindEnum,
  FeePricingEnum,
  ServiceStatusEnum,
} from "./catalogue-enums.ts";
import type { Audience, ChannelKind, FeeKind, FeePricing, ServiceStatus } from "./tables.ts";

@InputType({ description: "A text of the catalogue in both languages." })
export class CatalogueTextInput {
  @Field(() => String, { description: "English, 1 to 4,000 characters; names have 200 at most." })
  en!: string;

  @Field(() => String, { description: "Arabic, 1 to 4,000 characters; names have 200 at most." })
  ar!: string;
}

@InputType({ description: "A way to use a service." })
export class ServiceChannelInput {
  @Field(() => ChannelKindEnum, { description: "Which way it is." })
  kind!: ChannelKind;

  @Field(() => String, { nullable: true, description: "Address on the web; WEB must have one." })
  url?: string | null;

  @Field(() => String, { nullable: true, description: "Number to dial; PHONE must have one." })
  phone?: string | null;

  @Field(() => CatalogueTextInput, { nullable: true, description: "When it is open." })
  hours?: CatalogueTextInput | null;
}

@InputType({ description: "One line of what a service costs." })
export class FeeInput {
  @Field(() => FeeKindEnum, { description: "What the line is." })
  kind!: FeeKind;

  @Field(() => CatalogueTextInput, { description: "The line's name as on a receipt." })
  name!: CatalogueTextInput;

  @Field(() => FeePricingEnum, { defaultValue: "FIXED", description: "How the price is known." })
  pricing!: FeePricing;

  @Field(() => MinorUnits, {
    description: "Fils: the price when it is fixed, and otherwise the least that it can be.",
  })
  amount!: bigint;

  @Field(() => MinorUnits, { nullable: true, description: "Fils: the most it can be, with RANGE." })
  upTo?: bigint | null;

  @Field(() => CatalogueTextInput, { nullable: true, description: "The rule, with RULE." })
  rule?: CatalogueTextInput | null;
}

@InputType({ description: "How long a service takes." })
export class ProcessingTimeInput {
  @Field(() => String, { description: "ISO 8601 duration in days, hours and minutes: P2D, PT5M." })
  duration!: string;

  @Field(() => Boolean, { description: "Whether its days are business days." })
  businessDays!: boolean;
}

@InputType({ description: "A law, decree or decision that a service rests on." })
export class LegalResourceInput {
  @Field(() => CatalogueTextInput, { description: "What it is called." })
  title!: CatalogueTextInput;

  @Field(() => String, { nullable: true, description: "Where it can be read." })
  url?: string | null;
}

const listText = "50 at most";

@InputType({
  description: "A service as its agency describes it, whole: what is left out is taken away.",
})
export class ServiceInput {
  @Field(() => ID, {
    description: "Readable and for good: the agency's id, a hyphen, and words joined by hyphens.",
  })
  id!: string;

  @Field(() => ID, { description: "Id of its main category." })
  category!: string;

  @Field(() => [ID], { defaultValue: [], description: "Ids of further categories." })
  furtherCategories!: string[];

  @Field(() => [ID], {
    defaultValue: [],
    description: "Ids of life events that bring a need of it.",
  })
  lifeEvents!: string[];

  @Field(() => CatalogueTextInput, { description: "Its name." })
  name!: CatalogueTextInput;

  @Field(() => CatalogueTextInput, { description: "What it does, in one sentence." })
  summary!: CatalogueTextInput;

  @Field(() => CatalogueTextInput, { description: "What to know about it." })
  description!: CatalogueTextInput;

  @Field(() => [AudienceEnum], { description: "Whom it is for; one at least." })
  audiences!: Audience[];

  @Field(() => [CatalogueTextInput], {
    defaultValue: [],
    description: `Who may use it, condition by condition, ${listText}.`,
  })
  eligibility!: CatalogueTextInput[];

  @Field(() => [CatalogueTextInput], {
    defaultValue: [],
    description: `What holds for whoever uses it, rule by rule, ${listText}.`,
  })
  rules!: CatalogueTextInput[];

  @Field(() => [CatalogueTextInput], {
    defaultValue: [],
    description: `What must be at hand, ${listText}.`,
  })
  requiredDocuments!: CatalogueTextInput[];

  @Field(() => [CatalogueTextInput], {
    defaultValue: [],
    description: `The way through it, step by step, ${listText}.`,
  })
  steps!: CatalogueTextInput[];

  @Field(() => [ServiceChannelInput], { description: "The ways to use it; one at least." })
  channels!: ServiceChannelInput[];

  @Field(() => [FeeInput], {
    defaultValue: [],
    description:
      "What it costs, line by line. A government fee of AED 50 or more needs the lines of Knowledge and Innovation Dirham.",
  })
  fees!: FeeInput[];

  @Field(() => ProcessingTimeInput, { description: "How long it takes." })
  processingTime!: ProcessingTimeInput;

  @Field(() => [CatalogueTextInput], {
    defaultValue: [],
    description: `What one has when it is done, ${listText}.`,
  })
  outputs!: CatalogueTextInput[];

  @Field(() => [LegalResourceInput], {
    defaultValue: [],
    description: `What it rests on in law, ${listText}.`,
  })
  legalBasis!: LegalResourceInput[];

  @Field(() => [ID], { defaultValue: [], description: "Ids of others that one may need with it." })
  relatedServices!: string[];

  @Field(() => Boolean, { description: "Whether money is paid in it; true when it has fees." })
  payable!: boolean;

  @Field(() => ServiceStatusEnum, {
    defaultValue: "ACTIVE",
    description: "Whether it can be used.",
  })
  status!: ServiceStatus;

  @Field(() => String, {
    nullable: true,
    description: "The first day on which it is offered, YYYY-MM-DD.",
  })
  validFrom?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The last day on which it is offered, YYYY-MM-DD.",
  })
  validUntil?: string | null;

  @Field(() => [String], {
    defaultValue: [],
    description: "Words of both languages by which people look for it, 50 at most.",
  })
  keywords!: string[];
}
