/** `npm start`: the whole city on this machine, each subgraph and the gateway a process of its own. */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot } from "../platform/root.ts";
import { readRover } from "../schema/rover.ts";
import { schemaNameOf } from "../subgraphs/kit/database.ts";
import { type Child, startChild } from "./child.ts";
import { openCityHome } from "./city-home.ts";
import { prepareDataFolders } from "./embedded-data.ts";
import { devAudience, devIssuer, openDevIssuer } from "./issuer.ts";
import { choosePort, findTakenPorts } from "./ports.ts";
import { formatTable } from "./table.ts";

const usage = `Usage: npm start [-- --reset]

Starts the subgraphs of rover.yaml and the gateway, and stops all of them on Ctrl-C.
  --reset         forget the data of the embedded databases first
  DATABASE_URL    use this PostgreSQL, a schema for each subgraph (default: embedded PGlite)
  REDIS_URL       let the gateway use this Redis (default: memory)
  GATEWAY_PORT, SERVICES_PORT, …  other ports
  HOST            where to listen (default 127.0.0.1)
  CITY_GRAPH_HOME where data, logs and keys are kept (default .city)`;

const killAfterMs = 4_000;
const progressEveryMs = 2_000;
const host = process.env["HOST"] || "127.0.0.1";
const say = (line: string) => console.log(line);

type Row = readonly [name: string, url: string, store: string];

async function launch(
  reset: boolean,
): Promise<{ children: Child[]; rows: Row[]; unlock: () => void }> {
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  const ports = subgraphs.map(({ name, routingUrl }) =>
    choosePort(name, Number(new URL(routingUrl).port), process.env),
  );
  const gatewayPort = choosePort("gateway", 4000, process.env);
  const taken = await findTakenPorts(host, [...ports, gatewayPort]);
  if (taken.length > 0) throw new Error(taken.join("\n"));

  const home = openCityHome();
  const unlock = home.lock();
  if (reset) home.removeData();
  const signingKey = home.signingKey();
  const issuer = await openDevIssuer(home.path);
  const { DATABASE_URL, REDIS_URL } = process.env;
  if (!DATABASE_URL) {
    if (!existsSync(home.dataOf("empty")))
      say("  making the embedded databases, at the first start only");
    const folders = subgraphs.map(({ name }) => home.dataOf(name));
    await prepareDataFolders(home.dataOf("empty"), folders);
  }
  const urls = new Map(ports.map(({ name, port }) => [name, `http://${host}:${port}/graphql`]));

  const children = ports.map(({ name, port }) =>
    startChild({
      name,
      script: fromRoot("dist/subgraphs/kit/main.js"),
      args: [name],
      env: {
        HOST: host,
        PORT: `${port}`,
        SUBGRAPH_SIGNING_KEY: deriveSubgraphKey(signingKey, name).toString("base64url"),
        ...(DATABASE_URL ? {} : { DATA_DIR: home.dataOf(name) }),
      },
      logFile: home.logOf(name),
      readyUrl: `http://${host}:${port}/health`,
      say,
    }),
  );
  const gateway = startChild({
    name: "gateway",
    script: fromRoot("dist/gateway/main.js"),
    args: [],
    env: {
      HOST: host,
      PORT: `${gatewayPort.port}`,
      SUPERGRAPH: process.env["SUPERGRAPH"] || fromRoot("schema/supergraph.graphql"),
      SUBGRAPH_URLS: [...urls].map(([name, url]) => `${name}=${url}`).join(","),
      SIGNING_KEY: signingKey,
      JWKS_URL: issuer.jwksFile,
      JWT_ISSUER: devIssuer,
      JWT_AUDIENCE: devAudience,
    },
    logFile: home.logOf("gateway"),
    readyUrl: `http://${host}:${gatewayPort.port}/health`,
    say,
  });
  const storeOf = (name: string) =>
    DATABASE_URL ? `PostgreSQL (schema ${schemaNameOf(name)})` : `PGlite (${home.dataOf(name)})`;
  const rows = [...urls].map(([name, url]): Row => [name, url, storeOf(name)]);
  const gatewayUrl = `http://${host}:${gatewayPort.port}/graphql`;
  rows.push(["gateway", gatewayUrl, REDIS_URL ? "Redis" : "memory"]);
  return { children: [...children, gateway], rows, unlock };
}

/** Waits for all, with a line now and then that says for whom. */
async function untilReady(children: readonly Child[]): Promise<void> {
  const waiting = new Set(children.map(({ name }) => name));
  const startedMs = Date.now();
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - startedMs) / 1_000);
    say(
      `  ${seconds} s: waiting for ${[...waiting].join(", ")} (a first start makes databases and seeds them)`,
    );
  }, progressEveryMs);
  try {
    await Promise.all(
      children.map(async (child) => {
        await child.ready();
        waiting.delete(child.name);
      }),
    );
  } finally {
    clearInterval(progress);
  }
}

function describeCity(rows: readonly Row[]): string {
  const url = rows.at(-1)?.[1] ?? "";
  const table = formatTable(
    ["name", "URL", "store", "state"],
    rows.map((row) => [...row, "ready"]),
  );
  const query = "{ services(first: 3) { totalCount nodes { id name { en ar } } } }";
  return `
${table}

A first query:
  curl ${url} -H 'content-type: application/json' -d '{"query":"${query}"}'

Sign in as somebody of the seed: npm run -s token -- person
Stop: Ctrl-C
`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { reset: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) return say(usage);
  say("Starting the city …");
  const { children, rows, unlock } = await launch(values.reset ?? false);

  let stopping: Promise<void> | undefined;
  const stop = async (code: number): Promise<void> => {
    // The gateway first: it answers what is under way while the subgraphs are still there.
    stopping ??= (async () => {
      const [gateway, ...subgraphs] = children.toReversed();
      await gateway?.stop(killAfterMs / 2);
      await Promise.all(subgraphs.map((child) => child.stop(killAfterMs / 2)));
      unlock();
    })();
    await stopping;
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!stopping) say("Stopping …");
      void stop(0);
    });
  }
  try {
    await untilReady(children);
  } catch (error) {
    if (stopping) return;
    console.error((error as Error).message);
    await stop(1);
  }
  if (!stopping) say(describeCity(rows));
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exit(1);
});
