/**
 * Requests at a steady rate, whether or not the answers come: what waits is measured as waiting. Each comes at
 * a random moment of its turn, so that of two loads side by side neither is always first.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

export type Sample = { readonly durationMs: number; readonly body: string };

export type LoadOptions = {
  readonly url: string;
  readonly body: object;
  readonly perSecond: number;
  readonly seconds: number;
};

const agent = new Agent({ connections: 256 });

/** Each sample's time runs from the moment it was due. */
export async function load(options: LoadOptions): Promise<readonly Sample[]> {
  const { url, body, perSecond, seconds } = options;
  const text = JSON.stringify(body);
  const count = Math.round(perSecond * seconds);
  const startedMs = performance.now();
  const all = Array.from({ length: count }, async (_, index): Promise<Sample> => {
    const dueMs = startedMs + ((index + Math.random()) * 1_000) / perSecond;
    await sleep(Math.max(0, dueMs - performance.now()));
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
      dispatcher: agent,
    });
    const answered = await response.body.text();
    return { durationMs: performance.now() - dueMs, body: answered };
  });
  return Promise.all(all);
}

/** Nearest rank. */
export function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
