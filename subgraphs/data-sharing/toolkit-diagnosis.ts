/** The self-diagnosis as the graph shows it: answers in, the blocker and one next step out. */
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { LocalizedText } from "../kit/scalars.ts";
import { type Blocker, blockers, type ToolkitContent } from "./toolkit-content.ts";
import { type AnswerValue, answerValues, diagnose } from "./toolkit-diagnosis.rules.ts";
import { referencesOf, ToolkitFoundation, ToolkitTemplate } from "./toolkit-edition.ts";

registerEnumType(answerValues, {
  name: "ToolkitAnswerValue",
  description: "An answer of the self-diagnosis.",
  valuesConfig: {
    YES: { description: "Yes: this is not in the way." },
    NO: { description: "No: this is in the way." },
    UNSURE: { description: "Nobody knows, or the partners differ." },
  },
});

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@InputType("ToolkitAnswerInput", { description: "An answer to a question of the toolkit." })
@ObjectType("ToolkitAnswer", { description: "An answer to a question of the toolkit." })
export class ToolkitAnswer {
  @Field(() => ID, { description: "Id of one of the edition's `questions`." })
  questionId!: string;

  @Field(() => answerValues, { description: "The answer." })
  answer!: AnswerValue;
}

@inherited()
@ObjectType({ description: "The one thing to do next, and by whom." })
export class ToolkitNextStep {
  @Field(() => ID, { description: "Stable readable id, for example name-basis." })
  id!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "What to do, in a line." })
  title!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "How to do it." })
  text!: LocalizedText;

  @inherited()
  @Field(() => LocalizedText, { description: "Who does it." })
  owner!: LocalizedText;

  @Field(() => Int, { description: "Within how many days; after that, make the project smaller." })
  withinDays!: number;

  @inherited()
  @Field(() => ToolkitTemplate, { nullable: true, description: "A text to fill in for it." })
  template!: ToolkitTemplate | null;

  @inherited()
  @Field(() => ToolkitFoundation, { description: "The foundation it lays." })
  foundation!: ToolkitFoundation;
}

@inherited()
@ObjectType({ description: "How much one blocker is in the way." })
export class ToolkitSeverity {
  @Field(() => blockers, { description: "Which." })
  blocker!: Blocker;

  @Field(() => Int, { description: "From 0, free, to 100, every answer is NO." })
  percent!: number;
}

@Directive("@cacheControl(maxAge: 3600)")
@ObjectType({ description: "What blocks a project most, and the one next step." })
export class ToolkitDiagnosis {
  @Field(() => blockers, { nullable: true, description: "Null when nothing is in the way." })
  blocker!: Blocker | null;

  @inherited()
  @Field(() => ToolkitNextStep, { description: "What to do next." })
  nextStep!: ToolkitNextStep;

  @Field(() => ID, {
    nullable: true,
    description: "The question whose answer led to the step; null when nothing is in the way.",
  })
  becauseOf!: string | null;

  @inherited()
  @Field(() => [ToolkitSeverity], {
    description: "All blockers, in the order in which they are cleared away.",
  })
  severities!: readonly ToolkitSeverity[];

  @Field(() => Int, { description: "The edition whose questions were answered." })
  edition!: number;
}

/** @throws GraphQLError BAD_USER_INPUT for questions that are not there, or answered twice. */
export function checkAnswers(content: ToolkitContent, answers: readonly ToolkitAnswer[]): void {
  const known = content.diagnosis.questions.map(({ id }) => id);
  const ids = answers.map(({ questionId }) => questionId);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw badUserInput(
      `There is no question "${unknown.slice(0, 100)}": answer these: ${known.join(", ")}.`,
    );
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw badUserInput(`"${twice}" is answered twice: answer it once.`);
}

/** Answers must have been checked. */
export function toDiagnosis(
  { version, content }: { readonly version: number; readonly content: ToolkitContent },
  answers: readonly ToolkitAnswer[],
): ToolkitDiagnosis {
  const byQuestion = Object.fromEntries(
    answers.map(({ questionId, answer }) => [questionId, answer]),
  );
  const { stepId, ...diagnosis } = diagnose(content.diagnosis, byQuestion);
  const step = content.diagnosis.steps.find(({ id }) => id === stepId);
  return Object.assign(new ToolkitDiagnosis(), {
    blocker: diagnosis.blocker ?? null,
    nextStep: Object.assign(new ToolkitNextStep(), step, step && referencesOf(content, step)),
    becauseOf: diagnosis.becauseOf ?? null,
    severities: diagnosis.severities.map((one) => Object.assign(new ToolkitSeverity(), one)),
    edition: version,
  });
}
