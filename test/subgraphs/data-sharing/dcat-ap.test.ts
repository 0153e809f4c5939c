import { readFile } from "node:fs/promises";
import jsonld from "jsonld";
import { Parser, Store, Writer } from "n3";
import SHACLValidator from "rdf-validate-shacl";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const shapesFile = fromRoot("test/subgraphs/data-sharing/dcat-ap.shapes.ttl");
const dcat = "http://www.w3.org/ns/dcat#";
const a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

describe("the catalogue for harvesters", () => {
  let started: StartedSubgraph;
  let turtle: string;
  let validate: (text: string) => Promise<{ conforms: boolean; results: unknown[] }>;
  const get = (path: string) => fetch(new URL(path, started.url));
  beforeAll(async () => {
    started = await startSubgraph(subgraph);
    turtle = await (await get("/catalogue.ttl")).text();
    const shapes = new Store(new Parser().parse(await readFile(shapesFile, "utf8")));
    const validator = new SHACLValidator(shapes);
    validate = async (text) => {
      const { conforms, results } = await validator.validate(new Store(new Parser().parse(text)));
      return {
        conforms,
        results: results.map(({ focusNode, path, message }: any) => [
          focusNode?.value,
          path?.value,
          message.map(({ value }: any) => value),
        ]),
      };
    };
  });
  afterAll(() => started[Symbol.asyncDispose]());

  test("is there for everybody, as JSON-LD and as Turtle, with the same statements", async () => {
    const response = await get("/catalogue.jsonld");
    expect(response.headers.get("content-type")).toBe("application/ld+json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    const inTurtle = await get("/catalogue.ttl");
    expect(inTurtle.headers.get("content-type")).toContain("text/turtle");
    await inTurtle.text();
    const unknown = await get("/catalogue.xml");
    expect(unknown.status).toBe(404);
    await unknown.text();
    const canonical = (quads: unknown): Promise<string> =>
      (jsonld.canonize as any)(quads, { inputFormat: "application/n-quads" });
    const fromJson = await jsonld.toRDF((await response.json()) as any, {
      format: "application/n-quads",
    });
    const fromTurtle = new Writer({ format: "N-Quads" }).quadsToString(new Parser().parse(turtle));
    expect(await canonical(fromTurtle)).toBe(await canonical(fromJson));
  });

  test("holds all 71 datasets with their forms", () => {
    const store = new Store(new Parser().parse(turtle));
    expect(store.countQuads(null, a, `${dcat}Dataset`, null)).toBe(71);
    expect(store.countQuads(null, `${dcat}dataset`, null, null)).toBe(71);
    expect(store.countQuads(null, `${dcat}servesDataset`, null, null)).toBe(2);
  });

  test("fits the shapes of DCAT-AP", async () => {
    expect(await validate(turtle)).toEqual({ conforms: true, results: [] });
  });

  test("would be found not to fit when a term's class is left out", async () => {
    const { conforms, results } = await validate(turtle.replaceAll("dct:Frequency", "dct:Other"));
    expect(conforms).toBe(false);
    expect(results).toHaveLength(71);
  });

  test("would be found not to fit without titles, or with a distribution that leads nowhere", async () => {
    const broken = turtle
      .replaceAll("dct:title", "dct:alternative")
      .replaceAll("dcat:accessURL", "dcat:downloadURL");
    const { conforms, results } = await validate(broken);
    expect(conforms).toBe(false);
    expect(results.length).toBeGreaterThan(71);
  });
});
