/** What a service has several of, and its processing time, as clients see them. */
import { Directive, Field, ObjectType } from "type-graphql";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { ChannelKindEnum, FeeKindEnum } from "./catalogue-enums.ts";
import type {
  ChannelKind,
  FeeKind,
  FeeTable,
  RequiredDocumentTable,
  ServiceChannelTable,
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
  @Field(() => Money, { description: "How much it is." })
  amount!: Money;

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

export const toFee = ({ kind, name_en, name_ar, amount, currency, sample }: FeeTable): Fee =>
  Object.assign(new Fee(), {
    kind,
    name: localized(name_en, name_ar),
    amount: Money.of(amount, currency),
    sample,
  });

export const toRequiredDocument = ({ name_en, name_ar }: RequiredDocumentTable): RequiredDocument =>
  Object.assign(new RequiredDocument(), { name: localized(name_en, name_ar) });
