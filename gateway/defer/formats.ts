/**
 * The two forms in which a deferred answer is told, each a JSON object a part of `multipart/mixed`: the current one
 * of the specification's proposal (incrementalSpec=v0.2: `pending`, `incremental`, `completed`) and the one of
 * 2022-08-24 that Apollo Client asks for (`incremental` with path and label). Both say `hasNext`.
 */
import { parseQualityList } from "../http/quality-list.ts";
import { remember } from "../http/remember.ts";
import type { Batch, DeferredExecution, DeferredPart } from "./execute-deferred.ts";

export type DeferFormat = {
  readonly contentType: string;
  readonly initial: (executed: Pick<DeferredExecution, "initial" | "pending">) => object;
  readonly next: (batch: Batch) => object;
};

const some = (name: string, items: readonly unknown[]) =>
  items.length > 0 ? { [name]: items } : {};

const announced = ({ id, path, label }: DeferredPart) => ({
  id,
  path,
  ...(label === undefined ? {} : { label }),
});

const current: DeferFormat = {
  contentType: 'multipart/mixed; boundary="graphql"; incrementalSpec=v0.2',
  initial: ({ initial: { data, errors }, pending }) => ({
    data,
    ...some("errors", errors),
    ...some("pending", pending.map(announced)),
    hasNext: pending.length > 0,
  }),
  next: ({ pending, told, hasNext }) => ({
    ...some("pending", pending.map(announced)),
    ...some(
      "incremental",
      told
        .filter(({ data }) => data !== null)
        .map(({ part, data, errors }) => ({ id: part.id, data, ...some("errors", errors) })),
    ),
    completed: told.map(({ part, data, errors }) => ({
      id: part.id,
      // Nothing of it was told.
      ...(data === null ? { errors } : {}),
    })),
    hasNext,
  }),
};

const of2022: DeferFormat = {
  contentType: 'multipart/mixed; boundary="graphql"; deferSpec=20220824',
  initial: ({ initial: { data, errors }, pending }) => ({
    data,
    ...some("errors", errors),
    hasNext: pending.length > 0,
  }),
  next: ({ told, hasNext }) => ({
    incremental: told.map(({ part: { path, label }, data, errors }) => ({
      path,
      ...(label === undefined ? {} : { label }),
      data,
      ...some("errors", errors),
    })),
    hasNext,
  }),
};

/** By name: a client that says only `multipart/mixed` could mean either, or something else. */
export const acceptedDeferFormat = remember((accept): DeferFormat | undefined => {
  const named = parseQualityList(accept ?? "").flatMap(({ value, parameters, weight }) => {
    if (value !== "multipart/mixed" || weight === 0) return [];
    if (parameters.get("incrementalspec") === "v0.2") return [{ format: current, weight }];
    return parameters.get("deferspec") === "20220824" ? [{ format: of2022, weight }] : [];
  });
  return named.toSorted((one, other) => other.weight - one.weight)[0]?.format;
});
