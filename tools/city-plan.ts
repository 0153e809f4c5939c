/**
 * rover.yaml and the environment → which processes the city is made of, with the ports, variables and
 * stores of each. Nothing is started and nothing is written here.
 */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot, projectRoot } from "../platform/root.ts";
import { hasDefinition } from "../schema/print.ts";
import { readRover } from "../schema/rover.ts";
import { schemaNameOf } from "../subgraphs/kit/database.ts";
import type { CityHome } from "./city-home.ts";
import { devAudience, devIssuer } from "./issuer.ts";
import { choosePort, type Port } from "./ports.ts";
import { planSandbox, sandboxScripts } from "./sandbox-plan.ts";

export type ProcessPlan = {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: Port;
  readonly url: string;
  readonly readyUrl: string;
  /** Where it keeps what it knows, for the table. */
  readonly store: string;
  /** What it does until it is ready, for progress lines. */
  readonly task: string;
  /** What to look at when it does not start. */
  readonly advice: string;
};

export type CityPlan = {
  readonly host: string;
  readonly subgraphs: readonly ProcessPlan[];
  readonly gateway: ProcessPlan;
  /** What stands in for systems outside of the graph: the sandbox provider of cards and a biller. */
  readonly sandbox: readonly ProcessPlan[];
  /** Listed in rover.yaml, run by others. */
  readonly elsewhere: readonly { readonly name: string; readonly url: string }[];
};

export type CityPlanOptions = {
  readonly rover: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: CityHome;
  /** The embedded databases are about to be emptied. */
  readonly reset?: boolean;
  readonly signingKey: string;
  readonly jwksFile: string;
  readonly scripts?: Readonly<Record<"subgraph" | "gateway" | "provider" | "biller", string>>;
  /** Whether a subgraph of rover.yaml is to be started here. */
  readonly isOurs?: (name: string) => boolean;
};

const builtScripts = {
  subgraph: fromRoot("dist/subgraphs/kit/main.js"),
  gateway: fromRoot("dist/gateway/main.js"),
  ...sandboxScripts,
};

/** Room for what a request makes, so that it dies young: docs/performance.md. */
const gatewayNodeOptions = "--max-semi-space-size=32";

/** What only the launcher decides; a value from the terminal must not reach a child. */
const reserved = ["PORT", "SIGNING_KEY", "SUBGRAPH_SIGNING_KEY", "DATA_DIR", "SUBGRAPH_URLS"];

/** Short, as long as it is in the project. */
function shown(path: string): string {
  const short = relative(projectRoot, path);
  return short.startsWith("..") ? path : short;
}

/** An address that listens everywhere is reached at home. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Of a URL of any form (platform/redis-connection.ts), without its password. */
const hostsOf = (redisUrl: string): string =>
  /^[^:]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(redisUrl)?.[1] ?? "";

/** @throws RoverError, or ToolError when a port is wrong. */
export async function planCity(options: CityPlanOptions): Promise<CityPlan> {
  const { rover, env, home, signingKey, jwksFile, reset = false } = options;
  const { scripts = builtScripts, isOurs = hasDefinition } = options;
  const host = env["HOST"] || "127.0.0.1";
  const inherited = Object.fromEntries(
    Object.entries(env).filter(([name]) => !reserved.includes(name)),
  );
  const databaseUrl = env["DATABASE_URL"];
  const redisUrl = env["REDIS_URL"];
  const { subgraphs } = await readRover(rover);
  const ours = subgraphs.filter(({ name }) => isOurs(name));

  const reachableHost = reachable(host);
  const portOf = ({ name, routingUrl }: { name: string; routingUrl: string }): Port =>
    choosePort(name, Number(new URL(routingUrl).port), env);
  const payments = ours.find(({ name }) => name === "payments");
  const surroundings = { env, inherited, home, host, reachableHost, signingKey, scripts };
  const sandbox =
    payments && !env["PROVIDER_URL"]
      ? planSandbox(surroundings, `http://${reachableHost}:${portOf(payments).port}`)
      : undefined;

  const plans = ours.map(({ name, routingUrl }): ProcessPlan => {
    const port = portOf({ name, routingUrl });
    const base = `http://${reachableHost}:${port.port}`;
    const data = home.dataOf(name);
    return {
      name,
      script: scripts.subgraph,
      args: [name],
      env: {
        ...inherited,
        HOST: host,
        PORT: `${port.port}`,
        SUBGRAPH_SIGNING_KEY: deriveSubgraphKey(signingKey, name).toString("base64url"),
        ...(databaseUrl ? {} : { DATA_DIR: data }),
        ...(name === "payments" ? sandbox?.settings : {}),
      },
      port,
      url: `${base}/graphql`,
      readyUrl: `${base}/health`,
      store: databaseUrl ? `PostgreSQL (schema ${schemaNameOf(name)})` : `PGlite (${shown(data)})`,
      task:
        databaseUrl || (existsSync(data) && !reset)
          ? "starting"
          : "making and seeding its database",
      advice: databaseUrl
        ? "Look whether DATABASE_URL names a PostgreSQL that answers."
        : "If its data is damaged, make it anew: npm start -- --reset",
    };
  });

  const port = choosePort("gateway", 4000, env);
  const base = `http://${reachableHost}:${port.port}`;
  const gateway: ProcessPlan = {
    name: "gateway",
    script: scripts.gateway,
    args: [],
    env: {
      ...inherited,
      NODE_OPTIONS: [gatewayNodeOptions, env["NODE_OPTIONS"] ?? ""].join(" ").trim(),
      HOST: host,
      PORT: `${port.port}`,
      SUPERGRAPH: env["SUPERGRAPH"] || fromRoot("schema/supergraph.graphql"),
      SUBGRAPH_URLS: plans.map(({ name, url }) => `${name}=${url}`).join(","),
      SIGNING_KEY: signingKey,
      JWKS_URL: jwksFile,
      JWT_ISSUER: devIssuer,
      JWT_AUDIENCE: devAudience,
    },
    port,
    url: `${base}${env["GRAPHQL_PATH"] || "/graphql"}`,
    readyUrl: `${base}/ready`,
    store: redisUrl ? `Redis (${hostsOf(redisUrl)})` : "memory",
    task: "starting",
    advice: "Look whether the supergraph is up to date: npm run compose",
  };
  const elsewhere = subgraphs
    .filter(({ name }) => !isOurs(name))
    .map(({ name, routingUrl }) => ({ name, url: routingUrl }));
  return { host, subgraphs: plans, gateway, sandbox: sandbox?.processes ?? [], elsewhere };
}
