/** An edition of the toolkit as the graph shows it: decisions, foundations, templates, paths, questions. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { LocalizedText } from "../kit/scalars.ts";
import {
  type Blocker,
  blockers,
  type ItemKind,
  itemKinds,
  type ToolkitContent,
} from "./toolkit-content.ts";
import type { ToolkitEditionRow } from "./toolkit.store.ts";

registerEnumType(blockers, {
  name: "ToolkitBlocker",
  description: "What can keep the sharing of data from getting going.",
  valuesConfig: {
    LEGAL: { description: "Nobody can say by which rule the use is allowed." },
    TRUST: { description: "The people involved do not know or trust each other enough." },
    TECHNICAL: { description: "The data cannot be understood or read." },
    CAPACITY: { description: "Nobody has the time or the means." },
  },
});

registerEnumType(itemKinds, {
  name: "ToolkitItemKind",
  description: "What an item of a path is.",
  valuesConfig: {
    EXPLANATION: { description: "Something to understand." },
    EXAMPLE: { description: "A case to learn from; made up." },
    STEP: { description: "Something to do." },
    TECHNICAL: { description: "Technical detail." },
    DIAGNOSIS: { description: "The self-diagnosis: answer `questions` by `toolkitDiagnosis`." },
  },
});

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@inherited()
@ObjectType({ description: "A text to fill in." })
export class ToolkitTemplate {
  @Field(() => ID, { description: "Stable readable id, for example five-safes." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "What it is for, in a line." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "The text; `…` stands for what is to be filled in." })
  text!: LocalizedText;
}

@inherited()
@ObjectType({ description: "One of the ways to decide a point." })
export class ToolkitOption {
  @Field(() => ID, { description: "Readable id, stable within its decision point." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its name." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "What choosing it means." })
  text!: LocalizedText;
}

@inherited()
@ObjectType({
  description: "One of the six points that every data-sharing project decides for itself.",
})
export class ToolkitDecisionPoint {
  @Field(() => ID, { description: "Stable readable id, for example infrastructure." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "What is decided, in a word or two." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "The question." })
  question!: LocalizedText;

  @inherited()
  @Field(() => [ToolkitOption], { description: "The usual answers, the most careful first." })
  options!: readonly ToolkitOption[];
}

@inherited()
@ObjectType({ description: "Something that must hold before a project goes on." })
export class ToolkitCondition {
  @Field(() => ID, { description: "Stable readable id, for example people-told." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "What must hold." })
  text!: LocalizedText;
}

@inherited()
@ObjectType({ description: "One of the three foundations: legal, technical, relationship." })
export class ToolkitFoundation {
  @Field(() => ID, { description: "Stable readable id: legal, technical or relationship." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its name." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "What it means, in a sentence." })
  text!: LocalizedText;

  @inherited()
  @Field(() => [ToolkitCondition], { description: "Its check list." })
  conditions!: readonly ToolkitCondition[];
}

@inherited()
@ObjectType({ description: "One stop of an audience's path through the toolkit." })
export class ToolkitItem {
  @Field(() => ID, { description: "Stable readable id, for example institutions-risk." })
  id!: string;

  @Field(() => itemKinds, { description: "What it is." })
  kind!: ItemKind;

  @inherited()
  @Field(() => LocalizedText, { description: "In a line." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "In a few sentences." })
  text!: LocalizedText;

  @inherited()
  @Field(() => ToolkitTemplate, { nullable: true, description: "A text to fill in for it." })
  template!: ToolkitTemplate | null;

  @inherited()
  @Field(() => ToolkitDecisionPoint, { nullable: true, description: "The point it helps decide." })
  decisionPoint!: ToolkitDecisionPoint | null;

  @inherited()
  @Field(() => ToolkitFoundation, { nullable: true, description: "The foundation it lays." })
  foundation!: ToolkitFoundation | null;
}

@inherited()
@ObjectType({ description: "A question of the self-diagnosis." })
export class ToolkitQuestion {
  @Field(() => ID, { description: "Stable readable id, for example basis-named." })
  id!: string;

  @Field(() => blockers, { description: "What the answer tells about." })
  blocker!: Blocker;

  @inherited()
  @Field(() => LocalizedText, { description: "The question; YES is the good answer." })
  text!: LocalizedText;
}

@Directive("@cacheControl(maxAge: 3600)")
@ObjectType({
  description:
    "The data-sharing toolkit in one edition. All texts are our own; the ids of items, points and questions stay from edition to edition.",
})
export class ToolkitEdition {
  @Field(() => Int, { description: "Number of the edition, from 1." })
  version!: number;

  @Field(() => GraphQLLocalDate, { description: "When it was published." })
  publishedOn!: string;

  @Field(() => GraphQLLocalDate, { description: "By when it is read again and renewed." })
  reviewOn!: string;

  @inherited()
  @Field(() => [ToolkitDecisionPoint], { description: "The six decision points, in order." })
  decisionPoints!: readonly ToolkitDecisionPoint[];

  @inherited()
  @Field(() => [ToolkitFoundation], { description: "The three foundations." })
  foundations!: readonly ToolkitFoundation[];

  @inherited()
  @Field(() => [ToolkitTemplate], { description: "All texts to fill in." })
  templates!: readonly ToolkitTemplate[];

  @inherited()
  @Field(() => [ToolkitQuestion], { description: "The questions of the self-diagnosis." })
  questions!: readonly ToolkitQuestion[];
}

const as = <T extends object>(type: new () => T, given: object): T =>
  Object.assign(new type(), given);

const toTemplate = (given: ToolkitContent["templates"][number]) => as(ToolkitTemplate, given);
const toPoint = (given: ToolkitContent["decisionPoints"][number]) =>
  as(ToolkitDecisionPoint, {
    ...given,
    options: given.options.map((option) => as(ToolkitOption, option)),
  });
const toFoundation = (given: ToolkitContent["foundations"][number]) =>
  as(ToolkitFoundation, {
    ...given,
    conditions: given.conditions.map((condition) => as(ToolkitCondition, condition)),
  });

function found<Given extends { readonly id: string }, Shown>(
  list: readonly Given[],
  id: string | undefined,
  show: (given: Given) => Shown,
): Shown | null {
  const given = list.find((one) => one.id === id);
  return given ? show(given) : null;
}

/** What an item or step refers to, in the edition's own content. */
export const referencesOf = (
  { templates, decisionPoints, foundations }: ToolkitContent,
  refers: {
    readonly template?: string | undefined;
    readonly decisionPoint?: string | undefined;
    readonly foundation?: string | undefined;
  },
) => ({
  template: found(templates, refers.template, toTemplate),
  decisionPoint: found(decisionPoints, refers.decisionPoint, toPoint),
  foundation: found(foundations, refers.foundation, toFoundation),
});

/** The items of an audience's path; none for an audience that the edition does not know. */
export const toPath = (content: ToolkitContent, audienceId: string): readonly ToolkitItem[] =>
  (content.paths.find((path) => path.audienceId === audienceId)?.items ?? []).map((item) =>
    as(ToolkitItem, { ...item, ...referencesOf(content, item) }),
  );

export const toToolkitEdition = (row: ToolkitEditionRow): ToolkitEdition =>
  as(ToolkitEdition, {
    version: row.version,
    publishedOn: row.published_on,
    reviewOn: row.review_on,
    decisionPoints: row.content.decisionPoints.map(toPoint),
    foundations: row.content.foundations.map(toFoundation),
    templates: row.content.templates.map(toTemplate),
    questions: row.content.diagnosis.questions.map((question) => as(ToolkitQuestion, question)),
  });
