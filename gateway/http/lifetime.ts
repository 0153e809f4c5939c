/**
 * How long one request is worth working on: until its deadline, or until its client hangs up. Out: an
 * AbortSignal for everything downstream, and a race that stops waiting for work that ignores it.
 */
import type { ServerResponse } from "node:http";
import type { Refusal } from "./refusal.ts";

export type Lifetime = {
  /**
   * Made when it is first asked for: many a request is answered without. No accessor: each object
   * with one of its own gets a hidden class of its own, which keeps the request until a full collection.
   */
  readonly signal: () => AbortSignal;
  /** No deadline any more: only the client's hanging up ends it. */
  readonly endless: () => void;
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
  let controller: AbortController | undefined;
  let ended: DeadlinePassed | ClientGone | undefined;
  const waiting = new Set<(reason: DeadlinePassed | ClientGone) => void>();

  function end(reason: DeadlinePassed | ClientGone): void {
    if (ended) return;
    ended = reason;
    // Before the signal: work that rejects because of it must not win the race.
    for (const giveUp of waiting) giveUp(reason);
    controller?.abort(reason);
  }

  const timer = setTimeout(
    () => end(new DeadlinePassed("The deadline of the request has passed.")),
    timeoutMs,
  );
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableFinished) end(new ClientGone("The client has hung up."));
  });

  return {
    signal() {
      controller ??= new AbortController();
      if (ended && !controller.signal.aborted) controller.abort(ended);
      return controller.signal;
    },
    endless: () => clearTimeout(timer),
    within<T>(work: Promise<T>, atDeadline: Refusal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const giveUp = (reason: DeadlinePassed | ClientGone): void =>
          reject(reason instanceof DeadlinePassed ? atDeadline : reason);
        if (ended) giveUp(ended);
        else waiting.add(giveUp);
        work.then(
          (value) => {
            waiting.delete(giveUp);
            resolve(value);
          },
          (error: unknown) => {
            waiting.delete(giveUp);
            reject(error);
          },
        );
      });
    },
  };
}
