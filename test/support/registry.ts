/** A registry behind its real HTTP server, on a database of its own; asked as an agency asks: by HTTP. */
import { generateKeyPairSync } from "node:crypto";
import { parse } from "graphql";
import { silentLog } from "../../platform/log.ts";
import type { CandidateRules } from "../../registry/candidates/candidates.ts";
import type { SdlReaders } from "../../registry/access.ts";
import { createCredentials } from "../../registry/credentials.ts";
import { registryDefinition } from "../../registry/database.ts";
import { serveRegistry } from "../../registry/http.ts";
import { createRegistry } from "../../registry/registry.ts";
import type { RegistryTables } from "../../registry/tables.ts";
import { databases, type TestDatabase } from "./databases.ts";

export const operatorKey = "an-operator-key-that-only-tests-ever-use";
export const gatewayKey = "a-gateway-key-that-only-tests-ever-use";

export type RegistryAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
};

export type TestRegistry = AsyncDisposable & {
  readonly url: string;
  readonly publicKey: string;
  readonly database: TestDatabase<RegistryTables>;
  readonly ask: (
    route: string,
    options?: { as?: string; body?: string | object; headers?: Record<string, string> },
  ) => Promise<RegistryAnswer>;
  /** Registers a subgraph and gives its agency a credential. */
  readonly join: (subgraph: string, owner?: string) => Promise<string>;
  readonly publish: (subgraph: string, sdl: string, as: string) => Promise<RegistryAnswer>;
  /** Frees the address for a while: gateways must live on. */
  readonly stopServing: () => Promise<void>;
  /** Again at the same address, as a new process on the same database would. */
  readonly serveAgain: () => Promise<void>;
};

export type TestRegistryOptions = {
  readonly kind?: (typeof databases)[number]["kind"];
  readonly operations?: Readonly<Record<string, string>>;
  readonly announce?: (variant: string, launch: number) => void;
  readonly clock?: () => number;
  readonly candidateRules?: CandidateRules;
  readonly sdlReaders?: SdlReaders;
};

export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { kind = "pglite", operations = {}, announce = () => {}, clock = Date.now } = options;
  const { open } = databases.find((one) => one.kind === kind) ?? databases[0];
  const database = await open(registryDefinition);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const { db } = database;
  const known = Object.entries(operations).map(([name, text]) => ({ name, document: parse(text) }));
  const registry = createRegistry({
    db,
    clock,
    privateKey,
    announce,
    operations: known,
    usagePeriodDays: 30,
    ...(options.candidateRules ? { candidateRules: options.candidateRules } : {}),
  });
  const credentials = createCredentials({ db, clock, operatorKey, gatewayKey });
  const { sdlReaders } = options;
  const readers = sdlReaders ? { sdlReaders } : {};
  const deps = { registry, credentials, log: silentLog, ...readers };
  let running = await serveRegistry(deps, { host: "127.0.0.1", port: 0 });
  const { url } = running;
  let isServing = true;
  const stopServing = async () => {
    if (isServing) await running.stop();
    isServing = false;
  };
  const ask: TestRegistry["ask"] = async (route, { as = operatorKey, body, headers = {} } = {}) => {
    const [method = "", path = ""] = route.split(" ");
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  };
  return {
    url,
    publicKey,
    database,
    ask,
    async join(name, owner = name) {
      const subgraph = { name, owner, contacts: `team@${name}.example`, serviceLevel: "99.9 %" };
      await ask("POST /subgraphs", { body: subgraph });
      const { body } = await ask("POST /credentials", {
        body: { agency: owner, subgraphs: [name] },
      });
      return body.credential;
    },
    publish: (subgraph, sdl, as) =>
      ask(`POST /publish?subgraph=${subgraph}&routingUrl=http://${subgraph}.test/graphql`, {
        as,
        body: sdl,
      }),
    stopServing,
    async serveAgain() {
      running = await serveRegistry(deps, { host: "127.0.0.1", port: Number(new URL(url).port) });
      isServing = true;
    },
    async [Symbol.asyncDispose]() {
      await stopServing();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The SDLs of two agencies, as the checks want them. */
export const linkOf = (...imports: readonly string[]): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: [${imports.map((name) => `"${name}"`).join(", ")}])
directive @cacheControl(maxAge: Int) on FIELD_DEFINITION | OBJECT
`;

export const parksSdl = `${linkOf("@key", "@shareable")}
type Query {
  "One park."
  park("Its id." id: ID!): Park @cacheControl(maxAge: 60)
}
"A park."
type Park @key(fields: "id") {
  "Its id."
  id: ID!
  "Its name."
  name: String
  "Its size."
  hectares: Float
}
`;

export const benchesSdl = `${linkOf("@key")}
type Query {
  "One bench."
  bench("Its id." id: ID!): Bench @cacheControl(maxAge: 60)
}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
  "Where it stands."
  park: Park
}
"A park."
type Park @key(fields: "id", resolvable: false) {
  "Its id."
  id: ID!
}
`;
