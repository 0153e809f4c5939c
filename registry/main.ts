/** Entry of the registry: configuration → database → HTTP server → signals. */
import { systemClock } from "../platform/clock.ts";
import { ConfigError } from "../platform/env.ts";
import { PortTakenError } from "../platform/listen.ts";
import { createLog } from "../platform/log.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { publicKeyOf, signingKeyOf } from "../platform/supergraph-signature.ts";
import { readRegistryConfig } from "./config.ts";
import { openRegistryDatabase } from "./database.ts";
import { serveRegistry } from "./http/server.ts";
import { createRegistry } from "./registry.ts";

async function main(): Promise<void> {
  const config = readRegistryConfig(process.env);
  const log = createLog({ name: "registry", level: config.LOG_LEVEL });
  const store = config.DATABASE_URL
    ? ({ kind: "postgres", url: config.DATABASE_URL } as const)
    : ({ kind: "pglite", ...(config.DATA_DIR ? { folder: config.DATA_DIR } : {}) } as const);
  const db = await openRegistryDatabase(store, log);
  const signingKey = signingKeyOf(Buffer.from(config.REGISTRY_SIGNING_KEY.reveal(), "base64url"));
  const operatorKey = config.REGISTRY_OPERATOR_KEY;
  const windowDays = config.REGISTRY_USE_WINDOW_DAYS;
  const registry = createRegistry({ db, clock: systemClock, log, operatorKey }, { windowDays });
  const { HOST: host, PORT: port } = config;
  const running = await serveRegistry({ registry, signingKey, log }, { host, port }).catch(
    async (error: unknown) => {
      await db.destroy();
      throw error;
    },
  );
  log.info({ url: running.url, store: store.kind, publicKey: publicKeyOf(signingKey) }, "ready");
  onShutdown(log, async () => {
    await running.stop();
    await db.destroy();
  });
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof PortTakenError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
