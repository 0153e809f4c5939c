/** The walk of docs/partner-agency.md, step by step, in a folder outside of this repository. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { deriveSubgraphKey } from "../../platform/http-signature.ts";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { namesOf } from "../../tools/new-subgraph/names.ts";
import { build, runTool, startTool } from "../support/built-tool.ts";
import { freePorts } from "../support/free-ports.ts";
import { startLoad, startRegistryCity } from "../support/registry-city.ts";
import { testSigningKey } from "../support/start-subgraph.ts";
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

  /** Runs it as its own process until the tests end. @returns where it answers. */
  async function start(env: NodeJS.ProcessEnv = {}): Promise<string> {
    const node = join(folder, "node_modules/.bin/node");
    const child = spawn(node, ["--env-file=.env", "dist/src/main.js"], {
      cwd: folder,
      env: { ...process.env, PORT: "0", DATA_DIR: "", LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    stack.defer(async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    });
    for await (const line of createInterface(child.stdout)) {
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(line) ?? [];
      if (url) return url;
    }
    throw new Error("The subgraph ended before it answered.");
  }

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
      const url = await start();
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

  test(
    "is taken in by the registry, under load: checked, published, refused what would break a client, rolled back",
    { timeout: 120_000 },
    async () => {
      await using world = await startRegistryCity();
      const { registry, city: graph } = world;
      const key = deriveSubgraphKey(testSigningKey, "libraries").toString("base64url");
      // As the operator hands it over.
      const url = await start({ SUBGRAPH_SIGNING_KEY: key });
      const load = startLoad(graph, 2);
      const credential = await registry.join("libraries", "culture");
      const sdl = await readFile(join(folder, "schema.graphql"), "utf8");
      const send = (verb: string, text: string, at = url) =>
        registry.ask(`POST /${verb}?subgraph=libraries&routingUrl=${encodeURIComponent(at)}`, {
          as: credential,
          body: text,
        });
      const query = '{ library(id: "library-2") { name { en } } }';
      const served = () =>
        vi.waitFor(
          async () =>
            expect(
              await graph.ask(query, { headers: { "apollographql-client-name": "reader" } }),
            ).toEqual({ data: { library: { name: { en: "Library 2" } } } }),
          { timeout: 20_000, interval: 100 },
        );

      expect((await send("check", sdl)).body).toMatchObject({ ok: true });
      expect((await graph.ask(query)).errors).toBeDefined();
      expect((await send("publish", sdl)).body.kind).toBe("published");
      await served();

      const broken = sdl.replace(/^ {2}("""[^"]*"""\n {2})?name: LocalizedText!?.*\n/m, "");
      expect(broken).not.toBe(sdl);
      await vi.waitFor(
        async () =>
          expect(JSON.stringify((await send("check", broken)).body)).toMatch(/used by: reader/),
        20_000,
      );
      expect((await send("publish", broken)).status).toBe(422);
      await served();

      const nowhere = "http://127.0.0.1:9/graphql";
      expect((await send("publish", sdl, nowhere)).body.kind).toBe("published");
      await vi.waitFor(async () => expect((await graph.ask(query)).errors).toBeDefined(), 20_000);
      await registry.ask("POST /rollback", { as: credential });
      await served();
      await load.stop();
      expect(load.failures).toEqual([]);
      expect(load.asked()).toBeGreaterThan(20);
    },
  );

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
