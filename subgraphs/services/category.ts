/** Category, as clients see it. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { CategoryTable } from "./tables.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A sector of life by which services are grouped." })
export class Category {
  @Field(() => ID, { description: "Stable readable id, for example driving." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;
}

export const toCategory = ({ id, name_en, name_ar }: CategoryTable): Category =>
  Object.assign(new Category(), { id, name: localized(name_en, name_ar) });
