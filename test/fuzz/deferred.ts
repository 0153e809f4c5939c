/**
 * `@defer` put anywhere into an operation, and what must hold of its answer in parts:
 * 1. Where the answer at once has something, the parts together have the same. (They may have more: a null that
 *    an error makes ends at its part.)
 * 2. Where that answer has an error, the parts have one at, above or below the place, or about the null above it;
 *    no part tells one twice.
 * 3. A part of which nothing is told has an error.
 * 4. Without errors, the parts together are the answer at once, and nothing besides.
 */
import {
  type DirectiveNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";
import { executeDeferred } from "../../gateway/defer/execute-deferred.ts";
import { createDirectFetcher } from "../../gateway/execution/fetcher.ts";
import { collect } from "../gateway/defer/merge.ts";
import { testContext } from "../support/federation.ts";
import type { Draw } from "./draw.ts";
import type { Answer } from "./equivalence.ts";
import { answerOfGateway, fetchOf } from "./federated.ts";
import type { Ground } from "./find-difference.ts";
import type { FuzzCase } from "./fuzz-case.ts";

const defer: DirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: "defer" },
};

export function withRandomDefers(query: string, draw: Draw): string {
  const wrap = (set: SelectionSetNode): SelectionSetNode => {
    const selections = set.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind !== Kind.FIELD)
        return draw.chance(30)
          ? [{ ...selection, directives: [...(selection.directives ?? []), defer] }]
          : [selection];
      if (!draw.chance(25)) return [selection];
      const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [selection] };
      const wrapped: SelectionNode = {
        kind: Kind.INLINE_FRAGMENT,
        directives: [defer],
        selectionSet,
      };
      // Sometimes asked for outside, too.
      return draw.chance(15) ? [wrapped, selection] : [wrapped];
    });
    return { ...set, selections };
  };
  return print(visit(parse(query), { SelectionSet: { leave: wrap } }));
}

type Json = any;
const textOf = (value: unknown) => JSON.stringify(value);

/** Where the second has not what the first has. */
function lost(whole: Json, parts: Json, path: string): string[] {
  if (whole === null) return [];
  if (typeof whole !== "object")
    return whole === parts ? [] : [`${textOf(parts)} instead of ${textOf(whole)} at ${path}`];
  if (typeof parts !== "object" || parts === null) return [`nothing at ${path}`];
  return Object.keys(whole).flatMap((key) => lost(whole[key], parts[key], `${path}.${key}`));
}

/** How far a path goes before it comes to a null, or to what was not told because of one. */
function standing(data: Json, path: readonly (string | number)[]): number {
  let value = data;
  for (const [length, part] of path.entries()) {
    if (value === null || value === undefined) return length;
    value = value[part];
  }
  return path.length;
}

/** @returns sentences; none when all is well. Undefined when there was nothing to defer. */
export async function findDeferredDifference(
  { federated, model }: Ground,
  one: FuzzCase,
): Promise<readonly string[] | undefined> {
  const whole: Answer = await answerOfGateway(federated, one, model);
  const request = {
    document: parse(one.query),
    operationName: undefined,
    variables: one.variables,
  };
  const executed = await executeDeferred(federated.graph, request, testContext(), {
    fetch: fetchOf(federated, one, model),
    fetcher: createDirectFetcher(() => ({})),
    invalidate: async () => {},
    forbiddenFields: "null",
  });
  if (!executed) return undefined;
  const { data, errors, parts } = await collect(executed);
  const told = JSON.parse(textOf({ data, errors })) as { data: Json; errors: Json[] };
  const differences = lost(whole.data, told.data, "data");
  for (const { path: full = [] } of whole.errors) {
    const path = full.slice(0, standing(told.data, full));
    const isTold = told.errors.some(({ path: other }) => {
      const length = Math.min(path.length, other.length);
      return textOf(path.slice(0, length)) === textOf(other.slice(0, length));
    });
    if (!isTold) differences.push(`no error about ${textOf(full)}`);
  }
  for (const { data: part, errors: own } of [...parts, executed.initial]) {
    if (part === null && own.length === 0) differences.push("a null part without an error");
    const texts = own.map(textOf);
    if (new Set(texts).size < texts.length) differences.push(`twice: ${texts.join(" ")}`);
  }
  if (whole.errors.length === 0) {
    if (told.errors.length > 0) differences.push(`errors: ${textOf(told.errors)}`);
    differences.push(...lost(told.data, whole.data, "parts"));
  }
  return differences;
}
