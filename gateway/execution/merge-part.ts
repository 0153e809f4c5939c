/**
 * Merges the data of one operation's programs (plan/split-document.ts). Lists were read twice, so they
 * are compared: where they have changed in between, what is missing is an error that says so.
 */
import type { GraphQLSchema } from "graphql";
import type { Failure, Failures } from "./failures.ts";
import { type DataRecord, isRecord, mergeInto } from "./records.ts";

export type MergeScope = { readonly supergraphSchema: GraphQLSchema; readonly failures: Failures };

const changed: Failure = {
  message: "A list changed while it was read; ask again.",
  extensions: { code: "SUBGRAPH_INVALID_RESPONSE" },
};

function mergeValue(scope: MergeScope, holder: DataRecord, before: unknown, after: unknown): void {
  if (isRecord(before) && isRecord(after)) return mergePart(scope, before, after);
  if (!Array.isArray(before) || !Array.isArray(after)) return;
  if (before.length === after.length) {
    for (const [index, item] of before.entries()) mergeValue(scope, holder, item, after[index]);
  } else {
    const note = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(note);
      else if (isRecord(value)) scope.failures.note(value, changed);
    };
    note(before);
  }
}

/** Changes `target`. */
export function mergePart(scope: MergeScope, target: DataRecord, part: DataRecord): void {
  for (const key of Object.keys(part)) {
    if (target[key] === undefined) mergeInto(scope.supergraphSchema, target, { [key]: part[key] });
    else mergeValue(scope, target, target[key], part[key]);
  }
  scope.failures.move(part, target);
}
