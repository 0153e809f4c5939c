/** Sends webhooks as Standard Webhooks has them: signed, and again with growing pauses until one is taken. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import type { Behaviour } from "./cards.ts";

export type WebhookOptions = { readonly url: string; readonly secret: string };

const attempts = 12;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
const lateMs = 700;
const timeoutMs = 3_000;

export function createWebhooks({ url, secret }: WebhookOptions) {
  const signer = new Webhook(secret);
  const stopping = new AbortController();

  async function deliver(id: string, body: string): Promise<void> {
    for (let attempt = 0; attempt < attempts && !stopping.signal.aborted; attempt += 1) {
      const at = new Date();
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": `${Math.floor(at.getTime() / 1_000)}`,
        "webhook-signature": signer.sign(id, at, body),
      };
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping.signal]);
        const response = await fetch(url, { method: "POST", headers, body, signal });
        await response.body?.cancel();
        if (response.ok) return;
      } catch {
        // Nobody there, or no answer in time: it is sent again.
      }
      const pauseMs = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    /** Resolves when it was taken; only BEFORE_RESPONSE waits for that. */
    async tell(data: object, how: Behaviour["webhooks"]): Promise<void> {
      if (how === "NEVER") return;
      const id = `msg_${randomUUID()}`;
      const body = JSON.stringify({
        type: "payment.updated",
        timestamp: new Date().toISOString(),
        data,
      });
      if (how === "BEFORE_RESPONSE") return deliver(id, body);
      if (how === "TWICE") {
        // Once more under the same id, and once more under another one.
        void Promise.all([deliver(id, body), deliver(id, body), deliver(`${id}_again`, body)]);
        return;
      }
      if (how === "LATE") {
        const waitMs = Math.random() * lateMs;
        void sleep(waitMs, undefined, { signal: stopping.signal }).then(
          () => deliver(id, body),
          () => {},
        );
        return;
      }
      void deliver(id, body);
    },
    stop: () => stopping.abort(),
  };
}
