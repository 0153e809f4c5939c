/**
 * Bounds what Redis can cost: every call has a time limit, and after some failures in a row calls
 * fail at once for a while, then one call at a time tries again. So a slow or dead Redis costs a
 * request some milliseconds at first, and nothing after that.
 */

export type BreakerOptions = {
  /** A call that has not ended by then has failed. */
  readonly timeoutMs: number;
  /** Failures in a row that open it. Default 3. */
  readonly failures?: number;
  /** How long calls then fail at once. Default 250. */
  readonly openMs?: number;
  readonly monotonicMs: () => number;
  /** Called when it opens and when it closes again. */
  readonly onChange?: (open: boolean) => void;
};

export type Breaker = {
  /**
   * @returns what `call` gives, in time; `undefined` for a call that failed, came too late, or was
   * not made because the breaker is open. A late result is dropped.
   */
  readonly run: <T>(call: () => Promise<T>) => Promise<T | undefined>;
  readonly isOpen: () => boolean;
};

/**
 * Time that this process was busy is not the other side's: it begins when what was called has left, and
 * what has arrived by its end is read first. @returns what ends the waiting.
 */
function afterTime(timeMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let turn = setImmediate(() => {
    timer = setTimeout(() => {
      turn = setImmediate(act);
    }, timeMs);
  });
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { timeoutMs, failures: most = 3, openMs = 250, monotonicMs, onChange } = options;
  let failures = 0;
  let openUntilMs = 0;
  let trying = false;
  const isOpen = () => failures >= most && (trying || monotonicMs() < openUntilMs);

  function failed(): void {
    failures += 1;
    if (failures < most) return;
    openUntilMs = monotonicMs() + openMs;
    if (failures === most) onChange?.(true);
  }

  function succeeded(): void {
    const wasOpen = failures >= most;
    failures = 0;
    if (wasOpen) onChange?.(false);
  }

  return {
    isOpen,
    async run(call) {
      if (isOpen()) return undefined;
      const isTrial = failures >= most;
      if (isTrial) trying = true;
      let stopWaiting = (): void => {};
      try {
        const called = call();
        const late = new Promise<never>((_resolve, reject) => {
          stopWaiting = afterTime(timeoutMs, () => reject(new Error("too late")));
        });
        const result = await Promise.race([called, late]);
        succeeded();
        return result;
      } catch {
        failed();
        return undefined;
      } finally {
        stopWaiting();
        if (isTrial) trying = false;
      }
    },
  };
}
