/**
 * Process: two subgraphs of 10,000 products that answer after two milliseconds, as a database would, and
 * allow caching for a minute. Prints the supergraph's SDL as one message to its parent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])\n`;
type Product = { readonly id: string };
const reference = { __resolveReference: ({ id }: Product) => ({ id }) };

const subgraphs = {
  catalogue: {
    sdl: `type Query { product(id: ID!): Product } type Product @key(fields: "id") { id: ID! name: String text: String }`,
    resolvers: {
      Query: { product: (_: unknown, { id }: Product) => ({ id }) },
      Product: {
        ...reference,
        name: ({ id }: Product) => `Product ${id}`,
        text: ({ id }: Product) => `Text of ${id}. `.repeat(10),
      },
    },
  },
  stock: {
    sdl: `type Product @key(fields: "id") { id: ID! price: Int inStock: Boolean }`,
    resolvers: {
      Product: {
        ...reference,
        price: ({ id }: Product) => Number(id) * 7,
        inStock: ({ id }: Product) => Number(id) % 3 > 0,
      },
    },
  },
};

async function serve(
  name: keyof typeof subgraphs,
): Promise<{ name: string; url: string; sdl: string }> {
  const { sdl, resolvers } = subgraphs[name];
  const schema = buildSubgraphSchema([{ typeDefs: parse(link + sdl), resolvers }]);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      setTimeout(async () => {
        const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
        const result = await graphql({ schema, source: query, variableValues: variables });
        response.writeHead(200, {
          "content-type": "application/json",
          "cache-control": "public, max-age=60",
        });
        response.end(JSON.stringify(result));
      }, 2);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { name, url: `http://127.0.0.1:${port}/graphql`, sdl };
}

const running = await Promise.all([serve("catalogue"), serve("stock")]);
const services = running.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(link + sdl) }));
const { supergraphSdl, errors } = composeServices(services);
if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join("\n"));
process.send?.(supergraphSdl);
process.on("disconnect", () => process.exit(0));
