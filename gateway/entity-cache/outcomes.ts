/** The result of a request, taken apart by the questions that it answers. */
import { isFailure } from "../execution/ask-subgraph.ts";
import type { Failure } from "../execution/failures.ts";
import type { SubgraphErrorEntry, SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { Asked, Question } from "./question.ts";

export type Outcome =
  | {
      readonly kind: "value";
      /** Undefined when it did not come. */
      readonly value: unknown;
      /** With paths in the result of the whole fetch. */
      readonly errors: readonly SubgraphErrorEntry[];
    }
  | { readonly kind: "failure"; readonly failure: Failure };

type Path = readonly (string | number)[];

function valueAt(data: SubgraphResult["data"], path: Path): unknown {
  let value: unknown = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

const keyOf = (path: Path, length: number): string => JSON.stringify(path.slice(0, length));

/** Whether each list of entities is as long as the list of representations was. */
function fits(data: SubgraphResult["data"], paths: readonly Path[]): boolean {
  const counts = new Map<string, number>();
  for (const [key, index] of paths)
    if (index !== undefined) counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
  return [...counts].every(([key, count]) => {
    const list = data?.[key];
    return !Array.isArray(list) || list.length === count;
  });
}

export function outcomesOf(
  { result, pathOf }: Asked,
  questions: readonly Question[],
): readonly Outcome[] {
  if (isFailure(result)) return questions.map(() => ({ kind: "failure", failure: result }));
  const { data, errors } = result;
  const paths = questions.map(pathOf);
  const length = paths[0]?.length ?? 1;
  const indexByPath = new Map(paths.map((path, index) => [keyOf(path, length), index]));
  const own = questions.map((): SubgraphErrorEntry[] => []);
  const general: SubgraphErrorEntry[] = [];
  for (const error of errors) {
    const index = error.path && indexByPath.get(keyOf(error.path, length));
    const path = index === undefined ? undefined : questions[index]?.path;
    if (index === undefined || !path) {
      const { path: _path, ...rest } = error;
      // A path that belongs to no entity says nothing about any; that of a root field stays.
      general.push(length > 1 ? rest : error);
    } else {
      own[index]?.push({ ...error, path: [...path, ...(error.path ?? []).slice(length)] });
    }
  }
  const isFitting = fits(data, paths);
  return questions.map(({ path }, index) => {
    const value = isFitting ? valueAt(data, paths[index] ?? []) : undefined;
    const told = [...(own[index] ?? []), ...general];
    if (value !== undefined || length === 1) return { kind: "value", value, errors: told };
    // Nothing came for this entity: whatever was said is the reason.
    const reasons = errors.map(({ message, extensions }) => ({
      message,
      ...(extensions ? { extensions } : {}),
      path,
    }));
    if (reasons.length > 0 && data === null)
      return { kind: "value", value: null, errors: [...told, ...reasons] };
    if (told.length > 0) return { kind: "value", value: null, errors: told };
    const subgraph = questions[index]?.labels.subgraph ?? "";
    const message = `"${subgraph}" answered with a list of entities that does not fit the question.`;
    const extensions = { code: "SUBGRAPH_INVALID_RESPONSE", subgraph };
    return { kind: "failure", failure: { message, extensions } };
  });
}
