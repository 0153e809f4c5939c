/** By what clients choose agencies. */
import { ArgsType, Field, InputType } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import type { AgencyMatch } from "./agency.store.ts";
import { AgencyKindEnum } from "./catalogue-enums.ts";
import type { AgencyKind } from "./tables.ts";
import { readSearchText, searchTextLimit } from "./text.rules.ts";

@InputType({ description: "Which agencies; what is left out does not restrict." })
export class AgencyFilter {
  @Field(() => AgencyKindEnum, { nullable: true, description: "Those of one kind." })
  kind?: AgencyKind | null;

  @Field(() => String, {
    nullable: true,
    description: `Those whose name in either language contains this, however it is spelt: case, accents, Arabic vowel marks and forms of letters do not count. At most ${searchTextLimit} characters.`,
  })
  text?: string | null;
}

@ArgsType()
export class AgenciesArguments extends PageArguments {
  @Field(() => AgencyFilter, { nullable: true, description: "Which ones; all when left out." })
  filter?: AgencyFilter | null;
}

/** @throws GraphQLError BAD_USER_INPUT when the text is too long. */
export const toAgencyMatch = (filter: AgencyFilter | null | undefined): AgencyMatch => ({
  kind: filter?.kind ?? undefined,
  text: readSearchText(filter?.text),
});
