/** What a subgraph tells in several places is read once, and yet each place has its own of the rest. */
import { expect, test } from "vitest";
import { findDifference } from "../../fuzz/find-difference.ts";
import type { FuzzCase } from "../../fuzz/fuzz-case.ts";

const nothing = { variables: {}, faults: [], rows: {}, roots: {} };
const difference = (one: Partial<FuzzCase> & Pick<FuzzCase, "subgraphs" | "query">) =>
  findDifference({ ...nothing, ...one });
const row = (type: string, fields: Record<string, unknown>) => ({ type, fields });
const to = ($row: string) => ({ $row });

const twoSites = {
  "Site-0": row("Site", { id: "0", at: to("Position-0"), near: [to("Position-0")] }),
  "Site-1": row("Site", { id: "1", at: to("Position-1"), near: [to("Position-1")] }),
};

test("objects that one subgraph tells alike and another does not stay two", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { sites: [Site] }
        type Site @key(fields: "id") { id: ID! at: Position @shareable }
        type Position { x: Int inner: Inner @shareable } type Inner { a: Int }`,
        b: `type Site @key(fields: "id") { id: ID! at: Position @shareable }
        type Position { y: Int inner: Inner @shareable } type Inner { b: Int }`,
      },
      query: "{ sites { at { x inner { a b } y } } }",
      rows: {
        ...twoSites,
        "Position-0": row("Position", { x: 1, y: 10, inner: to("Inner-0") }),
        "Position-1": row("Position", { x: 1, y: 20, inner: to("Inner-1") }),
        "Inner-0": row("Inner", { a: 1, b: 10 }),
        "Inner-1": row("Inner", { a: 1, b: 20 }),
      },
      roots: { sites: [to("Site-0"), to("Site-1"), to("Site-0")] },
    }),
  ).toBeUndefined();
});

test("objects that are one get what other subgraphs add at and below them, in every place", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { sites: [Site] }
        type Site @key(fields: "id") { id: ID! near: [Position] }
        type Position { x: Int owner: Owner }
        type Owner @key(fields: "id") { id: ID! since: Int site: Site }`,
        b: `type Owner @key(fields: "id") { id: ID! name: String badge: Badge } type Badge { text: String }`,
        c: `type Owner @key(fields: "id") { id: ID! name: String @external title: String @requires(fields: "name") }`,
      },
      query:
        "{ sites { near { x owner { id since name title badge { text } site { id near { owner { title } } } } } } }",
      rows: {
        "Site-0": row("Site", { id: "0", near: [to("Position-0"), to("Position-1")] }),
        "Site-1": row("Site", { id: "1", near: [to("Position-1"), to("Position-0")] }),
        "Position-0": row("Position", { x: 1, owner: to("Owner-0") }),
        "Position-1": row("Position", { x: 1, owner: to("Owner-0") }),
        "Owner-0": row("Owner", {
          id: "0",
          since: 1990,
          name: "n",
          title: "t",
          site: to("Site-0"),
          badge: to("Badge-0"),
        }),
        "Badge-0": row("Badge", { text: 'a "quoted" text' }),
      },
      roots: { sites: [to("Site-0"), to("Site-1"), to("Site-1")] },
    }),
  ).toBeUndefined();
});
