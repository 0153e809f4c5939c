/**
 * Webhooks of the provider, as the Standard Webhooks specification has them: signed over id, timestamp
 * and body, at most five minutes old. Each id takes effect once, in the transaction that remembers it;
 * order does not matter, because a webhook carries the whole payment (provider.rules.ts).
 */
import type { Kysely } from "kysely";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { Route } from "../kit/companion.ts";
import { followProvider } from "./follow.ts";
import { readView } from "./provider.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type WebhookDeps = {
  readonly db: Kysely<Tables>;
  /** `whsec_…`; several, newest first, while one replaces another. */
  readonly secrets: readonly string[];
  readonly settleDeps: () => SettleDeps;
};

const text = (value: string | readonly string[] | undefined): string =>
  typeof value === "string" ? value : "";

const json = (status: number, body: object) => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

function verified(
  secrets: readonly string[],
  body: string,
  headers: Record<string, string>,
): unknown {
  for (const secret of secrets) {
    try {
      return new Webhook(secret).verify(body, headers);
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
    }
  }
  return undefined;
}

export function createWebhookRoute({ db, secrets, settleDeps }: WebhookDeps): Route {
  return async ({ headers, body }) => {
    const id = text(headers["webhook-id"]);
    const signed = {
      "webhook-id": id,
      "webhook-timestamp": text(headers["webhook-timestamp"]),
      "webhook-signature": text(headers["webhook-signature"]),
    };
    const payload = verified(secrets, body.toString("utf8"), signed);
    if (payload === undefined || id.length > 200) {
      return json(401, {
        code: "UNVERIFIED",
        message: "The signature, its age or its id is wrong.",
      });
    }
    const { data } = payload as { readonly data?: unknown };
    const view = readView(data);
    const isNew = await db.transaction().execute(async (tx) => {
      const deps = settleDeps();
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto("webhook")
        .values({ id, received_at: deps.now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (!numInsertedOrUpdatedRows) return false;
      await followProvider(tx, view, deps);
      return true;
    });
    return json(200, { received: isNew ? "first" : "again" });
  };
}
