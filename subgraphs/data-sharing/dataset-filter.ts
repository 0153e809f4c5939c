/** By what clients choose datasets. */
import { ArgsType, Field, ID, InputType } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import { AccessLevelEnum } from "./dataset-enums.ts";
import type { DatasetMatch } from "./dataset.store.ts";
import type { AccessLevel } from "./tables.ts";
import { maxTextLength, readSearchWords } from "./text.rules.ts";

@InputType({ description: "Which datasets; everything that is given must hold." })
export class DatasetFilter {
  @Field(() => ID, { nullable: true, description: "Of this agency, for example rta." })
  publisher?: string | null;

  @Field(() => ID, { nullable: true, description: "About this theme, for example TRAN." })
  theme?: string | null;

  @Field(() => AccessLevelEnum, { nullable: true, description: "With this access level." })
  accessLevel?: AccessLevel | null;

  @Field(() => String, {
    nullable: true,
    description: `Words that all occur in title, description or keywords, in either language, however they are spelt: case, accents, Arabic vowel marks and forms of letters do not count. At most ${maxTextLength} characters.`,
  })
  text?: string | null;
}

@ArgsType()
export class DatasetsArguments extends PageArguments {
  @Field(() => DatasetFilter, { nullable: true, description: "Which ones; all when left out." })
  filter?: DatasetFilter | null;
}

/** @throws GraphQLError BAD_USER_INPUT when the text is too long. */
export const toDatasetMatch = (filter: DatasetFilter | null | undefined): DatasetMatch => ({
  publisher: filter?.publisher ?? undefined,
  theme: filter?.theme ?? undefined,
  accessLevel: filter?.accessLevel ?? undefined,
  words: readSearchWords(filter?.text),
});
