/**
 * Process: the shop's four subgraphs. Each request is executed once and its answer kept by its body,
 * so that under load the subgraphs cost next to nothing and the gateways are what is measured.
 * Sends `{ urls }` to its parent when it listens, and its number of requests whenever asked.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { subgraphResolvers } from "./resolvers.ts";
import { type SubgraphName, subgraphNames, subgraphSdl } from "./schemas.ts";

let requests = 0;

async function serve(name: SubgraphName): Promise<string> {
  const schema = buildSubgraphSchema([
    { typeDefs: parse(subgraphSdl[name]), resolvers: subgraphResolvers[name] as never },
  ]);
  const answers = new Map<string, Promise<Buffer>>();
  const answer = async (body: string): Promise<Buffer> => {
    const { query, variables, operationName } = JSON.parse(body);
    const result = await graphql({
      schema,
      source: query,
      variableValues: variables,
      operationName: operationName ?? null,
    });
    return Buffer.from(JSON.stringify(result));
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      requests += 1;
      const body = Buffer.concat(parts).toString();
      let kept = answers.get(body);
      if (!kept) answers.set(body, (kept = answer(body)));
      const bytes = await kept;
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": bytes.length,
        "cache-control": "public, max-age=3600",
      });
      response.end(bytes);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const urls = Object.fromEntries(
  await Promise.all(subgraphNames.map(async (name) => [name, await serve(name)])),
);
process.on("message", () => process.send?.({ requests }));
process.on("disconnect", () => process.exit(0));
process.send?.({ urls });
