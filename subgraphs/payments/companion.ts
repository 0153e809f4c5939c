/**
 * What the payments process does besides answering the gateway: it works off the outbox, gives up what
 * expired, takes the provider's webhooks, and keeps the books short. Without PROVIDER_URL there are no
 * cards, without BILLER_URLS no systems of billers; wallets work all the same.
 */
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { readEnv, Secret } from "../../platform/env.ts";
import { redisEnv, redisOptions } from "../../platform/redis-env.ts";
import type { Companion, CompanionDeps } from "../kit/companion.ts";
import { createHttpBiller, type BillerSystem, type BillerSystems } from "./biller-system.ts";
import { createRedisSink, notifySink, sendEvents } from "./event.ts";
import { pruneEvents, pruneWebhooks } from "./event.store.ts";
import { expirePayments } from "./expiry.ts";
import { pruneKeys } from "./idempotency.store.ts";
import { takeCheckpoints } from "./ledger.store.ts";
import { createOutbox } from "./outbox.ts";
import { createHttpProvider, type Provider } from "./provider.ts";
import type { SettleDeps } from "./settle.ts";
import { importSettlement } from "./settlement.ts";
import { wasImported } from "./settlement.store.ts";
import type { Tables } from "./tables.ts";
import { createWebhookRoute } from "./webhook.ts";
import { type Job, startJobs } from "./worker.ts";

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ""));
const secret = z
  .string()
  .min(16, "must have 16 characters at least")
  .transform((s) => new Secret(s));

const configSchema = z
  .object({
    /** The provider's API, for example http://127.0.0.1:4010/v1. */
    PROVIDER_URL: httpUrl.optional(),
    PROVIDER_SECRET: secret.optional(),
    /** `whsec_…`, as the provider gave it; several, separated by spaces, while one replaces another. */
    PROVIDER_WEBHOOK_SECRET: z
      .string()
      .regex(/^whsec_\S+( whsec_\S+)*$/, "must be `whsec_` and base64")
      .transform((value) => new Secret(value))
      .optional(),
    PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(5_000),
    /** `dewa=https://…,du=https://…`: billers with systems of their own. */
    BILLER_URLS: z
      .string()
      .regex(
        /^[a-z-]+=https?:\/\/[^,]+(,[a-z-]+=https?:\/\/[^,]+)*$/,
        "must be `agency=https://…,…`",
      )
      .optional(),
    BILLER_SECRET: secret.optional(),
    /** Where events of payments go; by NOTIFY of the database when left out. */
    ...redisEnv,
    /** How long the outbox rests when it found nothing to do. */
    OUTBOX_PAUSE_MS: z.coerce.number().int().min(5).max(10_000).default(100),
  })
  .refine((c) => !c.PROVIDER_URL || (c.PROVIDER_SECRET && c.PROVIDER_WEBHOOK_SECRET), {
    path: ["PROVIDER_URL"],
    message: "needs PROVIDER_SECRET and PROVIDER_WEBHOOK_SECRET beside it",
  })
  .refine((c) => !c.BILLER_URLS || c.BILLER_SECRET, {
    path: ["BILLER_URLS"],
    message: "needs BILLER_SECRET beside it",
  });

/** What resolvers need of the outside world. */
export type PaymentsCompanion = Companion & {
  readonly billers: BillerSystems;
  readonly hasCards: boolean;
  /** The provider's settlement file of a day. */
  readonly fetchSettlement: ((day: string) => Promise<string>) | undefined;
};

export const newId: SettleDeps["newId"] = (prefix) => `${prefix}_${uuidv7()}`;

const checkpointAfterEntries = 1_000n;
const dayMs = 24 * 60 * 60_000;
/** Long enough for whoever follows them to come back. */
const eventLifeMs = 7 * dayMs;
/** Webhooks are refused when they are older than minutes, so an id cannot come back after that. */
const webhookLifeMs = dayMs;

/** Once a day's file can be there, unless it was imported; an operator may do it again. */
async function settleYesterday(
  db: CompanionDeps<Tables>["db"],
  provider: Provider,
  deps: SettleDeps,
): Promise<void> {
  const day = new Date(deps.now.getTime() - dayMs).toISOString().slice(0, 10);
  if (deps.now.getUTCHours() < 1 || (await wasImported(db, day))) return;
  const csv = await provider.settlement(day);
  await importSettlement(db, { day, csv, importedBy: "clock" }, deps);
}

export async function startCompanion({
  db,
  log,
  clock,
  env,
}: CompanionDeps<Tables>): Promise<PaymentsCompanion> {
  const config = readEnv(configSchema, env);
  const timeoutMs = config.PROVIDER_TIMEOUT_MS;
  const billerSecret = config.BILLER_SECRET?.reveal() ?? "";
  const billers = new Map(
    (config.BILLER_URLS?.split(",") ?? []).map((pair): [string, BillerSystem] => {
      const at = pair.indexOf("=");
      const url = pair.slice(at + 1).replace(/\/$/, "");
      return [pair.slice(0, at), createHttpBiller({ url, secret: billerSecret, timeoutMs })];
    }),
  );
  const provider = config.PROVIDER_URL
    ? createHttpProvider({
        url: config.PROVIDER_URL,
        secret: config.PROVIDER_SECRET?.reveal() ?? "",
        timeoutMs,
      })
    : undefined;
  const hasSystem = (billerId: string): boolean => billers.has(billerId);
  const settleDeps = (): SettleDeps => ({ now: new Date(clock()), newId, hasSystem });
  const leaseMs = Math.max(5_000, 4 * timeoutMs);
  const runOutbox = createOutbox({ db, provider, billers, settleDeps, log, leaseMs });
  const redis = redisOptions(config);
  const sink = redis ? createRedisSink({ ...redis, log }) : notifySink;
  const callsAtOnce = 16;
  const jobs: readonly Job[] = [
    {
      name: "outbox",
      everyMs: config.OUTBOX_PAUSE_MS,
      run: async () => (await runOutbox(callsAtOnce)) === callsAtOnce,
    },
    {
      name: "expiry",
      everyMs: 1_000,
      run: async () => (await expirePayments(db, settleDeps())) > 0,
    },
    {
      name: "events",
      everyMs: config.OUTBOX_PAUSE_MS,
      run: async () => (await sendEvents(db, sink, new Date(clock()))) > 0,
    },
    {
      name: "settlement",
      everyMs: 600_000,
      async run() {
        if (provider) await settleYesterday(db, provider, settleDeps());
        return false;
      },
    },
    {
      name: "upkeep",
      everyMs: 60_000,
      async run() {
        await pruneKeys(db, new Date(clock()));
        await pruneEvents(db, new Date(clock() - eventLifeMs));
        await pruneWebhooks(db, new Date(clock() - webhookLifeMs));
        await takeCheckpoints(db, checkpointAfterEntries);
        return false;
      },
    },
  ];
  const stopJobs = startJobs(jobs, log);
  const secrets = config.PROVIDER_WEBHOOK_SECRET?.reveal().split(" ") ?? [];
  return {
    billers,
    hasCards: provider !== undefined,
    fetchSettlement: provider?.settlement,
    routes: { "POST /webhooks/provider": createWebhookRoute({ db, secrets, settleDeps }) },
    async stop() {
      await stopJobs();
      await sink.stop();
    },
  };
}
