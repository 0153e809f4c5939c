/** Guidance for those who want to share data, for each of the four audiences that it is made for. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { StepData } from "./tables.ts";
import type { ToolkitAudienceRow } from "./toolkit.store.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@inherited()
@ObjectType({ description: "One thing to do." })
export class ToolkitStep {
  @inherited()
  @Field(() => LocalizedText, { description: "What to do, in a line." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "How to do it." })
  text!: LocalizedText;
}

@Directive("@cacheControl(maxAge: 3600)")
@ObjectType({ description: "Whom the data-sharing toolkit is for, and how they begin." })
export class ToolkitAudience {
  @Field(() => ID, {
    description: "Stable readable id: explorers, institutions, practitioners or stalled.",
  })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "By what people recognise themselves." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "Who is meant." })
  forWhom!: LocalizedText;

  @inherited()
  @Field(() => [ToolkitStep], { description: "What to do first, in order." })
  firstSteps!: readonly ToolkitStep[];

  @Field(() => Int, { description: "Number of this edition, from 1." })
  version!: number;

  @Field(() => GraphQLLocalDate, { description: "When this edition was published." })
  publishedOn!: string;

  @Field(() => GraphQLLocalDate, { description: "By when it is read again and renewed." })
  reviewOn!: string;
}

const toStep = ({ title, text }: StepData): ToolkitStep =>
  Object.assign(new ToolkitStep(), {
    title: localized(title.en, title.ar),
    text: localized(text.en, text.ar),
  });

export const toToolkitAudience = (row: ToolkitAudienceRow): ToolkitAudience =>
  Object.assign(new ToolkitAudience(), {
    id: row.id,
    title: localized(row.title_en, row.title_ar),
    forWhom: localized(row.audience_en, row.audience_ar),
    firstSteps: row.first_steps.map(toStep),
    version: row.version,
    publishedOn: row.published_on,
    reviewOn: row.review_on,
  });
