/** How far an organisation has come in the toolkit, as the graph shows and takes it. */
import {
  createUnionType,
  Directive,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { badUserInput } from "../kit/errors.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { checkAnswers, toDiagnosis, ToolkitAnswer, ToolkitDiagnosis } from "./toolkit-diagnosis.ts";
import { toPath, ToolkitItem } from "./toolkit-edition.ts";
import type { ToolkitContent } from "./toolkit-content.ts";
import type { ToolkitEditionRow, ToolkitProgressRow } from "./toolkit.store.ts";
import type { ProgressData } from "./toolkit.tables.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@InputType("ToolkitDecisionInput", { description: "How a decision point was decided." })
@ObjectType("ToolkitDecision", { description: "How a decision point was decided." })
export class ToolkitDecision {
  @Field(() => ID, { description: "Id of a decision point." })
  pointId!: string;

  @Field(() => ID, { description: "Id of one of its options." })
  optionId!: string;
}

@InputType({ description: "How far your organisation has come: the whole state, not the changes." })
export class ToolkitProgressInput implements ProgressData {
  @Field(() => Int, { description: "`revision` of what you last read; 0 when there was nothing." })
  basedOnRevision!: number;

  @Field(() => ID, { description: "Whose path you follow: id of one of `toolkitAudiences`." })
  audienceId!: string;

  @Field(() => [ID], { defaultValue: [], description: "Items of any path that are done." })
  doneItems!: string[];

  @Field(() => [ID], { defaultValue: [], description: "Conditions of foundations that hold." })
  metConditions!: string[];

  @Field(() => [ToolkitDecision], { defaultValue: [], description: "Each point at most once." })
  decisions!: ToolkitDecision[];

  @Field(() => [ToolkitAnswer], { defaultValue: [], description: "Each question at most once." })
  answers!: ToolkitAnswer[];
}

@privately()
@ObjectType({ description: "How far an organisation has come in the toolkit; shown to it alone." })
export class ToolkitProgress {
  @Field(() => Int, { description: "From 1; one more with each change." })
  revision!: number;

  @Field(() => Int, { description: "The edition that was the newest when it was saved." })
  edition!: number;

  @Field(() => ID, { description: "Whose path is followed." })
  audienceId!: string;

  @Field(() => [ID], { description: "Items that are done." })
  doneItems!: readonly string[];

  @Field(() => [ID], { description: "Conditions of foundations that hold." })
  metConditions!: readonly string[];

  @privately()
  @Field(() => [ToolkitDecision], { description: "Points that are decided." })
  decisions!: readonly ToolkitDecision[];

  @privately()
  @Field(() => [ToolkitAnswer], { description: "Answers of the self-diagnosis." })
  answers!: readonly ToolkitAnswer[];

  @privately()
  @Field(() => ToolkitItem, {
    nullable: true,
    description: "The first item of the path that is not done; null at its end.",
  })
  nextItem!: ToolkitItem | null;

  @privately()
  @Field(() => ToolkitDiagnosis, {
    nullable: true,
    description: "By the answers so far; null before the first.",
  })
  diagnosis!: ToolkitDiagnosis | null;

  @personalData("IDENTITY", "To know which colleague saved")
  @Field(() => String, { description: "Who saved it." })
  savedBy!: string;

  @Field(() => DateTime, { description: "When it was saved." })
  savedAt!: Date;
}

const conflictCodes = { PROGRESS_CHANGED: "PROGRESS_CHANGED" } as const;
registerEnumType(conflictCodes, {
  name: "ToolkitConflictCode",
  description: "Why progress was not saved.",
  valuesConfig: {
    PROGRESS_CHANGED: { description: "A colleague has saved since you read." },
  },
});

@privately()
@ObjectType({ description: "Somebody else has saved meanwhile. Nothing was changed." })
export class ToolkitProgressConflict {
  @Field(() => conflictCodes, { description: "The reason, for programs." })
  code!: keyof typeof conflictCodes;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;

  @privately()
  @Field(() => ToolkitProgress, {
    nullable: true,
    description: "What there is now: join it with yours, and save again. Null when nothing is.",
  })
  current!: ToolkitProgress | null;
}

export const ToolkitProgressResult = createUnionType({
  name: "ToolkitProgressResult",
  description: "What came of saving: the new state, or the one that came between.",
  types: () => [ToolkitProgress, ToolkitProgressConflict] as const,
});

function checkIds(field: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw badUserInput(
      `\`${field}\` names "${unknown.slice(0, 100)}", which the newest edition does not have: take ids from \`toolkit\`.`,
    );
  }
  if (new Set(given).size < given.length) {
    throw badUserInput(`\`${field}\` names something twice: name it once.`);
  }
}

/** @throws GraphQLError BAD_USER_INPUT for ids that are not in the edition, or are there twice. */
export function readProgress(content: ToolkitContent, given: ToolkitProgressInput): ProgressData {
  const { audienceId, doneItems, metConditions, decisions, answers } = given;
  const audiences = content.paths.map((path) => path.audienceId);
  checkIds("audienceId", [audienceId], audiences);
  checkIds(
    "doneItems",
    doneItems,
    content.paths.flatMap(({ items }) => items.map(({ id }) => id)),
  );
  const conditions = content.foundations.flatMap((one) => one.conditions.map(({ id }) => id));
  checkIds("metConditions", metConditions, conditions);
  const points = new Map(content.decisionPoints.map((point) => [point.id, point.options]));
  checkIds(
    "decisions",
    decisions.map(({ pointId }) => pointId),
    [...points.keys()],
  );
  for (const { pointId, optionId } of decisions) {
    checkIds("decisions", [optionId], points.get(pointId)?.map(({ id }) => id) ?? []);
  }
  checkAnswers(content, answers);
  return { audienceId, doneItems, metConditions, decisions, answers };
}

export function toToolkitProgress(
  row: ToolkitProgressRow,
  edition: ToolkitEditionRow,
): ToolkitProgress {
  const { progress } = row;
  const { content } = edition;
  const questions = content.diagnosis.questions.map(({ id }) => id);
  // A later edition may have dropped a question; its answer stays in the record.
  const asked = progress.answers.filter(({ questionId }) => questions.includes(questionId));
  const path = toPath(content, progress.audienceId);
  return Object.assign(new ToolkitProgress(), {
    ...progress,
    revision: row.revision,
    edition: row.edition,
    nextItem: path.find(({ id }) => !progress.doneItems.includes(id)) ?? null,
    diagnosis: asked.length > 0 ? toDiagnosis(edition, asked) : null,
    savedBy: row.changed_by,
    savedAt: row.changed_at,
  });
}

export const toConflict = (current: ToolkitProgress | null): ToolkitProgressConflict =>
  Object.assign(new ToolkitProgressConflict(), {
    code: "PROGRESS_CHANGED",
    message: localized(
      "A colleague has saved meanwhile: look at the present state, and save yours on top of it.",
      "حفظ أحد الزملاء تغييرًا في هذه الأثناء: راجعوا الحالة الراهنة ثم احفظوا تغييراتكم فوقها.",
    ),
    current,
  });
