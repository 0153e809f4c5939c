/** `npm run plan -- FILE`: what the gateway asks of which subgraph for an operation. */
import { readFile } from "node:fs/promises";
import { GraphQLError, parse, validate } from "graphql";
import { describePrograms } from "../gateway/plan/describe-program.ts";
import { prepareGraph, SupergraphError } from "../gateway/supergraph/graph.ts";
import { fromRoot } from "../platform/root.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run plan -- FILE [--operation NAME] [--supergraph FILE]

Shows the requests to subgraphs that an operation takes, level by level.
  FILE               a GraphQL document, for example schema/operations/HomeScreen.graphql
  --operation NAME   which operation of the document, when there are several
  --supergraph FILE  instead of schema/supergraph.graphql`;

const read = (file: string): Promise<string> =>
  readFile(file, "utf8").catch(() => {
    throw new ToolError(`The file "${file}" cannot be read.`);
  });

await runTool(
  {
    usage,
    options: { operation: { type: "string" }, supergraph: { type: "string" } },
    positionals: true,
  },
  async ({ values: { operation, supergraph }, positionals: [file, ...others] }) => {
    if (file === undefined || others.length > 0) throw new ToolError(usage);
    try {
      const graph = prepareGraph(await read(supergraph ?? fromRoot("schema/supergraph.graphql")));
      const document = parse(await read(file));
      const problems = validate(graph.apiSchema, document);
      if (problems.length > 0)
        throw new ToolError(problems.map((problem) => problem.toString()).join("\n\n"));
      console.log(describePrograms(graph.plan(document, operation).programs));
      return 0;
    } catch (error) {
      if (error instanceof GraphQLError) throw new ToolError(error.toString());
      if (error instanceof SupergraphError) throw new ToolError(error.message);
      throw error;
    }
  },
);
