/**
 * The whole city for end-to-end tests: every subgraph of rover.yaml behind its own HTTP server, and
 * a gateway in front, all in this process on free ports; clients talk to it over real sockets.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../gateway/server.ts";
import { type Log, silentLog } from "../../platform/log.ts";
import type { Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import type { AnySubgraph } from "../../subgraphs/kit/define-subgraph.ts";
import { createInvalidationSender } from "../../subgraphs/kit/invalidation-sender.ts";
import type { databases } from "./databases.ts";
import { createIssuer } from "./issuer.ts";
import {
  type Answer,
  startSubgraph,
  type StartedSubgraph,
  testSigningKey,
} from "./start-subgraph.ts";

export const people = {
  amal: { kind: "person", id: "person-amal", scopes: [], policies: [] },
  omar: { kind: "person", id: "person-omar", scopes: [], policies: [] },
  dewa: {
    kind: "agency",
    id: "agency-dewa",
    agencyId: "dewa",
    scopes: ["billing:read"],
    policies: [],
  },
  police: {
    kind: "agency",
    id: "agency-dubai-police",
    agencyId: "dubai-police",
    scopes: ["billing:read"],
    policies: [],
  },
  noura: {
    kind: "operator",
    id: "operator-noura",
    scopes: ["payments:read", "billing:read", "operations"],
    policies: [],
  },
} as const satisfies Record<string, Principal>;

export type City = AsyncDisposable & {
  readonly url: string;
  readonly gateway: RunningGateway;
  readonly subgraphs: ReadonlyMap<string, StartedSubgraph>;
  readonly ask: (
    query: string,
    options?: { as?: Principal; variables?: object; headers?: Readonly<Record<string, string>> },
  ) => Promise<Answer>;
  readonly tokenOf: (principal: Principal) => Promise<string>;
  /** What the last operations cost; reset it before the one that is measured. */
  readonly cost: {
    readonly fetches: string[];
    readonly statements: () => number;
    readonly reset: () => void;
  };
};

export type CityOptions = {
  readonly kind?: (typeof databases)[number]["kind"];
  /** Configuration of the gateway on top of the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
  /** By subgraph: starts its companion too, configured by it. */
  readonly companions?: Readonly<Record<string, NodeJS.ProcessEnv>>;
};

/** PGlite begins and ends transactions without a statement. */
const transactionControl = /^(begin|commit|rollback|start transaction)/i;

export async function startCity(options: CityOptions = {}): Promise<City> {
  const { kind = "pglite", env = {}, log = silentLog, companions = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "city-"));
  const issuer = await createIssuer(folder);
  const { tokenOf } = issuer;
  const fetches: string[] = [];
  const { subgraphs: listed } = await readRover(fromRoot("rover.yaml"));
  const started = await Promise.all(
    listed.map(async ({ name }) => {
      const module = (await import(`../../subgraphs/${name}/subgraph.ts`)) as {
        subgraph: AnySubgraph;
      };
      const { subgraph } = module;
      const counted: AnySubgraph = {
        ...subgraph,
        createContext(base, companion) {
          fetches.push(name);
          return subgraph.createContext(base, companion);
        },
      };
      const companion = companions[name];
      const redis = env["REDIS_URL"];
      const namespace = env["CACHE_NAMESPACE"] ?? "city-graph";
      const sends = { subgraph: name, namespace, log };
      const beside = {
        ...(companion ? { env: companion } : {}),
        ...(redis
          ? { invalidationSender: createInvalidationSender({ ...sends, redis: { url: redis } }) }
          : {}),
      };
      return [name, await startSubgraph(counted, kind, beside)] as const;
    }),
  );
  const subgraphs = new Map(started);
  const config = readConfig([], {
    PORT: "0",
    SUPERGRAPH: fromRoot("schema/supergraph.graphql"),
    SUBGRAPH_URLS: started.map(([name, { url }]) => `${name}=${url}`).join(","),
    SIGNING_KEY: testSigningKey,
    ...issuer.env,
    ...env,
  });
  const gateway = await startGateway(config, log);
  return {
    url: gateway.url,
    gateway,
    subgraphs,
    tokenOf,
    cost: {
      fetches,
      statements: () =>
        started.reduce(
          (sum, [, { database }]) =>
            sum + database.statements.filter((sql) => !transactionControl.test(sql)).length,
          0,
        ),
      reset() {
        fetches.length = 0;
        for (const [, { database }] of started) database.statements.length = 0;
      },
    },
    async ask(query, { as, variables, headers = {} } = {}) {
      const response = await fetch(gateway.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(as ? { authorization: `Bearer ${await tokenOf(as)}` } : {}),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await Promise.all(started.map(([, subgraph]) => subgraph[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
