/**
 * What personal data the whole graph holds, for everybody to read: the list that `npm run
 * personal-data` generates from the supergraph, as a field of the graph.
 */
import { readFile } from "node:fs/promises";
import { Directive, Field, ObjectType, Query, registerEnumType, Resolver } from "type-graphql";
import { fromRoot } from "../../platform/root.ts";
import {
  categoryDescription,
  type PersonalDataCategory,
  personalDataCategories,
} from "../kit/personal-data.ts";

const names = Object.keys(personalDataCategories) as PersonalDataCategory[];
const categoryEnum = Object.fromEntries(names.map((name) => [name, name]));
registerEnumType(categoryEnum, {
  name: "PersonalDataCategory",
  description: categoryDescription,
  valuesConfig: Object.fromEntries(
    Object.entries(personalDataCategories).map(([name, { meaning, isSpecial }]) => [
      name,
      { description: `${meaning}${isSpecial ? "; asks for more care" : ""}` },
    ]),
  ),
});

@Directive("@cacheControl(maxAge: 3600)")
@ObjectType({ description: "Personal data of one kind that one type of the graph holds." })
export class PersonalDataHolding {
  @Field(() => String, { description: "The type's name in the schema." })
  type!: string;

  @Field(() => String, { description: "What the type is." })
  description!: string;

  @Field(() => [String], { description: "The fields that hold it, by name." })
  fields!: readonly string[];

  @Field(() => categoryEnum, { description: "What kind of data it is." })
  category!: PersonalDataCategory;

  @Field(() => Boolean, { description: "Whether the kind asks for more care." })
  isSpecial!: boolean;

  @Field(() => String, { description: "For what the graph holds it." })
  purpose!: string;

  @Field(() => [String], { description: "The subgraphs that hold it." })
  subgraphs!: readonly string[];
}

let holdings: Promise<readonly PersonalDataHolding[]> | undefined;

/** Part of a release, like the schema that it is generated from: read once. */
const readHoldings = (): Promise<readonly PersonalDataHolding[]> =>
  (holdings ??= readFile(fromRoot("subgraphs/data-sharing/personal-data.json"), "utf8").then(
    (text) =>
      (JSON.parse(text) as object[]).map((one) => Object.assign(new PersonalDataHolding(), one)),
  ));

@Resolver()
export class PersonalDataResolver {
  @Directive("@cacheControl(maxAge: 3600)")
  @Query(() => [PersonalDataHolding], {
    nullable: true,
    description:
      "What personal data this graph holds, in all its subgraphs, and for what: the kinds, never the data.",
  })
  personalData(): Promise<readonly PersonalDataHolding[]> {
    return readHoldings();
  }
}
