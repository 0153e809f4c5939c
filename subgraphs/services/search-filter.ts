/** What clients give to a search. */
import { ArgsType, Field, ID, InputType } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { PageArguments } from "../kit/pagination.ts";
import { AudienceEnum, ChannelKindEnum } from "./catalogue-enums.ts";
import { SearchLanguage } from "./search.ts";
import { facets, type SearchMatch } from "./search-facets.rules.ts";
import type { Audience, ChannelKind } from "./tables.ts";
import { searchTextLimit } from "./text.rules.ts";

const valuesLimit = 50;
const oneOf = `at most ${valuesLimit}; none does not restrict.`;

@InputType({
  description:
    "Which of the found services: those that meet each of the lists, by having one of its values.",
})
export class ServiceSearchFilter {
  @Field(() => [ID], { nullable: true, description: `Ids of categories, ${oneOf}` })
  categories?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: `Ids of agencies, ${oneOf}` })
  agencies?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: `Ids of life events, ${oneOf}` })
  lifeEvents?: readonly string[] | null;

  @Field(() => [ChannelKindEnum], { nullable: true, description: `Ways to use it, ${oneOf}` })
  channels?: readonly ChannelKind[] | null;

  @Field(() => [AudienceEnum], { nullable: true, description: `Audiences, ${oneOf}` })
  audiences?: readonly Audience[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Those in which money is paid (true) or not (false).",
  })
  payable?: boolean | null;
}

@ArgsType()
export class SearchServicesArguments extends PageArguments {
  @Field(() => String, {
    description: `What somebody typed, in Arabic, English or both, misspelt or not; at most ${searchTextLimit} characters. Without a letter or digit in it, it gives all services by id.`,
  })
  query!: string;

  @Field(() => SearchLanguage, {
    nullable: true,
    description: "Highlights in this language only; in both when left out. It does not restrict.",
  })
  language?: SearchLanguage | null;

  @Field(() => ServiceSearchFilter, {
    nullable: true,
    description: "Which of the found ones; all when left out.",
  })
  filter?: ServiceSearchFilter | null;
}

/** @throws GraphQLError BAD_USER_INPUT when a list is too long. */
export function toSearchMatch(filter: ServiceSearchFilter | null | undefined): SearchMatch {
  for (const facet of facets) {
    const count = filter?.[facet]?.length ?? 0;
    if (count > valuesLimit) {
      throw badUserInput(
        `\`filter.${facet}\` must have at most ${valuesLimit} values, not ${count}.`,
      );
    }
  }
  const chosen = Object.fromEntries(facets.map((facet) => [facet, filter?.[facet] ?? []]));
  return { chosen, payable: filter?.payable ?? undefined };
}
