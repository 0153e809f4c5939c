/**
 * How long one request is worth working on: until its deadline, or until its client hangs up. Out: an
 * AbortSignal for everything downstream, and a race that stops waiting for work that ignores it.
 */
import type { ServerResponse } from "node:http";
import type { Refusal } from "./refusal.ts";

export type Lifetime = {
  readonly signal: AbortSignal;
  /** Ends early with the refusal at the deadline, with `ClientGone` when the client hangs up. */
  readonly within: <T>(work: Promise<T>, atDeadline: Refusal) => Promise<T>;
};

export class ClientGone extends Error {
  override readonly name = "AbortError";
}

class DeadlinePassed extends Error {
  override readonly name = "TimeoutError";
}

export function openLifetime(response: ServerResponse, timeoutMs: number): Lifetime {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => {});
  // First of the listeners: work that rejects because of the signal must not win the race.
  signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });

  const timer = setTimeout(
    () => controller.abort(new DeadlinePassed("The deadline of the request has passed.")),
    timeoutMs,
  );
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableFinished) controller.abort(new ClientGone("The client has hung up."));
  });

  return {
    signal,
    async within(work, atDeadline) {
      try {
        return await Promise.race([ended, work]);
      } catch (error) {
        if (!signal.aborted) throw error;
        throw signal.reason instanceof DeadlinePassed ? atDeadline : signal.reason;
      }
    },
  };
}
