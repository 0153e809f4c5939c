/** docs/services.md is true: its examples are operations of the schema, and its limits those of the code. */
import { readFileSync } from "node:fs";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { columns } from "../../../subgraphs/services/catalogue-csv.ts";
import { fileLimitBytes, servicesLimit } from "../../../subgraphs/services/catalogue-file.ts";
import { useWeights } from "../../../subgraphs/services/service-use.counter.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";

const page = readFileSync(fromRoot("docs/services.md"), "utf8");
const examples = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, text = ""]) => text);

describe("docs/services.md", () => {
  test("has examples that the schema answers", () => {
    const schema = buildSubgraphSchema([{ typeDefs: parse(printSubgraphSdl(subgraph)) }]);
    expect(examples.length).toBeGreaterThan(1);
    for (const text of examples) expect(validate(schema, parse(text))).toEqual([]);
  });

  test("names limits, weights and the columns of cells with several things as they are", () => {
    expect(page).toContain(
      `${fileLimitBytes.toLocaleString("en")} bytes and ${servicesLimit} services`,
    );
    expect(page).toContain(`answered by this subgraph | ${useWeights.view} |`);
    expect(page).toContain(`request that was sent | ${useWeights.request} |`);
    expect(page).toContain(`fuel, a fee | ${useWeights.payment} |`);
    const lists = columns.filter(({ read }) => Array.isArray(read("")));
    for (const { name } of lists) expect(page).toContain(`\`${name}\``);
  });
});
