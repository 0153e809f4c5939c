/** Gives each request of a program the reader of its answers (answer-reader.ts), by what all its steps ask for. */
import { Kind } from "graphql";
import { compileReader } from "./answer-reader.ts";
import { countAskers, type Question, shapeOf } from "./answer-shape.ts";
import type { Place } from "./place.ts";
import type { EntityGroup, Step } from "./program.ts";
import { operationOf } from "./request-text.ts";

/**
 * Where keys are renamed in answers, places are not what
 * the questions say: all is read plainly then.
 */
export function giveReaders(
  steps: readonly Step[],
  groups: readonly EntityGroup[],
  rootPlace: Place,
): void {
  if (steps.some(({ node }) => node.outputRewrites?.some(({ kind }) => kind === "KeyRenamer")))
    return;
  const questionOf = (step: Step): Question => {
    const { selectionSet } = operationOf(step.node);
    if (step.kind === "root") return { place: rootPlace, selectionSet };
    const [entities] = selectionSet.selections;
    const asked = entities?.kind === Kind.FIELD ? entities.selectionSet : undefined;
    return { place: step.place, selectionSet: asked ?? selectionSet };
  };
  const questions = new Map(steps.map((step) => [step, questionOf(step)]));
  const askers = countAskers([...questions.values()]);
  for (const step of steps) {
    if (step.kind !== "root") continue;
    const shape = shapeOf([questionOf(step)], askers);
    // The root is one object: what it holds is held once.
    const root = shape && { ...shape, isSharable: false, into: [] };
    step.text = { ...step.text, read: root && compileReader(root) };
  }
  for (const [group, { asks }] of groups.entries())
    for (const [index, ask] of asks.entries()) {
      const ofAsk = steps.filter(
        (step) => step.kind === "entities" && step.group === group && step.ask === index,
      );
      ask.shape = shapeOf(
        ofAsk.flatMap((step) => questions.get(step) ?? []),
        askers,
      );
    }
}
