/** By what clients choose services. */
import { ArgsType, Field, ID, InputType } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import { AudienceEnum } from "./catalogue-enums.ts";
import type { ServiceMatch } from "./service.store.ts";
import type { Audience } from "./tables.ts";
import { readSearchText, searchTextLimit } from "./text.rules.ts";

@InputType({ description: "Which services: those that meet all that is given." })
export class ServiceFilter {
  @Field(() => ID, { nullable: true, description: "Those of a category, by its id." })
  category?: string | null;

  @Field(() => ID, { nullable: true, description: "Those of an agency, by its id." })
  agency?: string | null;

  @Field(() => AudienceEnum, { nullable: true, description: "Those for an audience." })
  audience?: Audience | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Those in which money is paid (true) or not (false).",
  })
  payable?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: `Those whose name, summary, description or keywords in either language contain this, however it is spelt: case, accents, Arabic vowel marks and forms of letters do not count. At most ${searchTextLimit} characters.`,
  })
  text?: string | null;
}

@ArgsType()
export class ServicesArguments extends PageArguments {
  @Field(() => ServiceFilter, { nullable: true, description: "Which ones; all when left out." })
  filter?: ServiceFilter | null;
}

/** @throws GraphQLError BAD_USER_INPUT when the text is too long. */
export const toServiceMatch = (filter: ServiceFilter | null | undefined): ServiceMatch => ({
  category: filter?.category ?? undefined,
  agency: filter?.agency ?? undefined,
  audience: filter?.audience ?? undefined,
  payable: filter?.payable ?? undefined,
  text: readSearchText(filter?.text),
});
