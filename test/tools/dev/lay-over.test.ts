/** Layers over a supergraph: what is composed, when, and what is said when it cannot be. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Layer, layOver } from "../../../tools/dev/lay-over.ts";
import type { Part } from "../../../tools/dev/part.ts";
import { readRoverParts } from "../../../tools/dev/rover-parts.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12")';
const base = `${link} type Query { a: String }`;

async function city(layers: readonly Layer[]) {
  const home = await tempFolder({
    "a.graphql": base,
    "rover.yaml": `subgraphs: { a: { routing_url: "http://a.test/", schema: { file: a.graphql } } }`,
  });
  const said: string[] = [];
  const laid = await layOver({
    under: () => readRoverParts(home.file("rover.yaml")),
    folder: home.file("dev"),
    layers,
    say: (line) => said.push(line),
  });
  const graph = () => readFile(laid.supergraph, "utf8");
  return { ...laid, said, graph, home, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
}

const layer = (name: string, readSdl: () => string): Layer => ({
  name,
  url: `http://${name}.test/`,
  readSdl: async () => readSdl(),
});

test("a layer is beside the others, and its change is taken up at the next look", async () => {
  let sdl = `${link} type Query { b: String }`;
  await using laid = await city([layer("b", () => sdl)]);
  await laid.look();
  expect(await laid.graph()).toMatch(/a: String[^]*b: String/);
  sdl = `${link} type Query { b: String c: Int }`;
  await laid.look();
  expect(await laid.graph()).toContain("c: Int");
  expect(laid.said).toHaveLength(2);
  await laid.look();
  expect(laid.said).toHaveLength(2);
});

test("a layer is in the place of the subgraph of its name", async () => {
  await using laid = await city([layer("a", () => `${link} type Query { mine: String }`)]);
  await laid.look();
  expect(await laid.graph()).toContain("mine: String");
  expect(await laid.graph()).not.toContain("a: String");
});

test("what does not compose is told, and the last graph stays until it is mended", async () => {
  let sdl = `${link} type Query { b: String }`;
  await using laid = await city([layer("b", () => sdl)]);
  await laid.look();
  const before = await laid.graph();
  sdl = `${link} type Query { b: String a: Int }`;
  await laid.look();
  expect(laid.said.at(-1)).toMatch(
    /does not compose, and the last graph that did goes on:\n.*Query\.a/,
  );
  expect(await laid.graph()).toBe(before);
  sdl = `${link} type Query { b: `;
  await laid.look();
  expect(laid.said.at(-1)).toMatch(/b\.graphql:1:\d+: Syntax Error/);
  expect(await laid.graph()).toBe(before);
  sdl = `${link} type Query { b: Int }`;
  await laid.look();
  expect(await laid.graph()).toContain("b: Int");
});

test("with a layer that is wrong from the first, the graph begins without it", async () => {
  await using laid = await city([layer("b", () => `${link} type Query { b: Nowhere }`)]);
  await laid.look();
  expect(laid.said[0]).toContain("Unknown type Nowhere");
  expect(await laid.graph()).toContain("a: String");
});

test("while what is laid over is not to be had, the graph goes on with what it had", async () => {
  await using home = await tempFolder({});
  const said: string[] = [];
  const part = { name: "a", url: "http://a.test/" };
  let under: () => Promise<readonly Part[]> = async () => [{ ...part, sdl: base }];
  let mine = `${link} type Query { b: String }`;
  const laid = await layOver({
    under: () => under(),
    folder: home.path,
    layers: [layer("b", () => mine)],
    say: (line) => said.push(line),
  });
  await laid.look();
  under = () => Promise.reject(new Error("The registry is away."));
  mine = `${link} type Query { b: Int }`;
  await laid.look();
  await laid.look();
  expect(said.filter((line) => line.includes("The registry is away."))).toHaveLength(1);
  const graph = () => readFile(laid.supergraph, "utf8");
  expect(await graph()).toMatch(/a: String[^]*b: Int/);
  under = async () => [{ ...part, sdl: base.replace("String", "Float") }];
  await laid.look();
  expect(await graph()).toMatch(/a: Float[^]*b: Int/);
});

test("what cannot be had from the first is thrown", async () => {
  await using home = await tempFolder({});
  const under = () => Promise.reject(new Error("The registry is away."));
  const laid = await layOver({ under, folder: home.path, layers: [], say: () => {} });
  await expect(laid.look()).rejects.toThrow("The registry is away.");
});

test("a layer that does not answer is left out, taken in when it does, and kept while it restarts", async () => {
  let isThere = false;
  const sdl = () => {
    if (isThere) return `${link} type Query { b: String }`;
    throw new Error("connect ECONNREFUSED");
  };
  await using laid = await city([layer("b", sdl)]);
  await laid.look();
  expect(laid.said[0]).toContain(
    '"b" is not to be had (connect ECONNREFUSED): the graph goes on without it',
  );
  expect(await laid.graph()).not.toContain("b: String");
  isThere = true;
  await laid.look();
  expect(await laid.graph()).toContain("b: String");
  isThere = false;
  await laid.look();
  expect(laid.said.at(-1)).toContain("goes on with its last SDL");
  expect(await laid.graph()).toContain("b: String");
});
