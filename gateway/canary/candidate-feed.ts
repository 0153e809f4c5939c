/**
 * Whether the registry has a candidate for a variant: asked from time to time, and at once when Redis says
 * that something has changed. What comes is believed only when its signature verifies. While the registry
 * is away, everything stays as it was.
 */
import type { Log } from "../../platform/log.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { candidateVariant, verifySupergraph } from "../../platform/supergraph-signature.ts";

export type CandidateState =
  | {
      readonly kind: "open";
      readonly id: number;
      /** Percent of the clients. */
      readonly share: number;
      readonly supergraph: string;
    }
  /** SHA-256 of what is live instead; "" when nothing is. */
  | { readonly kind: "none"; readonly liveSha256: string };

export type CandidateFeedOptions = {
  /** Of the registry, without a path. */
  readonly url: string;
  readonly key: string;
  readonly publicKey: string;
  readonly variant: string;
  readonly pollIntervalMs: number;
  readonly push?: {
    readonly redis: Omit<RedisConnectionOptions, "log">;
    readonly channel: string;
  };
};

export type CandidateFeed = {
  /** Calls back with each state that differs from the last, one after the other. @returns how to stop. */
  readonly follow: (take: (state: CandidateState) => Promise<void>) => () => Promise<void>;
};

const answerTimeoutMs = 5_000;

export function createCandidateFeed(log: Log, options: CandidateFeedOptions): CandidateFeed {
  const { url, key, publicKey, variant, pollIntervalMs, push } = options;
  let seen = "";

  /** @returns undefined when nothing has changed. */
  async function ask(): Promise<CandidateState | undefined> {
    const response = await fetch(`${url}/candidate?variant=${encodeURIComponent(variant)}`, {
      headers: { authorization: `Bearer ${key}`, ...(seen ? { "if-none-match": seen } : {}) },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const supergraph = await response.text();
    const { status, headers } = response;
    if (status === 304) return undefined;
    if (status === 204) {
      const liveSha256 = headers.get("city-graph-live") ?? "";
      if (seen === "") return undefined;
      seen = "";
      return { kind: "none", liveSha256 };
    }
    if (status !== 200) throw new Error(`the registry answered ${status}`);
    const id = Number(headers.get("city-graph-candidate"));
    const share = Number(headers.get("city-graph-share"));
    // Also of what is refused: it is not fetched again and again.
    seen = headers.get("etag") ?? "";
    const signed = { variant: candidateVariant(variant), launch: id, supergraph };
    if (!verifySupergraph(signed, headers.get("city-graph-signature") ?? "", publicKey)) {
      log.error({ candidate: id }, "candidate refused: its signature is not the registry's");
      return undefined;
    }
    return { kind: "open", id, share, supergraph };
  }

  return {
    follow(take) {
      let busy = Promise.resolve();
      let isOver = false;
      const look = (): void => {
        busy = busy.then(async () => {
          if (isOver) return;
          try {
            const state = await ask();
            if (state) await take(state);
          } catch (error) {
            log.debug({ err: error, variant }, "the registry did not tell of a candidate");
          }
        });
      };
      const timer = setInterval(look, pollIntervalMs);
      timer.unref();
      const connection = push && connectRedis({ ...push.redis, log });
      connection?.client.on("message", look);
      connection?.client.on("ready", () => {
        connection.client.subscribe(push?.channel ?? "").then(look, () => {});
      });
      look();
      return async () => {
        isOver = true;
        clearInterval(timer);
        await connection?.close();
        await busy;
      };
    },
  };
}
