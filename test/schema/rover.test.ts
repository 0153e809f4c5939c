import { describe, expect, test } from "vitest";
import { readRover } from "../../schema/rover.ts";
import { tempFolder } from "../support/temp-folder.ts";

async function problemOf(yaml: string): Promise<string> {
  await using folder = await tempFolder({ "rover.yaml": yaml });
  const path = folder.file("rover.yaml");
  const error = await readRover(path).then(
    () => new Error("accepted"),
    (reason: unknown) => reason as Error,
  );
  expect(error.message).toContain(path);
  return error.message;
}

describe("rover.yaml", () => {
  test("lists subgraphs in rover's own format", async () => {
    await using folder = await tempFolder({
      "rover.yaml": `
federation_version: =2.14.4
subgraphs:
  shop:
    routing_url: http://127.0.0.1:5001/graphql
    schema: { file: ./shop.graphql }
  courier:
    schema: { subgraph_url: https://courier.example/graphql }
`,
    });
    expect(await readRover(folder.file("rover.yaml"))).toEqual({
      federationVersion: "=2.14.4",
      subgraphs: [
        {
          name: "shop",
          routingUrl: "http://127.0.0.1:5001/graphql",
          schema: { file: "./shop.graphql" },
        },
        {
          name: "courier",
          routingUrl: "https://courier.example/graphql",
          schema: { subgraph_url: "https://courier.example/graphql" },
        },
      ],
    });
  });

  test("that is not there is named", async () => {
    await expect(readRover("/nowhere/rover.yaml")).rejects.toThrow(
      /Cannot read "\/nowhere\/rover\.yaml".*no such file/,
    );
  });

  test("that is no YAML is refused with the place of the mistake", async () => {
    expect(await problemOf("subgraphs: {\n  shop: [")).toMatch(/line \d+, column \d+/);
  });

  test.each([
    ["", "the file: "],
    ["federation_version: 2", "subgraphs: must list subgraphs by name"],
    ["subgraphs: [a, b]", "subgraphs: must list subgraphs by name"],
    ["subgraphs: {}", "subgraphs: must list at least one subgraph"],
    ["subgraphs: { a: { schema: { file: a.graphql } } }", "subgraphs.a: needs a `routing_url`"],
    ["subgraphs: { a: { routing_url: 'http://h/g' } }", "subgraphs.a.schema: must have `file`"],
    [
      "subgraphs: { a: { routing_url: 'http://h/g', schema: { sdl: x } } }",
      "subgraphs.a.schema: must have `file` or `subgraph_url`",
    ],
    [
      "subgraphs: { a: { routing_url: 4001, schema: { file: a } } }",
      "subgraphs.a.routing_url: must be an http(s) URL",
    ],
    [
      "subgraphs: { 'a b': { routing_url: 'http://h/g', schema: { file: a } } }",
      "subgraphs.a b: is no subgraph name",
    ],
  ])("%j is refused, and the message says what is missing", async (yaml, message) => {
    expect(await problemOf(yaml)).toContain(message);
  });

  test("with several mistakes tells all of them at once", async () => {
    const message = await problemOf(
      "subgraphs: { a: { schema: { file: a } }, b: { routing_url: nonsense, schema: { file: b } } }",
    );
    expect(message).toContain("subgraphs.a: needs a `routing_url`");
    expect(message).toContain("subgraphs.b.routing_url: must be an http(s) URL");
  });
});
