/**
 * The minimal subgraphs of examples/, in other languages: each is built and started as its README says,
 * judged by the conformance kit, and asked through a gateway.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatOutcome } from "../../conformance/report.ts";
import { runConformance } from "../../conformance/run.ts";
import { readSampleKeys } from "../../conformance/sample-keys.ts";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/server.ts";
import { systemClock } from "../../platform/clock.ts";
import { deriveSubgraphKey } from "../../platform/http-signature.ts";
import { silentLog } from "../../platform/log.ts";
import { fromRoot } from "../../platform/root.ts";
import { testSigningKey } from "../support/start-subgraph.ts";
import { tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);

type Example = {
  readonly name: string;
  readonly folder: string;
  /** @returns how it is started. @throws when its tools are not on this machine. */
  readonly build: (folder: string) => Promise<{
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  }>;
  readonly query: string;
  readonly data: unknown;
};

const examples: readonly Example[] = [
  {
    name: "libraries",
    folder: fromRoot("examples/python"),
    async build(folder) {
      const requirements = fromRoot("examples/python/requirements.txt");
      const install = ["-m", "pip", "install", "--quiet", "--target", folder, "-r", requirements];
      await run("python3", install);
      return { command: "python3", args: ["subgraph.py"], env: { PYTHONPATH: folder } };
    },
    query: '{ library(id: "hatta") { id seats name { en ar } } }',
    data: { library: { id: "hatta", seats: 60, name: { en: "Hatta Library", ar: "مكتبة حتا" } } },
  },
  {
    name: "museums",
    folder: fromRoot("examples/go"),
    async build(folder) {
      const command = `${folder}/museums`;
      await run("go", ["build", "-o", command, "."], { cwd: fromRoot("examples/go") });
      return { command, args: [] };
    },
    query: '{ museum(id: "coins") { rooms name { ar } } none: museum(id: "x") { id } }',
    data: { museum: { rooms: 7, name: { ar: "متحف المسكوكات" } }, none: null },
  },
];

describe.each(examples)("the example $name", ({ name, folder, build, query, data }) => {
  const key = deriveSubgraphKey(testSigningKey, name);
  const stack = new AsyncDisposableStack();
  let url = "";
  let absent = "";

  beforeAll(async () => {
    const built = stack.use(await tempFolder());
    const how = await build(built.path).catch((error: Error) => {
      absent = error.message.split("\n")[0] ?? "";
    });
    if (!how) return;
    const child = spawn(how.command, how.args, {
      cwd: folder,
      env: {
        ...process.env,
        ...how.env,
        PORT: "0",
        PYTHONDONTWRITEBYTECODE: "1",
        SUBGRAPH_SIGNING_KEY: key.toString("base64url"),
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    stack.defer(async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    url = line.replace("ready at ", "");
  }, 180_000);
  afterAll(() => stack.disposeAsync());

  test("conforms", { timeout: 60_000 }, async ({ skip }) => {
    skip(absent !== "", `Its tools are not on this machine: ${absent}`);
    const { outcomes } = await runConformance({
      url,
      name,
      key,
      samples: readSampleKeys(await readFile(`${folder}/sample-keys.yaml`, "utf8")),
      // Machines of tests are busy: the budget is that of a request that hangs.
      budget: { p50Ms: 5_000, p99Ms: 10_000, requests: 20 },
      maxBodyBytes: 11 * 1024 * 1024,
      timeoutMs: 20_000,
      clock: systemClock,
    });
    const wrong = outcomes.filter(({ verdict }) => verdict.kind !== "passed");
    expect(wrong.map(formatOutcome)).toEqual([]);
  });

  test("answers through a gateway beside the city's own", async ({ skip }) => {
    skip(absent !== "", `Its tools are not on this machine: ${absent}`);
    await using home = await tempFolder();
    const entry = (schema: string, routing: string) => ({
      routing_url: routing,
      schema: { file: schema },
    });
    const subgraphs = {
      [name]: entry(`${folder}/schema.graphql`, url),
      services: entry(fromRoot("schema/subgraphs/services.graphql"), "http://127.0.0.1:9/graphql"),
    };
    await writeFile(home.file("rover.yaml"), JSON.stringify({ subgraphs }));
    const env = { PORT: "0", SUPERGRAPH: home.file("rover.yaml"), SIGNING_KEY: testSigningKey };
    const gateway = await startGateway(readConfig([], env), silentLog);
    try {
      const response = await fetch(gateway.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
      expect(await response.json()).toEqual({ data });
    } finally {
      await gateway.stop();
    }
  });
});
