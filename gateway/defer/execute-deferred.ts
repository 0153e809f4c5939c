/**
 * A query with `@defer`, carried out. Enters: a request. Leaves: what is told at once, then each deferred part when
 * all of it is there. One program fetches everything, the same as without `@defer`, into one tree of data; a part
 * is told when the steps that give its fields have ended. So the parts together are always the whole answer,
 * of one moment, and nothing is asked twice. A null that an error makes ends at the part.
 */
import { type DocumentNode, getOperationAST, OperationTypeNode } from "graphql";
import type { RequestContext } from "../context.ts";
import { createAnswerRecord } from "../execution/answer-record.ts";
import { complete, type Completed, type Instance } from "../execution/complete.ts";
import {
  coerceVariables,
  type ExecuteOptions,
  type OperationRequest,
} from "../execution/execute-operation.ts";
import { createFailures, type ResponseError } from "../execution/failures.ts";
import { executeIntrospection } from "../execution/introspection.ts";
import { prepareOperation } from "../execution/prepare-operation.ts";
import { type DataRecord, isRecord } from "../execution/records.ts";
import { runProgram } from "../execution/run-program.ts";
import { inputNames } from "../execution/told-errors.ts";
import { hasDefer } from "../operation/defer-directive.ts";
import { refusal } from "../operation/forbidden.ts";
import { toClient } from "../plan/client-names.ts";
import { keepArgumentsApart } from "../plan/keep-arguments-apart.ts";
import type { Graph } from "../supergraph/graph.ts";
import { createDeferringCollector } from "./collect-deferred.ts";
import { type Deferral, readDeferrals } from "./deferrals.ts";
import { neededSteps } from "./needed-steps.ts";

export type DeferredPart = {
  /** Its number in the answer. */
  readonly id: string;
  readonly path: Instance["path"];
  readonly label: string | undefined;
};

/** Null data: an error took all of the part. */
export type ToldPart = Completed & { readonly part: DeferredPart };

export type Batch = {
  /** What is now known to follow. */
  readonly pending: readonly DeferredPart[];
  readonly told: readonly ToldPart[];
  readonly hasNext: boolean;
};

export type DeferredExecution = {
  readonly initial: Completed;
  /** What follows; none when everything was told at once. */
  readonly pending: readonly DeferredPart[];
  /** To be read to its end. */
  readonly batches: AsyncGenerator<Batch, void, undefined>;
};

type Waiting = {
  readonly part: DeferredPart;
  readonly deferral: Deferral;
  readonly instance: Instance;
  /** What else is asked of the object. */
  readonly around: readonly Instance["groups"][];
};

/** @param clientKey The client's name of a key; default: its own. */
function valueAt(
  data: unknown,
  path: Instance["path"],
  clientKey: (key: string) => string = (key) => key,
): unknown {
  let value = data;
  for (const part of path) {
    if (Array.isArray(value)) value = typeof part === "number" ? value[part] : undefined;
    else if (isRecord(value)) {
      const record: DataRecord = value;
      const keys = Object.keys(record).filter((key) => clientKey(key) === part);
      // Where a required field has the client's key, the client's own has another.
      const key = keys.find((one) => one !== part) ?? keys[0];
      value = key === undefined ? undefined : record[key];
    } else return undefined;
  }
  return value;
}

const startsWith = (path: Instance["path"], beginning: Instance["path"]): boolean =>
  beginning.every((part, index) => path[index] === part);

const isDeferrable = (document: DocumentNode, operationName: string | undefined): boolean =>
  hasDefer(document) &&
  getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY;

/** As in execute-operation.ts, but entity fetches do not wait for those of other parts. */
const patienceMs = 0;

/**
 * @returns undefined for what is to be answered as if there were no `@defer`.
 * @throws GraphQLError as executeOperation.
 */
export async function executeDeferred(
  graph: Graph,
  request: OperationRequest,
  context: RequestContext,
  { fetch, fetcher, invalidate, forbiddenFields }: ExecuteOptions,
): Promise<DeferredExecution | undefined> {
  const { operationName } = request;
  if (!isDeferrable(request.document, operationName)) return undefined;
  const document = keepArgumentsApart(request.document);
  const prepared = prepareOperation(graph, document, operationName);
  const variables = coerceVariables(graph, prepared.operation, request.variables);
  const verdict = graph.authorize(document, operationName, context.principal);
  const filtered = verdict.kind === "filtered" ? verdict : undefined;
  if (filtered && forbiddenFields === "refuse" && refusal(filtered.forbidden, variables))
    return undefined;
  const asked = filtered ? prepareOperation(graph, filtered.original, operationName) : prepared;
  const carriedOut = filtered ? filtered.document : document;
  const plan = carriedOut && graph.plan(carriedOut, operationName);
  const [program] = plan?.programs ?? [];
  // By the steps of several programs one cannot tell what is there of an object.
  if (!carriedOut || !program || plan?.programs.length !== 1 || program.steps.length === 0)
    return undefined;

  const { apiSchema: schema, supergraphSchema, hasKey, clientNames } = graph;
  const { rootType, fragments, operation } = asked;
  const deferrals = readDeferrals(operation.selectionSet, { fragments, variables, clientNames });
  const removed = filtered?.removed ?? new Map();
  const collector = createDeferringCollector(
    { schema, fragments, variables, removed, clientNames },
    operation.selectionSet,
    deferrals,
  );
  const failures = createFailures();
  const ended = new Set<number>();
  let source: DataRecord = {};
  let progress = Promise.withResolvers<void>();
  const run = runProgram(
    {
      fetch,
      fetcher,
      invalidate,
      record: createAnswerRecord(),
      context,
      variables: { ...variables, ...plan.values },
      explanation: undefined,
      supergraphSchema,
      hasKey,
      failures,
      sharing: { at: [], below: [] },
      patienceMs,
      watch(step, data) {
        source = data;
        ended.add(step.index);
        progress.resolve();
      },
    },
    program,
  );
  // Whoever waits for a step learns of it.
  run.catch(() => {});

  const stepsOf = new Map<Deferral | undefined, ReadonlySet<number>>();
  function isThere(deferral: Deferral | undefined): boolean {
    const fields = deferral?.fields ?? deferrals.fields;
    const steps = stepsOf.get(deferral) ?? neededSteps(program!, fields);
    stepsOf.set(deferral, steps);
    return [...steps].every((index) => ended.has(index));
  }
  async function until(isMet: () => boolean): Promise<void> {
    while (!isMet()) {
      progress = Promise.withResolvers();
      await Promise.race([progress.promise, run]);
    }
  }

  const introspection = prepared.hasIntrospection
    ? executeIntrospection(schema, carriedOut, operationName, variables)
    : {};
  let count = 0;
  /** What has been found to be deferred, in the order of the answer. */
  let waiting: Waiting[] = [];
  const alreadyTold = new Set<string>();

  /** Whether a field comes with these groups, or with what is deferred in them. */
  const holds = (groups: Instance["groups"], field: string | number | undefined): boolean =>
    groups.some(({ key }) => key === field) ||
    collector.deferredBeside(groups).some((one) => holds(one.groups, field));

  /** Completes the root or a part; what is deferred in it is waiting from now on. */
  function finish(own?: Waiting): { completed: Completed; pending: readonly DeferredPart[] } {
    const found: Waiting[] = [];
    const note = (instance: Instance): void => {
      for (const { deferral, groups } of collector.deferredBeside(instance.groups)) {
        const { path } = instance;
        const part = { id: String((count += 1)), path, label: deferral.label };
        const isOfOwn = own && own.instance.path.length === path.length;
        const around = [instance.groups, ...(isOfOwn ? own.around : [])];
        found.push({ part, deferral, instance: { ...instance, groups }, around });
      }
    };
    const isTold = (error: ResponseError): boolean => {
      if (own && !startsWith(error.path, own.instance.path)) return false;
      const field = error.path[own?.instance.path.length ?? 0];
      if (own?.instance.groups.some(({ key }) => key === field)) return true;
      // Of what is asked for elsewhere it is told there; what nobody asked for is an input of what somebody did.
      const isOfAnother = own
        ? own.around.some((groups) => holds(groups, field))
        : found.some(({ instance: { path, groups } }) => {
            return startsWith(error.path, path) && holds(groups, error.path[path.length]);
          });
      const key = JSON.stringify(error);
      if (isOfAnother || alreadyTold.has(key)) return false;
      alreadyTold.add(key);
      return true;
    };
    const options = {
      schema,
      supergraphSchema,
      rootType,
      collect: collector.collect,
      variables,
      failures,
      introspection,
      inputs: inputNames([program!]),
      onObject: note,
      isTold,
    };
    const record = own && valueAt(source, own.instance.path, toClient);
    const at = own && { instance: own.instance, record: isRecord(record) ? record : {} };
    const completed = complete(options, source, at);
    const from = own?.instance.path.length ?? 0;
    // What stands below a null is not there to be completed.
    const standing = found.filter(({ instance: { path } }) =>
      isRecord(valueAt(completed.data, path.slice(from))),
    );
    waiting = [...waiting.filter((one) => one !== own), ...standing];
    return { completed, pending: standing.map(({ part }) => part) };
  }

  async function* batches(): AsyncGenerator<Batch, void, undefined> {
    while (waiting.length > 0) {
      await until(() => waiting.some(({ deferral }) => isThere(deferral)));
      const ready = waiting.filter(({ deferral }) => isThere(deferral));
      const finished = ready.map((one) => ({ part: one.part, ...finish(one) }));
      yield {
        pending: finished.flatMap(({ pending }) => pending),
        told: finished.map(({ part, completed }) => ({ part, ...completed })),
        hasNext: waiting.length > 0,
      };
    }
  }

  await until(() => isThere(undefined));
  const { completed: initial, pending } = finish();
  return { initial, pending, batches: batches() };
}
