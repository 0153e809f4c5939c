/**
 * Requests at a steady rate, whether or not the answers to others come. Each is sent at a random moment of its
 * turn, so that of two loads side by side neither is always first.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

export type Sample = { readonly durationMs: number; readonly body: string };

export type Load = { readonly url: string; readonly body: object; readonly perSecond: number };

const agent = new Agent({ connections: 256 });

async function ask(url: string, text: string): Promise<Sample> {
  const sentMs = performance.now();
  const response = await request(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: text,
    dispatcher: agent,
  });
  const body = await response.body.text();
  return { durationMs: performance.now() - sentMs, body };
}

/** All loads side by side. @returns the samples of each. */
export async function load(
  loads: readonly Load[],
  seconds: number,
): Promise<readonly (readonly Sample[])[]> {
  const texts = loads.map(({ body }) => JSON.stringify(body));
  const all = loads.map((): Promise<Sample>[] => []);
  const startedMs = performance.now();
  // Sorted, so that those who are due in the same millisecond are sent in no load's order.
  const turns = loads
    .flatMap(({ perSecond }, of) =>
      Array.from({ length: Math.round(perSecond * seconds) }, (_, index) => ({
        of,
        dueMs: startedMs + ((index + Math.random()) * 1_000) / perSecond,
      })),
    )
    .toSorted((a, b) => a.dueMs - b.dueMs);
  for (const { of, dueMs } of turns) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    all[of]?.push(ask(loads[of]?.url ?? "", texts[of] ?? ""));
  }
  return Promise.all(all.map((samples) => Promise.all(samples)));
}

/** Nearest rank. */
export function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
