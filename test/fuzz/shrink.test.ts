import { expect, test } from "vitest";
import type { FuzzCase } from "./fuzz-case.ts";
import { shrink } from "./shrink.ts";

const one: FuzzCase = {
  subgraphs: {
    a: `type Query { things: [Thing!] other: Int } type Thing @key(fields: "id") { id: ID! }`,
    b: `type Thing @key(fields: "id") { id: ID! name: String rank: Int } enum Unused { ONE }`,
  },
  query: `query ($no: Boolean!) { other things { ...Names ... on Thing { id rank @skip(if: $no) } } } fragment Names on Thing { name rank }`,
  variables: { no: false },
  rows: {
    "Thing-0": { type: "Thing", fields: { id: "Thing-0", name: "zero", rank: 0 } },
    "Thing-1": { type: "Thing", fields: { id: "Thing-1", name: "one", rank: 1 } },
  },
  roots: { things: [{ $row: "Thing-0" }, { $row: "Thing-1" }], other: 3 },
  faults: [{ kind: "down", subgraph: "a" }],
};

test("takes away what the difference does not need, and what is left still composes", async () => {
  const difference = "data: differs";
  const { one: small } = await shrink(one, difference, {
    deadlineMs: Date.now() + 10_000,
    find: async (_ground, { query }) => (query.includes("name") ? difference : undefined),
  });
  expect(small.query.replaceAll(/\s+/g, " ")).toBe("{ things { name } }");
  expect(small.variables).toEqual({});
  expect(small.faults).toEqual([]);
  expect(small.rows).toEqual({});
  expect(Object.values(small.subgraphs).join("\n")).not.toMatch(/rank|Unused|other/);
});

test("a case that then fails in another way is not taken", async () => {
  const { one: small } = await shrink(one, "data: differs", {
    deadlineMs: Date.now() + 10_000,
    find: async (_ground, { query }) =>
      query.includes("rank") ? "data: differs" : "an error at [], where nothing failed",
  });
  expect(small.query).toMatch(/rank/);
});
