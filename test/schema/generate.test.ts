import { readFile, rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { generateSchema } from "../../schema/generate.ts";
import type { PrintedSdl } from "../../schema/print.ts";
import { printSubgraphSdl } from "../../subgraphs/kit/schema.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { toySubgraph } from "../support/toy-subgraph.ts";

const rover = `subgraphs:
  toy-shop: { routing_url: "http://127.0.0.1:1/graphql", schema: { file: schema/toy-shop.graphql } }
`;

function generatorOf(folder: TempFolder) {
  const state = { sdl: printSubgraphSdl(toySubgraph) };
  const print = async (): Promise<readonly PrintedSdl[]> => [
    { subgraph: "toy-shop", file: folder.file("schema/toy-shop.graphql"), sdl: state.sdl },
  ];
  const run = async (check: boolean) => {
    const options = { rover: folder.file("rover.yaml"), check, print };
    const { changed, composition } = await generateSchema(options);
    const names = changed.map((file) => file.slice(folder.path.length + 1));
    return { changed: names, kind: composition.kind };
  };
  return { state, run };
}

const both = ["schema/toy-shop.graphql", "schema/supergraph.graphql"];

describe("the generated files of schema/", () => {
  test("are written once, and not touched when nothing changed", async () => {
    await using folder = await tempFolder({ "rover.yaml": rover });
    const { run } = generatorOf(folder);
    expect(await run(false)).toEqual({ changed: both, kind: "composed" });
    expect(await run(false)).toEqual({ changed: [], kind: "composed" });
    expect(await run(true)).toEqual({ changed: [], kind: "composed" });
  });

  test("are only compared by a check, which names the stale ones", async () => {
    await using folder = await tempFolder({ "rover.yaml": rover });
    const { state, run } = generatorOf(folder);
    await run(false);
    const before = await readFile(folder.file("schema/toy-shop.graphql"), "utf8");
    state.sdl += "\nextend type Query { more: Int }\n";
    expect(await run(true)).toEqual({ changed: ["schema/toy-shop.graphql"], kind: "composed" });
    expect(await readFile(folder.file("schema/toy-shop.graphql"), "utf8")).toBe(before);
    expect((await run(false)).changed).toEqual(both);
  });

  test("that somebody removed are stale", async () => {
    await using folder = await tempFolder({ "rover.yaml": rover });
    const { run } = generatorOf(folder);
    await run(false);
    await rm(folder.file("schema/supergraph.graphql"));
    expect(await run(true)).toEqual({ changed: ["schema/supergraph.graphql"], kind: "composed" });
  });

  test("keep the last supergraph when the subgraphs do not compose", async () => {
    await using folder = await tempFolder({ "rover.yaml": rover });
    const { state, run } = generatorOf(folder);
    await run(false);
    const before = await readFile(folder.file("schema/supergraph.graphql"), "utf8");
    state.sdl = state.sdl.replace("toys(", "toys(bad: Nothing, ");
    expect((await run(false)).kind).toBe("failed");
    expect(await readFile(folder.file("schema/supergraph.graphql"), "utf8")).toBe(before);
  });
});
