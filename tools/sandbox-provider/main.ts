/** Entry of the sandbox provider: reads its configuration, serves, and stops when it is told to. */
import { z } from "zod";
import { ConfigError, readEnv, Secret } from "../../platform/env.ts";
import { PortTakenError } from "../../platform/listen.ts";
import { createLog } from "../../platform/log.ts";
import { onShutdown } from "../../platform/shutdown.ts";
import { startSandboxProvider } from "./server.ts";

const secret = z
  .string()
  .min(16, "must have 16 characters at least")
  .transform((s) => new Secret(s));

const configSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535),
  /** Where people reach its pages, when that is not HOST and PORT. */
  PROVIDER_PAGES_URL: z.url({ protocol: /^https?$/ }).optional(),
  PROVIDER_SECRET: secret,
  /** Where webhooks go: …/webhooks/provider of the payments subgraph. */
  PROVIDER_WEBHOOK_URL: z.url({ protocol: /^https?$/ }),
  PROVIDER_WEBHOOK_SECRET: secret,
  /** A file that remembers the payments. */
  PROVIDER_JOURNAL: z.string().optional(),
});

async function main(): Promise<void> {
  const config = readEnv(configSchema, process.env);
  const log = createLog({ name: "provider", level: "info" });
  const running = await startSandboxProvider({
    host: config.HOST,
    port: config.PORT,
    ...(config.PROVIDER_PAGES_URL ? { pagesUrl: config.PROVIDER_PAGES_URL } : {}),
    secret: config.PROVIDER_SECRET.reveal(),
    webhookUrl: config.PROVIDER_WEBHOOK_URL,
    webhookSecret: config.PROVIDER_WEBHOOK_SECRET.reveal(),
    ...(config.PROVIDER_JOURNAL ? { journal: config.PROVIDER_JOURNAL } : {}),
  });
  log.info({ url: running.url }, "ready");
  onShutdown(log, () => running.stop());
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof PortTakenError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
