/**
 * `@fromContext` (federation specification 2.8): arguments of an entity's fields that objects above it give. The
 * planner names the way to each, `["..", "... on Trip", "currency"]`, and the variable that the fetch takes it by.
 */
import type { FetchNode } from "@apollo/query-planner";

export type ContextArgument = {
  readonly variable: string;
  /** 1: the object that holds the entity; lists between them do not count. */
  readonly levelsUp: number;
  /** Fields and type conditions from there. */
  readonly path: readonly string[];
};

/** Several may have one variable: of those, one type condition holds. */
export const contextArgumentsOf = ({
  contextRewrites = [],
}: FetchNode): readonly ContextArgument[] =>
  contextRewrites.map(({ path, renameKeyTo }) => {
    const levelsUp = path.findIndex((part) => part !== "..");
    return { variable: renameKeyTo, levelsUp, path: path.slice(levelsUp) };
  });

/** Each once, in their order. */
export const contextVariablesOf = (node: FetchNode): readonly string[] => [
  ...new Set(contextArgumentsOf(node).map(({ variable }) => variable)),
];
