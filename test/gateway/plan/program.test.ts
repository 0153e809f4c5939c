import type { FetchNode, PlanNode } from "@apollo/query-planner";
import { buildSchema } from "graphql";
import { describe, expect, test } from "vitest";
import type { Place } from "../../../gateway/plan/place.ts";
import { compileProgram, type Step } from "../../../gateway/plan/program.ts";

const fetch = (serviceName: string, isEntity = true): FetchNode => ({
  kind: "Fetch",
  serviceName,
  operation: isEntity
    ? "query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }"
    : "{ __typename }",
  operationKind: "query" as FetchNode["operationKind"],
  operationName: undefined,
  ...(isEntity ? { requires: [] } : {}),
});
const at = (path: readonly string[], node: PlanNode): PlanNode => ({
  kind: "Flatten",
  path: [...path],
  node,
});
const sequence = (...nodes: PlanNode[]): PlanNode => ({ kind: "Sequence", nodes });
const parallel = (...nodes: PlanNode[]): PlanNode => ({ kind: "Parallel", nodes });
const programOf = (node: PlanNode | undefined) =>
  compileProgram(
    { kind: "QueryPlan", ...(node ? { node } : {}) } as never,
    buildSchema("type Query { a: Int }"),
    () => true,
    true,
  );

const pathOf = (step: Step): string => {
  const keys: string[] = [];
  let place: Place | undefined = step.kind === "entities" ? step.place : undefined;
  for (; place?.parent; place = place.parent) keys.unshift(place.key);
  return keys.join(".");
};
const groupOf = (step: Step): number | undefined =>
  step.kind === "entities" ? step.group : undefined;

describe("a program", () => {
  test("of an empty plan has no steps", () => {
    expect(programOf(undefined)).toMatchObject({ steps: [], groups: [], placeCount: 1 });
  });

  test("orders its steps as the plan's sequences and parallels do", () => {
    const { steps } = programOf(
      sequence(
        parallel(fetch("a", false), fetch("b", false)),
        parallel(
          at(["x", "@"], fetch("c")),
          sequence(at(["y"], fetch("d")), at(["y", "z"], fetch("c"))),
        ),
        at(["x", "@", "w"], fetch("d")),
      ),
    );
    expect(
      steps.map((step) => [step.node.serviceName, pathOf(step), step.after, step.level]),
    ).toEqual([
      ["a", "", [], 0],
      ["b", "", [], 0],
      ["c", "x", [0, 1], 1],
      ["d", "y", [0, 1], 1],
      ["c", "y.z", [3], 2],
      ["d", "x.w", [2, 4], 3],
    ]);
  });

  test("puts entity fetches of one subgraph and level into one group, whichever branches they are of", () => {
    const { steps, groups } = programOf(
      parallel(
        sequence(fetch("a", false), at(["x"], fetch("c")), at(["x"], fetch("d"))),
        sequence(fetch("b", false), at(["y"], fetch("c")), at(["y"], fetch("c"))),
      ),
    );
    expect(steps.map(groupOf)).toEqual([undefined, 0, 1, undefined, 0, 2]);
    expect(groups.map(({ subgraph, size }) => [subgraph, size])).toEqual([
      ["c", 2],
      ["d", 1],
      ["c", 1],
    ]);
  });

  test("lets a step that nothing waits for travel with the last one to its subgraph", () => {
    const { steps, groups } = programOf(
      sequence(
        fetch("a", false),
        parallel(at(["x"], fetch("c")), sequence(at(["y"], fetch("b")), at(["y"], fetch("c")))),
      ),
    );
    expect(steps.map(groupOf)).toEqual([undefined, 0, 1, 0]);
    expect(groups.map(({ size }) => size)).toEqual([2, 1]);
  });

  test("never groups root fetches: their answers are not lists of entities", () => {
    const { steps, groups } = programOf(parallel(fetch("a", false), fetch("a", false)));
    expect(steps).toHaveLength(2);
    expect(groups).toEqual([]);
  });

  test("carries conditions on each step below them, and nested paths are one path", () => {
    const { steps } = programOf(
      sequence(
        fetch("a", false),
        {
          kind: "Condition",
          condition: "x",
          ifClause: at(
            ["p", "@"],
            sequence(fetch("b"), {
              kind: "Condition",
              condition: "y",
              elseClause: at(["q"], fetch("c")),
            }),
          ),
        },
        at(["r"], fetch("d")),
      ),
    );
    expect(
      steps.map((step) => ({
        path: pathOf(step),
        conditions: step.conditions,
        after: step.after,
      })),
    ).toEqual([
      { path: "", conditions: [], after: [] },
      { path: "p", conditions: [{ variable: "x", value: true }], after: [0] },
      {
        path: "p.q",
        conditions: [
          { variable: "x", value: true },
          { variable: "y", value: false },
        ],
        after: [1],
      },
      { path: "r", conditions: [], after: [2] },
    ]);
  });
});
