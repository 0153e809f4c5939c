/** The walk of docs/partner-agency.md, step by step, in a folder outside of this repository. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { namesOf } from "../../tools/new-subgraph/names.ts";
import { build, runTool, startTool } from "../support/built-tool.ts";
import { freePorts } from "../support/free-ports.ts";
import { tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);

describe("names", () => {
  test.each([
    ["parking", "Parking", "parking", "parkings", "parking"],
    ["public-libraries", "PublicLibrary", "publicLibrary", "publicLibraries", "public_library"],
    ["courses", "Course", "course", "courses", "course"],
    ["branches", "Branch", "branch", "branches", "branch"],
    ["road-tolls", "RoadToll", "roadToll", "roadTolls", "road_toll"],
  ])("of %s are %s, %s, %s and %s", (name, Entity, entity, entities, table) => {
    expect(namesOf(name)).toMatchObject({ name, Entity, entity, entities, table });
  });

  test.each(["", "Parking", "a b", "1st", "x-", "../x", "a".repeat(41)])("are not “%s”", (name) => {
    expect(namesOf(name)).toBeUndefined();
  });
});

describe("a new subgraph", () => {
  const stack = new AsyncDisposableStack();
  let folder = "";
  let city = "";
  beforeAll(async () => {
    await build();
    const home = stack.use(await tempFolder());
    folder = home.file("libraries");
    city = home.file("city");
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test(
    "is written and installed, and it is told what to do next",
    { timeout: 240_000 },
    async () => {
      const written = await runTool("new-subgraph", ["libraries", "--in", folder], {
        CITY_GRAPH_HOME: city,
      });
      expect(written).toMatchObject({ code: 0, stderr: "" });
      expect(written.stdout).toContain("npm run dev -- --with libraries=");
      await run("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder });
    },
  );

  test("passes its own tests, types and the conformance kit", { timeout: 120_000 }, async () => {
    const { stdout } = await run("npm", ["test"], { cwd: folder });
    expect(stdout).toMatch(/pass 3\b[^]*fail 0\b/);
  });

  test("has one graphql library", async () => {
    const { stdout } = await run("npm", ["ls", "graphql", "--parseable"], { cwd: folder });
    expect(stdout.trim().split("\n")).toEqual([join(folder, "node_modules", "graphql")]);
  });

  test(
    "answers through the graph, as it is started and with the key in its .env",
    { timeout: 120_000 },
    async () => {
      const child = spawn(
        join(folder, "node_modules/.bin/node"),
        ["--env-file=.env", "dist/src/main.js"],
        {
          cwd: folder,
          env: { ...process.env, PORT: "0", DATA_DIR: "", LOG_LEVEL: "info" },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      stack.defer(async () => {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      });
      let url = "";
      for await (const line of createInterface(child.stdout)) {
        url = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(line)?.[0] ?? "";
        if (url) break;
      }
      const { subgraphs } = await readRover(fromRoot("rover.yaml"));
      const mocks = subgraphs.flatMap(({ name }) => ["--mock", name]);
      const [port] = await freePorts(1);
      const dev = startTool("dev", [...mocks, "--with", `libraries=${url}`], {
        CITY_GRAPH_HOME: city,
        GATEWAY_PORT: `${port}`,
        DATABASE_URL: "",
        REDIS_URL: "",
      });
      await dev.prints("Stop: Ctrl-C");
      const query = `{
      library(id: "library-2") { name { en } } libraries(first: 1) { totalCount }
      services(first: 1) { nodes { id } }
    }`;
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
      expect(await response.json()).toEqual({
        data: {
          library: { name: { en: "Library 2" } },
          libraries: { totalCount: 3 },
          services: { nodes: [{ id: expect.any(String) }] },
        },
      });
      dev.kill("SIGINT");
      expect((await dev.ended).code).toBe(0);
    },
  );

  test("has an SDL that is written by one command", async () => {
    await run("npm", ["run", "sdl"], { cwd: folder });
    const sdl = await readFile(join(folder, "schema.graphql"), "utf8");
    expect(sdl).toMatch(/^extend schema @link\(/);
    expect(sdl).toContain('type Library @key(fields: "id")');
  });

  test("is not written over what is there", async () => {
    const before = await readFile(join(folder, "package.json"), "utf8");
    const again = await runTool("new-subgraph", ["libraries", "--in", folder], {
      CITY_GRAPH_HOME: city,
    });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("nothing is overwritten. Choose another folder by --in");
    expect(await readFile(join(folder, "package.json"), "utf8")).toBe(before);
  });
});

test("a name that is none is refused, and says what a name is", async () => {
  const { code, stderr } = await runTool("new-subgraph", ["My Agency"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Name the subgraph by lower-case words and hyphens\./);
});
