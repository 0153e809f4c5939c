/** `npm run dev`: the city, or what is live in a registry, with a partner's subgraph or mocks laid over it; hot. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../platform/clock.ts";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot } from "../platform/root.ts";
import { hasDefinition } from "../schema/print.ts";
import { type CityHome, openCityHome } from "./city-home.ts";
import { runSession, say, stopSignal } from "./city-session.ts";
import { type Layer, layOver } from "./dev/lay-over.ts";
import { isHttpUrl, mockLayer, readPair, withLayer } from "./dev/layers.ts";
import { createLiveParts } from "./dev/live-parts.ts";
import { createLiveSdls } from "./dev/live-sdls.ts";
import { startMock } from "./dev/mock-server.ts";
import type { Part } from "./dev/part.ts";
import { readRoverParts } from "./dev/rover-parts.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run dev -- [--registry URL] [--with NAME=URL]… [--mock NAME[=FILE]]…

Starts the local city as npm start does, with subgraphs laid over it: in the place of the one of that
name, or beside the others. Their SDL is read again each second; when it changed, the graph is composed
anew and swapped. What does not compose is told here, and the last good graph goes on.
  --with NAME=URL     a subgraph that runs on your machine
  --mock NAME         one that is there already, answered by made-up data of its types
  --mock NAME=FILE    a planned SDL, answered by made-up data
  --registry URL      what is live in this registry in place of this repository's graph, and each
                      launch after it: subgraphs whose SDL this repository has are started as always,
                      all others are mocked. REGISTRY_CREDENTIAL: your agency's credential
  --reset, HOST, PORTs and databases: see npm start -- --help`;

const lookEveryMs = 1_000;
const askRegistryEveryMs = 5_000;
const rover = fromRoot("rover.yaml");

/** What is laid over, and which of it is started here. */
type Base = {
  readonly read: () => Promise<readonly Part[]>;
  readonly isStarted: (name: string) => boolean;
};

const ofThisRepository: Base = { read: () => readRoverParts(rover), isStarted: hasDefinition };

/** @throws ToolError when the registry gives nothing. */
async function ofRegistry(options: {
  readonly url: string;
  readonly layers: readonly string[];
  readonly toMock: readonly string[];
  readonly start: typeof startMock;
}): Promise<Base> {
  const { url, layers, toMock, start } = options;
  if (!isHttpUrl(url))
    throw new ToolError("--registry must read URL, as in https://registry.example.org.");
  const { REGISTRY_CREDENTIAL: credential } = process.env;
  if (!credential)
    throw new ToolError(
      "Set REGISTRY_CREDENTIAL to your agency's credential: the city's operator issues it.",
    );
  const everyMs = askRegistryEveryMs;
  const readLive = createLiveSdls({ url, credential, clock: systemClock, everyMs, say });
  const read = async () => (await readLive()).filter(({ name }) => !layers.includes(name));
  const here = (await readRoverParts(rover)).filter(({ name }) => hasDefinition(name));
  const live = await createLiveParts({ read, here, toMock, startMock: start, say });
  return { read: live.read, isStarted: (name) => live.runHere.includes(name) };
}

async function run(
  home: CityHome,
  base: Base,
  layers: readonly Layer[],
  reset: boolean,
): Promise<void> {
  const stop = stopSignal();
  const laid = await layOver({ under: base.read, folder: join(home.path, "dev"), layers, say });
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
    // The gateway serves what is laid over; the credential is for nobody but this process.
    env: {
      ...process.env,
      SUPERGRAPH: laid.supergraph,
      REGISTRY_URL: undefined,
      REGISTRY_CREDENTIAL: undefined,
    },
    rover: laid.rover,
    isOurs: (name) => base.isStarted(name) && !isLaidOver(name),
  });
  await watching;
}

const text = { type: "string", multiple: true } as const;
const options = {
  with: text,
  mock: text,
  registry: { type: "string" },
  reset: { type: "boolean" },
} as const;

await runTool({ usage, options }, async ({ values }) => {
  const { with: given = [], mock = [], registry, reset = false } = values;
  if (given.length + mock.length === 0 && registry === undefined) throw new ToolError(usage);
  await using mocks = new AsyncDisposableStack();
  const start = async () => mocks.use(await startMock());
  const layers = given.map(withLayer);
  const toMock: string[] = [];
  for (const pair of mock.map((one) => readPair("mock", one))) {
    if (registry !== undefined && pair.value === undefined) toMock.push(pair.name);
    else layers.push(await mockLayer(pair, rover, start));
  }
  const names = [...layers.map(({ name }) => name), ...toMock];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ToolError(`"${twice}" is given twice.`);
  const laidNames = layers.map(({ name }) => name);
  const base =
    registry === undefined
      ? ofThisRepository
      : await ofRegistry({ url: registry, layers: laidNames, toMock, start });
  const home = openCityHome();
  const unlock = home.lock();
  try {
    for (const { name, serve } of layers) {
      const key = deriveSubgraphKey(home.signingKey(), name).toString("base64url");
      if (!serve) say(`"${name}" is asked with signatures by SUBGRAPH_SIGNING_KEY=${key}`);
    }
    await run(home, base, layers, reset);
  } finally {
    unlock();
  }
  return 0;
});
process.exit();
