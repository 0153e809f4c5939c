import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { listen } from "../../platform/listen.ts";
import { type Composition, composeRover } from "../../schema/compose.ts";
import { printSubgraphSdl } from "../../subgraphs/kit/schema.ts";
import { startSubgraph } from "../support/start-subgraph.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { toySubgraph } from "../support/toy-subgraph.ts";

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])\n`;

const roverOf = (names: readonly string[]): string =>
  `subgraphs:\n${names
    .map(
      (name) =>
        `  ${name}: { routing_url: "http://127.0.0.1:1/${name}", schema: { file: sdl/${name}.graphql } }\n`,
    )
    .join("")}`;

/** Composes SDL by subgraph name. */
async function compose(sdl: Readonly<Record<string, string>>): Promise<Composition> {
  const files = Object.entries(sdl).map(([name, text]) => [`sdl/${name}.graphql`, text] as const);
  await using folder = await tempFolder({
    "rover.yaml": roverOf(Object.keys(sdl)),
    ...Object.fromEntries(files),
  });
  return await composeRover(folder.file("rover.yaml"));
}

async function errorsOf(sdl: Readonly<Record<string, string>>) {
  const composition = await compose(sdl);
  if (composition.kind === "composed") throw new Error("It composed.");
  return composition.errors;
}

async function supergraphOf(rover: string): Promise<string> {
  const composition = await composeRover(rover);
  if (composition.kind === "failed") throw new Error(composition.errors[0]?.message);
  return composition.supergraphSdl;
}

describe("composition of a rover.yaml", () => {
  test("finds files beside the yaml, and joins each subgraph to its routing URL", async () => {
    await using folder = await tempFolder({
      "rover.yaml": roverOf(["toy-shop"]),
      "sdl/toy-shop.graphql": printSubgraphSdl(toySubgraph),
    });
    const supergraph = await supergraphOf(folder.file("rover.yaml"));
    expect(supergraph).toContain(
      '@join__graph(name: "toy-shop", url: "http://127.0.0.1:1/toy-shop")',
    );
    expect(supergraph).toContain('type Toy\n  @join__type(graph: TOY_SHOP, key: "id")');
  });

  test("asks a running subgraph for its SDL when the yaml names its URL", async () => {
    await using shop = await startSubgraph(toySubgraph);
    await using folder = await tempFolder({
      "rover.yaml": `subgraphs: { toy-shop: { schema: { subgraph_url: "${shop.url}" } } }`,
    });
    const supergraph = await supergraphOf(folder.file("rover.yaml"));
    expect(supergraph).toContain(`url: "${shop.url}"`);
    expect(supergraph).toContain("type Toy");
  });

  test("does not depend on the order of the subgraphs", async () => {
    const toy = `${link}type Toy @key(fields: "id") { id: ID! }\ntype Query { toy: Toy }`;
    const price = `${link}type Toy @key(fields: "id") { id: ID! price: Int }`;
    const one = await compose({ a: toy, b: price });
    const other = await compose({ b: price, a: toy });
    expect(one).toEqual(other);
    expect(one.kind).toBe("composed");
  });

  test("passes hints on", async () => {
    const composition = await compose({
      a: `${link}type Toy @key(fields: "id") { id: ID! "One." name: String }\ntype Query { toy: Toy }`,
      b: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable"])
type Toy @key(fields: "id") { id: ID! }
"Other." type Query { other: Toy }`,
      c: '"Another." type Query { another: Int }',
    });
    if (composition.kind === "failed") throw new Error(composition.errors[0]?.message);
    expect(composition.hints.join("\n")).toContain("INCONSISTENT_DESCRIPTION");
  });
});

describe("a problem of composition", () => {
  test("of the syntax names the file, the line and the column", async () => {
    const [error, ...more] = await errorsOf({ shop: "type Query {\n  toy Int\n}" });
    expect(more).toEqual([]);
    expect(error).toMatchObject({
      code: "SDL_SYNTAX_ERROR",
      subgraphs: ["shop"],
      locations: [{ subgraph: "shop", line: 2, column: 7 }],
    });
    expect(error?.message).toMatch(/^\[shop\] .*\/sdl\/shop\.graphql:2:7: .*Expected ":"/);
  });

  test("within one subgraph names it, and the place", async () => {
    const [error] = await errorsOf({ shop: `${link}type Query {\n  toy: Tay\n}` });
    expect(error?.message).toContain("[shop] Unknown type Tay");
    expect(error).toMatchObject({
      code: "INVALID_GRAPHQL",
      subgraphs: ["shop"],
      locations: [{ subgraph: "shop", line: 3, column: 8 }],
    });
    expect(error?.message).toContain("(at shop:3:8)");
  });

  test("between two subgraphs names both, and both places", async () => {
    const shared = 'import: ["@key", "@shareable"]';
    const toy = (type: string) =>
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", ${shared})
type Toy @key(fields: "id") {
  id: ID!
  price: ${type} @shareable
}
`;
    const [error] = await errorsOf({ a: `${toy("Int")}type Query { toy: Toy }`, b: toy("String") });
    expect(error).toMatchObject({
      code: "FIELD_TYPE_MISMATCH",
      subgraphs: ["a", "b"],
      locations: [
        { subgraph: "a", line: 4, column: 3 },
        { subgraph: "b", line: 4, column: 3 },
      ],
    });
    expect(error?.message).toContain("(at a:4:3, b:4:3)");
  });

  test("of a missing file names the subgraph and the file, and all of them at once", async () => {
    await using folder = await tempFolder({ "rover.yaml": roverOf(["a", "b"]) });
    const composition = await composeRover(folder.file("rover.yaml"));
    expect(composition.kind).toBe("failed");
    const errors = composition.kind === "failed" ? composition.errors : [];
    expect(errors.map(({ code, subgraphs }) => [code, subgraphs])).toEqual([
      ["SDL_UNREADABLE", ["a"]],
      ["SDL_UNREADABLE", ["b"]],
    ]);
    expect(errors[0]?.message).toContain(folder.file("sdl/a.graphql"));
  });

  test.each([
    ["is no subgraph", "{}", "it does not answer { _service { sdl } } (HTTP status 503)"],
    ["is no GraphQL at all", "<html>", "it does not answer { _service { sdl } } (HTTP status 503)"],
  ])("of a URL that %s says so", async (_what, body, message) => {
    const server = createServer((_request, response) => response.writeHead(503).end(body));
    const options = { host: "127.0.0.1", port: 0, portSetting: "the port" };
    const url = `http://127.0.0.1:${await listen(server, options)}/graphql`;
    await using folder = await tempFolder({
      "rover.yaml": `subgraphs: { shop: { schema: { subgraph_url: "${url}" } } }`,
    });
    const composition = await composeRover(folder.file("rover.yaml"));
    server.close();
    const errors = composition.kind === "failed" ? composition.errors : [];
    expect(errors[0]?.message).toBe(`[shop] ${url}: ${message}`);
  });

  test("of a URL where nobody listens says so", async () => {
    const rover = 'subgraphs: { shop: { schema: { subgraph_url: "http://127.0.0.1:1/graphql" } } }';
    await using folder = await tempFolder({ "rover.yaml": rover });
    const composition = await composeRover(folder.file("rover.yaml"));
    const errors = composition.kind === "failed" ? composition.errors : [];
    expect(errors[0]).toMatchObject({ code: "SDL_UNREADABLE", subgraphs: ["shop"] });
    expect(errors[0]?.message).toMatch(
      /^\[shop\] http:\/\/127\.0\.0\.1:1\/graphql: fetch failed: ./,
    );
  });

  test("comes back with the file when it is a rover.yaml that the gateway cannot use", async () => {
    await using folder = await tempFolder({ "rover.yaml": "subgraphs: 3" });
    await expect(composeRover(folder.file("rover.yaml"))).rejects.toThrow(
      /is no rover configuration/,
    );
    expect(await readFile(folder.file("rover.yaml"), "utf8")).toBe("subgraphs: 3");
  });
});
