/** `npm run dev`: the local city with a partner's subgraph, or mocks, laid over it; hot. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot } from "../platform/root.ts";
import { hasDefinition } from "../schema/print.ts";
import { readRover } from "../schema/rover.ts";
import { askForSdl } from "../schema/sdl.ts";
import { type CityHome, openCityHome } from "./city-home.ts";
import { runSession, say, stopSignal } from "./city-session.ts";
import { type Layer, layOver } from "./dev/lay-over.ts";
import { startMock } from "./dev/mock-server.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run dev -- [--with NAME=URL]… [--mock NAME[=FILE]]…

Starts the local city as npm start does, with subgraphs laid over it: in the place of the one of that
name, or beside the others. Their SDL is read again each second; when it changed, the graph is composed
anew and swapped. What does not compose is told here, and the last good graph goes on.
  --with NAME=URL     a subgraph that runs on your machine
  --mock NAME         one of rover.yaml, answered by made-up data of its types
  --mock NAME=FILE    a planned SDL, answered by made-up data
  --reset, HOST, PORTs and databases: see npm start -- --help`;

const lookEveryMs = 1_000;

/** `parking=http://…` → both parts. @throws ToolError */
function readPair(flag: string, given: string): readonly [name: string, value: string | undefined] {
  const at = given.indexOf("=");
  const name = at < 0 ? given : given.slice(0, at);
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return [name, at < 0 ? undefined : given.slice(at + 1)];
  throw new ToolError(`--${flag} "${given}": a subgraph's name is lower-case words and hyphens.`);
}

function withLayer(given: string): Layer {
  const [name, url] = readPair("with", given);
  if (url !== undefined && /^https?:/.test(url) && URL.canParse(url)) {
    return { name, url, readSdl: () => askForSdl(url) };
  }
  throw new ToolError(`--with must read NAME=URL, as in parking=http://127.0.0.1:4100/graphql.`);
}

async function mockLayer(given: string, rover: string): Promise<Layer & AsyncDisposable> {
  const [name, file] = readPair("mock", given);
  const { subgraphs } = await readRover(rover);
  const listed = subgraphs.find((one) => one.name === name)?.schema;
  const source = file === undefined && listed && "file" in listed ? fromRoot(listed.file) : file;
  if (source === undefined) {
    throw new ToolError(
      `rover.yaml lists no "${name}" with a file: give its SDL by --mock ${name}=FILE.`,
    );
  }
  const mock = await startMock();
  return {
    name,
    url: mock.url,
    readSdl: () => readFile(resolve(source), "utf8"),
    serve: mock.serve,
    [Symbol.asyncDispose]: () => mock[Symbol.asyncDispose](),
  };
}

async function run(home: CityHome, layers: readonly Layer[], reset: boolean): Promise<void> {
  const stop = stopSignal();
  const folder = join(home.path, "dev");
  const rover = fromRoot("rover.yaml");
  const laid = await layOver({ rover, folder, layers, say });
  await laid.look();
  const watching = (async () => {
    while (!stop.aborted) {
      await sleep(lookEveryMs, undefined, { signal: stop }).catch(() => {});
      if (!stop.aborted) await laid.look();
    }
  })();
  const isLaidOver = (name: string) => layers.some((layer) => layer.name === name);
  await runSession({
    home,
    reset,
    stop,
    env: { ...process.env, SUPERGRAPH: laid.supergraph },
    isOurs: (name) => hasDefinition(name) && !isLaidOver(name),
  });
  await watching;
}

const text = { type: "string", multiple: true } as const;
const options = { with: text, mock: text, reset: { type: "boolean" } } as const;

await runTool({ usage, options }, async ({ values }) => {
  const { with: given = [], mock = [], reset = false } = values;
  if (given.length + mock.length === 0) throw new ToolError(usage);
  await using mocks = new AsyncDisposableStack();
  const layers = given.map(withLayer);
  for (const one of mock) layers.push(mocks.use(await mockLayer(one, fromRoot("rover.yaml"))));
  const names = layers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ToolError(`"${twice}" is given twice.`);
  const home = openCityHome();
  const unlock = home.lock();
  try {
    for (const { name, serve } of layers) {
      const key = deriveSubgraphKey(home.signingKey(), name).toString("base64url");
      if (!serve) say(`"${name}" is asked with signatures by SUBGRAPH_SIGNING_KEY=${key}`);
    }
    await run(home, layers, reset);
  } finally {
    unlock();
  }
  return 0;
});
process.exit();
