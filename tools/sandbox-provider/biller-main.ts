/**
 * Entry of the sandbox biller: serves the sample bills of one biller as that biller's own system would,
 * accepts every posting, and stops when it is told to.
 */
import { z } from "zod";
import { ConfigError, readEnv, Secret } from "../../platform/env.ts";
import { PortTakenError } from "../../platform/listen.ts";
import { createLog } from "../../platform/log.ts";
import { onShutdown } from "../../platform/shutdown.ts";
import { linesOf } from "../../subgraphs/payments/intake.store.ts";
import { readItems, readPayables } from "../../subgraphs/payments/seed/sample.ts";
import { startSandboxBiller } from "./biller.ts";

const configSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535),
  BILLER_SECRET: z
    .string()
    .min(16, "must have 16 characters at least")
    .transform((s) => new Secret(s)),
  /** Agency id of the biller. */
  BILLER: z.string(),
  /** A file that remembers the postings. */
  BILLER_JOURNAL: z.string().optional(),
});

async function main(): Promise<void> {
  const config = readEnv(configSchema, process.env);
  const log = createLog({ name: "biller", level: "info" });
  const billers = new Map((await readPayables()).map(({ id, biller }) => [id, biller]));
  const items = await readItems((payableId) => billers.get(payableId) ?? "");
  const bills = new Map(
    items
      .filter(({ item }) => item.kind === "BILL" && item.billerId === config.BILLER)
      .map(({ item, isVoid }) => [item.id, { due: !isVoid, lines: linesOf(item) }]),
  );
  const running = await startSandboxBiller({
    host: config.HOST,
    port: config.PORT,
    secret: config.BILLER_SECRET.reveal(),
    billOf: (id) => bills.get(id),
    decide: () => "POSTED",
    ...(config.BILLER_JOURNAL ? { journal: config.BILLER_JOURNAL } : {}),
  });
  log.info({ url: running.url, bills: bills.size }, "ready");
  onShutdown(log, () => running.stop());
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof PortTakenError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
