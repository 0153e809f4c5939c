/**
 * A subgraph as a process of its own: reads the configuration, prepares the database, serves, and stops in
 * order at SIGTERM. What is wrong with the configuration is told in a sentence, and ends it with 1.
 */
import { z } from "zod";
import { ConfigError, readEnv, Secret } from "../../platform/env.ts";
import { PortTakenError } from "../../platform/listen.ts";
import { createLog } from "../../platform/log.ts";
import { redisEnv, redisOptions } from "../../platform/redis-env.ts";
import { onShutdown } from "../../platform/shutdown.ts";
import { openDatabase } from "./database.ts";
import type { AnySubgraph } from "./define-subgraph.ts";
import { createInvalidationSender } from "./invalidation-sender.ts";
import { migrate, seedOnce } from "./migrate.ts";
import { serveSubgraph } from "./serve.ts";

const configSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535),
  /** PostgreSQL; without it the data lives in an embedded PGlite. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Where PGlite keeps its files; without it, in memory. */
  DATA_DIR: z.string().optional(),
  /** This subgraph's own key, base64url, as derived from the gateway's master key. */
  SUBGRAPH_SIGNING_KEY: z
    .string({
      error: "is missing: `npm start` makes one, operators derive it from the gateway's key",
    })
    .regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 bytes in base64url")
    .transform((value) => new Secret(value)),
  ...redisEnv,
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

async function start(definition: AnySubgraph): Promise<void> {
  const { name, extensions } = definition;
  const config = readEnv(configSchema, process.env);
  const log = createLog({ name, level: config.LOG_LEVEL });
  const store = config.DATABASE_URL
    ? ({ kind: "postgres", url: config.DATABASE_URL } as const)
    : ({ kind: "pglite", ...(config.DATA_DIR ? { folder: config.DATA_DIR } : {}) } as const);
  const redis = redisOptions(config);
  const { CACHE_NAMESPACE: namespace } = config;
  const invalidationSender =
    redis && createInvalidationSender({ subgraph: name, namespace, redis, log });
  const running = await serveSubgraph({
    definition,
    async openDb(onStatement) {
      const db = await openDatabase<unknown>({
        subgraph: name,
        store,
        extensions,
        log,
        onStatement,
      });
      await migrate(db, definition);
      if (await seedOnce(db, definition)) log.info("seeded");
      return db;
    },
    host: config.HOST,
    port: config.PORT,
    signingKey: Buffer.from(config.SUBGRAPH_SIGNING_KEY.reveal(), "base64url"),
    log,
    env: process.env,
    ...(invalidationSender ? { invalidationSender } : {}),
  });
  log.info({ url: running.url, store: store.kind }, "ready");
  onShutdown(log, running.stop);
}

/** @returns when it has ended for a problem, or serves. */
export async function runSubgraph(definition: AnySubgraph): Promise<void> {
  try {
    await start(definition);
  } catch (error) {
    const known = error instanceof ConfigError || error instanceof PortTakenError;
    process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  }
}
