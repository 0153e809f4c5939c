/** Life event, as clients see it. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { LifeEventTable } from "./tables.ts";

@Directive("@cacheControl(maxAge: 300)")
@ObjectType({
  description:
    "Something that happens in a life and brings a need of several services. Sample data.",
})
export class LifeEvent {
  @Field(() => ID, { description: "Stable readable id, for example moving-home." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;
}

export const toLifeEvent = ({ id, name_en, name_ar }: LifeEventTable): LifeEvent =>
  Object.assign(new LifeEvent(), { id, name: localized(name_en, name_ar) });
