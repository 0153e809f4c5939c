/** What a search gives, as clients see it. */
import { Directive, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { type Connection, connectionOf } from "../kit/pagination.ts";
import { Agency } from "./agency.ts";
import { AudienceEnum, ChannelKindEnum } from "./catalogue-enums.ts";
import { Category } from "./category.ts";
import { LifeEvent } from "./life-event.ts";
import { Service } from "./service.ts";
import type { Audience, ChannelKind } from "./tables.ts";

export const SearchLanguage = { EN: "EN", AR: "AR" } as const;
export type SearchLanguage = keyof typeof SearchLanguage;
registerEnumType(SearchLanguage, {
  name: "SearchLanguage",
  description: "A language of the catalogue.",
  valuesConfig: { EN: { description: "English." }, AR: { description: "Arabic." } },
});

export const HighlightedField = { NAME: "NAME", SUMMARY: "SUMMARY" } as const;
export type HighlightedField = keyof typeof HighlightedField;
registerEnumType(HighlightedField, {
  name: "HighlightedField",
  description: "A text of a service in which a search marks words.",
  valuesConfig: {
    NAME: { description: "The service's name." },
    SUMMARY: { description: "The service's summary." },
  },
});

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A part of a text, in UTF-16 code units as JavaScript's slice counts." })
export class TextRange {
  @Field(() => Int, { description: "Where it begins, from 0." })
  start!: number;

  @Field(() => Int, { description: "Where it ends: the first unit behind it." })
  end!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "The words of one text of a service that the query met." })
export class SearchHighlight {
  @Field(() => HighlightedField, { description: "Which text." })
  field!: HighlightedField;

  @Field(() => SearchLanguage, { description: "In which language." })
  language!: SearchLanguage;

  @Field(() => [TextRange], { description: "Whole words, in their order." })
  ranges!: readonly TextRange[];
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A service that a search found." })
export class ServiceHit {
  load!: () => Promise<Service>;
  mark!: () => Promise<readonly SearchHighlight[]>;

  @Field(() => Service, { description: "The service." })
  service(): Promise<Service> {
    return this.load();
  }

  @Field(() => [SearchHighlight], {
    description: "What the query met in name and summary; texts without any are left out.",
  })
  highlights(): Promise<readonly SearchHighlight[]> {
    return this.mark();
  }
}

const countDescription = "How many services the search would give with it.";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How many found services a category has." })
export class CategoryCount {
  @Field(() => Category, { description: "The category." })
  category!: Category;

  @Field(() => Int, { description: countDescription })
  count!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How many found services an agency has." })
export class AgencyCount {
  @Field(() => Agency, { description: "The agency." })
  agency!: Agency;

  @Field(() => Int, { description: countDescription })
  count!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How many found services a life event has." })
export class LifeEventCount {
  @Field(() => LifeEvent, { description: "The life event." })
  lifeEvent!: LifeEvent;

  @Field(() => Int, { description: countDescription })
  count!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How many found services can be used in one way." })
export class ChannelCount {
  @Field(() => ChannelKindEnum, { description: "The way." })
  channel!: ChannelKind;

  @Field(() => Int, { description: countDescription })
  count!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "How many found services are for an audience." })
export class AudienceCount {
  @Field(() => AudienceEnum, { description: "The audience." })
  audience!: Audience;

  @Field(() => Int, { description: countDescription })
  count!: number;
}

export const { Connection: ServiceHitConnection } = connectionOf("ServiceHit", () => ServiceHit);

@Directive("@cacheControl(maxAge: 300)")
@ObjectType({
  description:
    "Services that a query means. Counts obey the query and all filters except those of their own kind, the highest first.",
})
export class ServiceSearch {
  @Field(() => ServiceHitConnection, { description: "The services, best first." })
  hits!: Connection<ServiceHit>;

  countCategories!: () => Promise<readonly CategoryCount[]>;
  countAgencies!: () => readonly AgencyCount[];
  countLifeEvents!: () => Promise<readonly LifeEventCount[]>;
  countChannels!: () => readonly ChannelCount[];
  countAudiences!: () => readonly AudienceCount[];

  @Field(() => [CategoryCount], { description: "By category." })
  categories(): Promise<readonly CategoryCount[]> {
    return this.countCategories();
  }

  @Field(() => [AgencyCount], { description: "By agency." })
  agencies(): readonly AgencyCount[] {
    return this.countAgencies();
  }

  @Field(() => [LifeEventCount], { description: "By life event." })
  lifeEvents(): Promise<readonly LifeEventCount[]> {
    return this.countLifeEvents();
  }

  @Field(() => [ChannelCount], { description: "By way to use it." })
  channels(): readonly ChannelCount[] {
    return this.countChannels();
  }

  @Field(() => [AudienceCount], { description: "By audience." })
  audiences(): readonly AudienceCount[] {
    return this.countAudiences();
  }
}
