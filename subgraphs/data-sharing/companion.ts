/**
 * What the data-sharing process does besides answering the gateway: it publishes the access log's heads
 * every so often, and hands them to anybody at `GET /access-log/heads.json`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { readEnv } from "../../platform/env.ts";
import type { Companion, CompanionDeps, Route } from "../kit/companion.ts";
import { headsPath, publishHead, writeHeads } from "./publish-heads.ts";
import type { DataSharingTables } from "./tables.ts";
import { treeHeadKeyOf } from "./tree-head.ts";

const configSchema = z.object({
  /** How often a head is published, if the log has grown. */
  ACCESS_LOG_PUBLISH_SECONDS: z.coerce.number().min(0.05).max(86_400).default(600),
});

const json = { "content-type": "application/json; charset=utf-8" } as const;

export async function startCompanion({
  db,
  log,
  clock,
  env,
  deriveKey,
}: CompanionDeps<DataSharingTables>): Promise<Companion> {
  const everyMs = readEnv(configSchema, env).ACCESS_LOG_PUBLISH_SECONDS * 1_000;
  const key = treeHeadKeyOf(deriveKey);
  const stopping = new AbortController();
  const { signal } = stopping;

  async function publish(): Promise<void> {
    while (!signal.aborted) {
      await publishHead(db, key, clock()).then(
        (treeSize) => treeSize && log.info({ treeSize }, "published the access log's head"),
        (error: unknown) => log.error({ err: error }, "the access log's head was not published"),
      );
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  const heads: Route = async ({ url }) => {
    const after = Number(new URL(url, "http://localhost").searchParams.get("after") ?? "0");
    if (!Number.isSafeInteger(after) || after < 0) {
      const message = "`after` is the size of a published head: take the link of `next`.";
      const body = JSON.stringify({
        errors: [{ message, extensions: { code: "BAD_USER_INPUT" } }],
      });
      return { status: 400, headers: json, body };
    }
    return {
      status: 200,
      headers: { ...json, "cache-control": "public, max-age=60" },
      body: await writeHeads(db, key, after),
    };
  };

  const publishing = publish();
  return {
    routes: { [`GET ${headsPath}`]: heads },
    async stop() {
      stopping.abort();
      await publishing;
    },
  };
}
