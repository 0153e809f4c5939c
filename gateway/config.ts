/** The gateway's configuration: flags over environment, everything read and checked at once, then frozen. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ConfigError, readEnv, Secret } from "../platform/env.ts";
import { redisEnv } from "../platform/redis-env.ts";
import { fromRoot } from "../platform/root.ts";
import { readSubgraphOptions } from "./fetch/subgraph-options.ts";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const milliseconds = (min: number, fallback: number) =>
  z.coerce.number().int().min(min).max(600_000).default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** `services=http://127.0.0.1:4001/graphql,health=…` → URLs by subgraph. */
const subgraphUrls = z
  .string()
  .default("")
  .transform((text, context): ReadonlyMap<string, string> => {
    const urls = new Map<string, string>();
    for (const entry of text.split(",").filter(Boolean)) {
      const [name, url] = [
        entry.slice(0, entry.indexOf("=")).trim(),
        entry.slice(entry.indexOf("=") + 1).trim(),
      ];
      if (!name || !URL.canParse(url)) {
        context.addIssue({ code: "custom", message: `"${entry}" must read name=URL` });
        return z.NEVER;
      }
      urls.set(name, url);
    }
    return urls;
  });

/** `public=/graphql,partner=/partner/graphql` → paths by contract; or audiences. */
const namedList = z
  .string()
  .default("")
  .transform((text, context): ReadonlyMap<string, string> => {
    const entries = text.split(",").filter((part) => part.trim() !== "");
    const found = new Map<string, string>();
    for (const entry of entries) {
      const [, name, value] = /^\s*([\w-]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
      if (name === undefined || value === undefined || found.has(name)) {
        const message = `"${entry}" must read contract=value, each contract once`;
        context.addIssue({ code: "custom", message });
        return z.NEVER;
      }
      found.set(name, value);
    }
    return found;
  });

/** A path → the file's text; no path, no text. */
const fileText = z
  .string()
  .default("")
  .transform((path, context): string => {
    if (path === "") return "";
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      const message = `cannot be read: ${(error as Error).message}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
  });

type ContractSettings = {
  readonly CONTRACTS: ReadonlyMap<string, string>;
  readonly CONTRACT_AUDIENCES: ReadonlyMap<string, string>;
  readonly JWT_AUDIENCE?: string | undefined;
  readonly REGISTRY_URL?: string | undefined;
};

const ownPaths = new Set(["/health", "/ready", "/metrics", "/invalidation", "/cache"]);
const repeated = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index);

/** What would let one contract's clients into another, or two contracts onto one path. */
function* contractProblems(settings: ContractSettings) {
  const { CONTRACTS, CONTRACT_AUDIENCES, JWT_AUDIENCE, REGISTRY_URL } = settings;
  const at = (name: string, message: string) => ({ path: [name], message });
  const names = [...CONTRACTS.keys()];
  const paths = [...CONTRACTS.values()];
  if (names.length > 0 && REGISTRY_URL === undefined)
    yield at("CONTRACTS", "needs REGISTRY_URL: contracts are the registry's");
  for (const path of paths)
    if (!path.startsWith("/") || ownPaths.has(path))
      yield at(
        "CONTRACTS",
        `"${path}" is no path for a graph: begin with /, and not ${[...ownPaths].join(", ")}`,
      );
  const path = repeated(paths);
  if (path !== undefined) yield at("CONTRACTS", `two contracts are at ${path}: give each its own`);
  for (const name of CONTRACT_AUDIENCES.keys())
    if (!CONTRACTS.has(name)) yield at("CONTRACT_AUDIENCES", `"${name}" is not among CONTRACTS`);
  if (CONTRACT_AUDIENCES.size > 0 && JWT_AUDIENCE === undefined)
    yield at("CONTRACT_AUDIENCES", "needs JWKS_URL, JWT_ISSUER and JWT_AUDIENCE beside it");
  const open = names.filter((name) => !CONTRACT_AUDIENCES.has(name));
  if (open.length > 1)
    yield at(
      "CONTRACT_AUDIENCES",
      `must name all contracts but one: ${open.join(" and ")} would be open to everybody`,
    );
  const audience = repeated([...CONTRACT_AUDIENCES.values(), JWT_AUDIENCE ?? ""]);
  if (audience !== undefined)
    yield at("CONTRACT_AUDIENCES", `"${audience}" is the audience of two: give each its own`);
}

const schema = z
  .object({
    HOST: z.string().default("127.0.0.1"),
    PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
    /** Processes that share the port: a number, or "auto" for one per core. */
    WORKERS: z
      .literal("auto")
      .transform(() => availableParallelism())
      .or(z.coerce.number().int().min(1).max(128))
      .default(1),
    GRAPHQL_PATH: z.string().startsWith("/").default("/graphql"),
    /** A composed supergraph (.graphql), or a rover.yaml to compose here. */
    SUPERGRAPH: z.string().default(fromRoot("schema/supergraph.graphql")),
    /** The registry to follow instead of SUPERGRAPH (docs/registry.md). */
    REGISTRY_URL: z.url({ protocol: /^https?$/ }).optional(),
    REGISTRY_GATEWAY_KEY: z
      .string()
      .min(32, "must have at least 32 characters")
      .transform((key) => new Secret(key))
      .optional(),
    /** File with the registry's public key (PEM). */
    REGISTRY_PUBLIC_KEY_FILE: fileText,
    REGISTRY_VARIANT: z.string().min(1).default("current"),
    /** Contracts that this gateway serves instead, each at its path. */
    CONTRACTS: namedList,
    /** Contracts that need a token, and its audience. */
    CONTRACT_AUDIENCES: namedList,
    REGISTRY_POLL_MS: milliseconds(100, 10_000),
    /** How often use is reported to the registry. */
    REGISTRY_USAGE_INTERVAL_MS: milliseconds(100, 30_000),
    /** Where the last good supergraph is kept for a start without the registry. */
    REGISTRY_KEPT_FILE: z.string().default(fromRoot(".city/supergraph-of-registry.json")),
    /** File with an operation that every supergraph of the registry must be able to plan. */
    REGISTRY_SMOKE_FILE: fileText,
    /** Routing URLs that replace the composed ones. */
    SUBGRAPH_URLS: subgraphUrls,
    ...redisEnv,
    REDIS_TIMEOUT_MS: milliseconds(1, 25),
    /** Whether answers of subgraphs are cached, as their headers allow. */
    CACHE: flag.default(true),
    CACHE_MEMORY_BYTES: count(64 * 1024 * 1024),
    /** How long an answer is kept for the time when its subgraph does not answer, where it does not say. */
    CACHE_STALE_IF_ERROR_SECONDS: z.coerce.number().int().min(0).max(604_800).default(600),
    /** How many of the most used operations are asked at the start and after a new supergraph. */
    WARM_OPERATIONS: z.coerce.number().int().min(0).max(1_000).default(50),
    /** Opens /invalidation, /cache and /metrics to whoever has it; without it they do not exist. */
    OPERATOR_KEY: z
      .string()
      .min(32, "must have at least 32 characters")
      .transform((key) => new Secret(key))
      .optional(),
    /** Master key that requests to subgraphs are signed with; without it they go unsigned. */
    SIGNING_KEY: z
      .string()
      .min(32, "must have at least 32 characters")
      .transform((key) => new Secret(key))
      .optional(),
    JWKS_URL: z.string().optional(),
    JWT_ISSUER: z.string().optional(),
    JWT_AUDIENCE: z.string().optional(),
    JWT_ALGORITHMS: list.default(["ES256", "EdDSA", "RS256", "PS256"]),
    /** "null": a forbidden field is null with an error; "refuse": it refuses the whole operation. */
    FORBIDDEN_FIELDS: z.enum(["null", "refuse"]).default("null"),
    INTROSPECTION: flag.default(true),
    /** Who is told how an answer came about, when they ask by header. */
    EXPLAIN_TO: z.enum(["operators", "everybody", "nobody"]).default("operators"),
    /** Who may ask for a candidate by header (docs/registry.md). */
    PREVIEW_TO: z.enum(["operators", "agencies", "everybody", "nobody"]).default("operators"),
    /** Identical queries of one principal that are under way at the same time are answered by one execution. */
    SHARE_IN_FLIGHT: flag.default(true),
    CORS_ORIGINS: list.default([]),
    REQUEST_TIMEOUT_MS: milliseconds(100, 10_000),
    SUBGRAPH_TIMEOUT_MS: milliseconds(50, 5_000),
    /** File (YAML or JSON) of what differs by subgraph: limits, retries, breaker, connections. */
    SUBGRAPH_OPTIONS: fileText,
    /** The city's own: they are told everything of who asks, partners what is approved (docs/partner-agency.md). */
    TRUSTED_SUBGRAPHS: list.default(["services", "payments", "health", "data-sharing"]),
    DRAIN_GRACE_MS: z.coerce.number().int().min(0).max(60_000).default(0),
    MAX_BODY_BYTES: count(1024 * 1024),
    MAX_HEADER_BYTES: count(16 * 1024),
    MAX_SUBGRAPH_RESPONSE_BYTES: count(32 * 1024 * 1024),
    MAX_DEPTH: count(15),
    MAX_ALIASES: count(50),
    MAX_ROOT_FIELDS: count(20),
    MAX_TOKENS: count(5_000),
    /** Open at a time in this process, and of one principal or address. */
    MAX_SUBSCRIPTIONS: count(10_000),
    MAX_SUBSCRIPTIONS_PER_CLIENT: count(50),
    LOG_LEVEL: z
      .enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"])
      .default("info"),
  })
  .superRefine((config, context) => {
    const identity = [config.JWKS_URL, config.JWT_ISSUER, config.JWT_AUDIENCE].filter(Boolean);
    if (identity.length !== 0 && identity.length !== 3) {
      const message =
        "JWKS_URL, JWT_ISSUER and JWT_AUDIENCE belong together: set all three or none";
      context.addIssue({ code: "custom", path: ["JWKS_URL"], message });
    }
  })
  .superRefine((config, context) => {
    if (!config.REGISTRY_URL) return;
    if (config.REGISTRY_GATEWAY_KEY && config.REGISTRY_PUBLIC_KEY_FILE) return;
    const message = "needs REGISTRY_GATEWAY_KEY and REGISTRY_PUBLIC_KEY_FILE beside it";
    context.addIssue({ code: "custom", path: ["REGISTRY_URL"], message });
  })
  .superRefine((config, context) => {
    for (const problem of contractProblems(config))
      context.addIssue({ code: "custom", ...problem });
  })
  .superRefine(({ WORKERS, CACHE, REDIS_URL }, context) => {
    if (WORKERS === 1 || !CACHE || REDIS_URL) return;
    const message =
      "several processes need REDIS_URL (or CACHE=false): what one is told to forget, the others would keep";
    context.addIssue({ code: "custom", path: ["WORKERS"], message });
  })
  .transform(({ SUBGRAPH_OPTIONS, ...config }, context) => {
    const defaults = {
      // Longer than the client's request itself, a limit would never be seen to be broken.
      timeoutMs: Math.min(config.SUBGRAPH_TIMEOUT_MS, config.REQUEST_TIMEOUT_MS),
      maxResponseBytes: config.MAX_SUBGRAPH_RESPONSE_BYTES,
      shareInFlight: config.SHARE_IN_FLIGHT,
      cache: config.CACHE && { staleIfErrorSeconds: config.CACHE_STALE_IF_ERROR_SECONDS },
    };
    try {
      const optionsOf = readSubgraphOptions(SUBGRAPH_OPTIONS, defaults, config.TRUSTED_SUBGRAPHS);
      return { ...config, optionsOf };
    } catch (error) {
      const { message } = error as Error;
      context.addIssue({ code: "custom", path: ["SUBGRAPH_OPTIONS"], message });
      return z.NEVER;
    }
  });

export type Config = Readonly<z.infer<typeof schema>>;

export const usage = `Usage: npm run gateway -- [--supergraph FILE] [--port N] [--host H]

Serves one supergraph. FILE is a composed supergraph (.graphql) or a rover.yaml that is composed here.
Everything else is set by environment variables: see docs/operator.md.`;

/** @throws ConfigError that lists every problem. */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv): Config {
  let flags;
  try {
    flags = parseArgs({
      args: [...args],
      options: {
        supergraph: { type: "string" },
        port: { type: "string" },
        host: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${usage}`);
  }
  if (flags.help) throw new ConfigError(usage);
  return readEnv(schema, {
    ...env,
    ...(flags.supergraph ? { SUPERGRAPH: flags.supergraph } : {}),
    ...(flags.port ? { PORT: flags.port } : {}),
    ...(flags.host ? { HOST: flags.host } : {}),
  });
}
