/**
 * The self-diagnosis of those who are stuck: answers → what blocks them most, and the one next step.
 * A "no" weighs twice as much as "nobody knows"; of blockers that weigh the same, the one comes first
 * that must be cleared away first. Questions and steps are data of an edition. Pure.
 */
import { type Blocker, blockers, type Diagnostics } from "./toolkit-content.ts";

export const answerValues = { YES: "YES", NO: "NO", UNSURE: "UNSURE" } as const;
export type AnswerValue = keyof typeof answerValues;

/** By question. A question that is not answered counts as UNSURE. */
export type Answers = Readonly<Record<string, AnswerValue>>;

export type Diagnosis = {
  /** Undefined when every answer is YES. */
  readonly blocker: Blocker | undefined;
  readonly stepId: string;
  /** The question whose answer leads to the step; undefined when nothing is in the way. */
  readonly becauseOf: string | undefined;
  /** By blocker, in the order in which they are cleared away: from 0 (free) to 100 (all is "no"). */
  readonly severities: readonly { readonly blocker: Blocker; readonly percent: number }[];
};

const factors: Readonly<Record<AnswerValue, number>> = { YES: 0, UNSURE: 1, NO: 2 };

/** Always exactly one step, whatever was answered. */
export function diagnose({ questions, clear }: Diagnostics, answers: Answers): Diagnosis {
  const answerTo = (id: string): AnswerValue => answers[id] ?? "UNSURE";
  const weighed = Object.values(blockers).map((blocker) => {
    const about = questions.filter((question) => question.blocker === blocker);
    const total = about.reduce((sum, { weight }) => sum + weight * factors.NO, 0);
    const score = about.reduce((sum, { id, weight }) => sum + weight * factors[answerTo(id)], 0);
    return { blocker, about, score, percent: total === 0 ? 0 : Math.round((100 * score) / total) };
  });
  const severities = weighed.map(({ blocker, percent }) => ({ blocker, percent }));
  // The first of the greatest: the order of the blockers decides between equals.
  const worst = weighed.reduce((one, other) => (other.score > one.score ? other : one));
  const decisive =
    worst.about.find(({ id }) => answerTo(id) === "NO") ??
    worst.about.find(({ id }) => answerTo(id) === "UNSURE");
  if (!decisive) return { blocker: undefined, stepId: clear, becauseOf: undefined, severities };
  const stepId = answerTo(decisive.id) === "NO" ? decisive.ifNo : decisive.ifUnsure;
  return { blocker: worst.blocker, stepId, becauseOf: decisive.id, severities };
}
