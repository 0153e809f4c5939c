/**
 * Carries out a program: each step as soon as the steps before it have ended, side by side where
 * nothing orders them.
 */
import type { Program, Step } from "../plan/program.ts";
import { fetchNode, type Run } from "./fetch-node.ts";
import type { DataRecord } from "./records.ts";
import { flatten, type Position } from "./representations.ts";

async function runStep(
  run: Run,
  step: Step,
  before: readonly Promise<void>[],
  root: Position,
): Promise<void> {
  for (const index of step.after) await before[index];
  const holds = step.conditions.every(
    ({ variable, value }) => (run.variables[variable] === true) === value,
  );
  const positions = holds ? flatten([root], step.path) : [];
  if (positions.length > 0) await fetchNode(run, step, positions);
  else if (step.node.requires) run.entityFetch.skip(step);
}

/** @returns the merged data of all fetches; what is missing is explained in `run.failures`. */
export async function runProgram(run: Run, program: Program): Promise<DataRecord> {
  const root: DataRecord = {};
  const done: Promise<void>[] = [];
  for (const step of program.steps) done.push(runStep(run, step, done, { entity: root, path: [] }));
  await Promise.all(done);
  return root;
}
