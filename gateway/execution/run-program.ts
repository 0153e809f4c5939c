/**
 * Carries out a program: each step as soon as the steps before it have ended. Entity fetches of one
 * group leave together: a level that several branches reach waits for the last of them, since the
 * answer is whole only then anyway; but not longer than its patience, so that a subgraph that hangs
 * does not take the time of all the others with it.
 */
import { OperationTypeNode } from "graphql";
import type { EntityStep, Program, RootStep, Step } from "../plan/program.ts";
import { type Asking, isFailure, toFailure } from "./ask-subgraph.ts";
import { type BatchScope, createEntityBatch, type EntityBatch } from "./entity-batch.ts";
import type { Fetcher } from "./fetcher.ts";
import { type Invalidate, mutate } from "./mutate.ts";
import { createWalker } from "./positions.ts";
import { type DataRecord, mergeInto } from "./records.ts";
import { applyRewrites } from "./rewrites.ts";

export type Run = Asking &
  BatchScope & {
    /** An entity fetch that is ready waits no longer than this for the others of its group. */
    readonly patienceMs: number;
    readonly fetcher: Fetcher;
    readonly invalidate: Invalidate;
    /** Told of each step that has ended, with the data so far. */
    readonly watch?: (step: Step, data: DataRecord) => void;
  };

/** Steps of a group that are ready, and how many are not. */
type Departure = {
  outstanding: number;
  batch: EntityBatch;
  steps: EntityStep[];
  timer: NodeJS.Timeout | undefined;
};

/** @returns the merged data of all fetches; what is missing is explained in `run.failures`. */
export function runProgram(run: Run, program: Program): Promise<DataRecord> {
  const { steps, groups, rootPlace, placeCount, hasContexts } = program;
  const { supergraphSchema, failures, variables, patienceMs, fetcher } = run;
  const root: DataRecord = {};
  const walker = createWalker(root, placeCount, run.sharing);
  const batchScope = { ...run, root, hasContexts };
  const waitingFor = steps.map(({ after }) => after.length);
  const departures = groups.map((group): Departure => ({
    outstanding: group.size,
    batch: createEntityBatch(batchScope, group),
    steps: [],
    timer: undefined,
  }));
  let left = steps.length;

  return new Promise((resolve, reject) => {
    function end(step: Step): void {
      left -= 1;
      run.watch?.(step, root);
      if (left === 0) resolve(root);
      for (const next of step.before) {
        const count = (waitingFor[next] ?? 0) - 1;
        waitingFor[next] = count;
        if (count === 0) start(steps[next] as Step);
      }
    }

    async function fetchRoot(step: RootStep): Promise<void> {
      const { node } = step;
      const isMutation = node.operationKind === OperationTypeNode.MUTATION;
      const result = await (isMutation ? mutate(run, step) : fetcher.root(run, step));
      if (isFailure(result)) {
        failures.note(root, result);
      } else {
        for (const error of result.errors) {
          const failure = toFailure(error, node.serviceName);
          if (error.path?.length) failures.noteBelow(root, error.path, failure);
          else failures.note(root, failure);
        }
        // An error of one field can take away the data of all: then it is the reason for the others, too.
        const [first] = result.errors;
        if (!result.data && first) failures.note(root, toFailure(first, node.serviceName));
        if (result.data) {
          applyRewrites(supergraphSchema, node.outputRewrites, result.data);
          mergeInto(supergraphSchema, root, result.data);
          walker.reset(rootPlace);
        }
      }
      end(step);
    }

    async function depart(index: number): Promise<void> {
      const departure = departures[index];
      const group = groups[index];
      if (!departure || !group) return;
      clearTimeout(departure.timer);
      const { batch, steps: aboard } = departure;
      departure.timer = undefined;
      departure.steps = [];
      if (!batch.isEmpty()) {
        // Whoever comes later goes with the next one.
        if (departure.outstanding > 0) departure.batch = createEntityBatch(batchScope, group);
        const result = await fetcher.entities(run, batch.request());
        if (isFailure(result)) batch.fail(result);
        else batch.merge(result);
        for (const { place } of aboard) walker.reset(place);
      }
      for (const step of aboard) end(step);
    }

    function startEntities(step: EntityStep, holds: boolean): void {
      const departure = departures[step.group];
      if (!departure) return;
      departure.outstanding -= 1;
      const hasEntities = holds && departure.batch.add(step, walker.at(step.place));
      if (hasEntities) departure.steps.push(step);
      if (departure.outstanding === 0) depart(step.group).catch(reject);
      else if (departure.steps.length > 0)
        departure.timer ??= setTimeout(() => {
          depart(step.group).catch(reject);
        }, patienceMs);
      if (!hasEntities) end(step);
    }

    function start(step: Step): void {
      const holds = step.conditions.every(
        ({ variable, value }) => (variables[variable] === true) === value,
      );
      if (step.kind === "entities") startEntities(step, holds);
      else if (holds) fetchRoot(step).catch(reject);
      else end(step);
    }

    if (left === 0) resolve(root);
    for (const step of steps) if (step.after.length === 0) start(step);
  });
}
