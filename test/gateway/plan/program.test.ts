import type { FetchNode, PlanNode } from "@apollo/query-planner";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../../gateway/plan/program.ts";

const fetch = (serviceName: string, isEntity = true): FetchNode => ({
  kind: "Fetch",
  serviceName,
  operation: "{ __typename }",
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
  compileProgram({ kind: "QueryPlan", ...(node ? { node } : {}) } as never);

describe("a program", () => {
  test("of an empty plan has no steps", () => {
    expect(programOf(undefined)).toEqual({ steps: [], groupSizes: [] });
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
      steps.map(({ node, path, after, level }) => [node.serviceName, path.join("."), after, level]),
    ).toEqual([
      ["a", "", [], 0],
      ["b", "", [], 0],
      ["c", "x.@", [0, 1], 1],
      ["d", "y", [0, 1], 1],
      ["c", "y.z", [3], 2],
      ["d", "x.@.w", [2, 4], 3],
    ]);
  });

  test("puts entity fetches of one subgraph and level into one group, whichever branches they are of", () => {
    const { steps, groupSizes } = programOf(
      parallel(
        sequence(fetch("a", false), at(["x"], fetch("c"))),
        sequence(fetch("b", false), at(["y"], fetch("c")), at(["y"], fetch("c"))),
      ),
    );
    expect(steps.map(({ group }) => group)).toEqual([0, 1, 2, 1, 3]);
    expect(groupSizes).toEqual([1, 2, 1, 1]);
  });

  test("never groups root fetches: their answers are not lists of entities", () => {
    const { groupSizes } = programOf(parallel(fetch("a", false), fetch("a", false)));
    expect(groupSizes).toEqual([1, 1]);
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
      steps.map(({ path, conditions, after }) => ({ path: path.join("."), conditions, after })),
    ).toEqual([
      { path: "", conditions: [], after: [] },
      { path: "p.@", conditions: [{ variable: "x", value: true }], after: [0] },
      {
        path: "p.@.q",
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
