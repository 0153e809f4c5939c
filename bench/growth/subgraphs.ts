/**
 * Process: the subgraphs of a supergraph, each on a port. Gets `{ sdl }`, sends `{ urls }` when they listen.
 * An answer is made once and kept by its question, so that under load the gateways are what is measured.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLFieldResolver, graphql, parse } from "graphql";
import { valueOf } from "./graphs.ts";

type Item = { readonly id?: string };

const resolve: GraphQLFieldResolver<Item, unknown> = (item, args, _context, { fieldName }) => {
  if (fieldName === "items")
    return Array.from({ length: Number(args["first"]) }, (_, id) => ({ id: String(id) }));
  if (fieldName === "id") return item.id;
  return fieldName.startsWith("f") ? valueOf(fieldName, item.id ?? "") : null;
};

async function serve(sdl: string): Promise<string> {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
  for (const type of Object.values(schema.getTypeMap()))
    if ("getFields" in type && !type.name.startsWith("_"))
      for (const field of Object.values(type.getFields()))
        if ("resolve" in field && !field.name.startsWith("_")) field.resolve = resolve;
  const answers = new Map<string, Promise<Buffer>>();
  const answer = async (body: string): Promise<Buffer> => {
    const { query, variables } = JSON.parse(body);
    return Buffer.from(
      JSON.stringify(await graphql({ schema, source: query, variableValues: variables })),
    );
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      const body = Buffer.concat(parts).toString();
      const known = answers.get(body) ?? answer(body);
      answers.set(body, known);
      const bytes = await known;
      const length = { "content-length": bytes.length };
      response.writeHead(200, { "content-type": "application/json", ...length });
      response.end(bytes);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

process.on("disconnect", () => process.exit(0));
process.once("message", async ({ sdl }: { sdl: Readonly<Record<string, string>> }) => {
  const served = Object.entries(sdl).map(async ([name, text]) => [name, await serve(text)]);
  process.send?.({ urls: Object.fromEntries(await Promise.all(served)) });
});
