/** Entry of the registry: configuration, keys, database, server, signals. */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "graphql";
import { z } from "zod";
import { systemClock } from "../platform/clock.ts";
import { ConfigError, readEnv, Secret } from "../platform/env.ts";
import { PortTakenError } from "../platform/listen.ts";
import { createLog } from "../platform/log.ts";
import { connectRedis } from "../platform/redis-connection.ts";
import { redisEnv, redisOptions, registryChannel } from "../platform/redis-env.ts";
import { fromRoot } from "../platform/root.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { openDatabase } from "../subgraphs/kit/database.ts";
import { migrate } from "../subgraphs/kit/migrate.ts";
import type { KnownOperation } from "./checks/input.ts";
import { createCredentials } from "./credentials.ts";
import { registryDefinition } from "./database.ts";
import { serveRegistry } from "./http.ts";
import { createRegistry } from "./registry.ts";
import type { RegistryTables } from "./tables.ts";

const key = z
  .string({ error: "is missing: make one by `openssl rand -hex 32`" })
  .regex(/^\S{32,}$/, "must have at least 32 characters and no space")
  .transform((value) => new Secret(value));

const configSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  REGISTRY_PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  /** PostgreSQL; without it the data lives in an embedded PGlite. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATA_DIR: z.string().default(fromRoot(".city/registry/data")),
  REGISTRY_OPERATOR_KEY: key,
  REGISTRY_GATEWAY_KEY: key,
  /** PEM of the Ed25519 key that signs supergraphs; made at the first start, with `.pub` beside it. */
  REGISTRY_PRIVATE_KEY_FILE: z.string().default(fromRoot(".city/registry/signing-key.pem")),
  /** Known operations that must stay valid: a folder of .graphql files. */
  REGISTRY_OPERATIONS: z.string().default(fromRoot("schema/operations")),
  /** Whose credentials may read the SDLs of all agencies; operators always may. */
  REGISTRY_SDL_TO: z.enum(["agencies", "operators"]).default("agencies"),
  /** How long nobody may have used what is taken away. */
  REGISTRY_USAGE_DAYS: z.coerce.number().int().min(1).max(730).default(30),
  /** A candidate with more errors than this, in percentage points over what is live, is worse. */
  CANARY_ERROR_RISE_POINTS: z.coerce.number().min(0).max(100).default(1),
  /** How many times as long 95 % of its answers may take. */
  CANARY_SLOWDOWN: z.coerce.number().min(1).max(100).default(1.5),
  /** Of each of the two, before anything is said of them. */
  CANARY_MIN_REQUESTS: z.coerce.number().int().min(1).default(100),
  /** Whether a candidate with more errors is withdrawn by itself. */
  CANARY_WITHDRAWS_ITSELF: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .default(false),
  ...redisEnv,
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

function readPrivateKey(file: string): string {
  if (existsSync(file)) return readFileSync(file, "utf8");
  const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, privateKey, { mode: 0o600, flag: "wx" });
  writeFileSync(`${file}.pub`, publicKey);
  return privateKey;
}

const readOperations = (folder: string): readonly KnownOperation[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".graphql"))
    .map((file) => ({
      name: file.replace(/\.graphql$/, ""),
      document: parse(readFileSync(join(folder, file), "utf8")),
    }));

async function main(): Promise<void> {
  const config = readEnv(configSchema, process.env);
  const log = createLog({ name: "registry", level: config.LOG_LEVEL });
  const store = config.DATABASE_URL
    ? ({ kind: "postgres", url: config.DATABASE_URL } as const)
    : ({ kind: "pglite", folder: config.DATA_DIR } as const);
  const db = await openDatabase<RegistryTables>({
    subgraph: registryDefinition.name,
    store,
    extensions: [],
    log,
  });
  await migrate(db, registryDefinition);
  const redis = redisOptions(config);
  const connection = redis && connectRedis({ ...redis, log });
  const registry = createRegistry({
    db,
    clock: systemClock,
    privateKey: readPrivateKey(config.REGISTRY_PRIVATE_KEY_FILE),
    announce(variant, launch) {
      const channel = registryChannel(config.CACHE_NAMESPACE, variant);
      // Gateways ask from time to time: an announcement that is lost costs seconds.
      connection?.client.publish(channel, `${launch}`).catch(() => {});
    },
    operations: readOperations(config.REGISTRY_OPERATIONS),
    usagePeriodDays: config.REGISTRY_USAGE_DAYS,
    candidateRules: {
      errorRisePoints: config.CANARY_ERROR_RISE_POINTS,
      slowdown: config.CANARY_SLOWDOWN,
      minRequests: config.CANARY_MIN_REQUESTS,
      withdrawsItself: config.CANARY_WITHDRAWS_ITSELF,
    },
  });
  const credentials = createCredentials({
    db,
    clock: systemClock,
    operatorKey: config.REGISTRY_OPERATOR_KEY.reveal(),
    gatewayKey: config.REGISTRY_GATEWAY_KEY.reveal(),
  });
  const deps = { registry, credentials, log, sdlReaders: config.REGISTRY_SDL_TO };
  const running = await serveRegistry(deps, { host: config.HOST, port: config.REGISTRY_PORT });
  log.info({ url: running.url, store: store.kind }, "ready");
  onShutdown(log, async () => {
    await running.stop();
    await connection?.close();
    await db.destroy();
  });
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof PortTakenError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
