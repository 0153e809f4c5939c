/**
 * Changes as they happen, read from a table and woken by NOTIFY. Enters: where to begin, and how to read
 * behind what was told last. Leaves: each change once, in the order of the table. A notification only
 * wakes the feed; what changed is read, so that none is lost or told twice.
 */
import type { Kysely } from "kysely";
import { listen } from "./notifications.ts";

export type ChangeFeedOptions<Change, Cursor extends number | bigint> = {
  /** Of PostgreSQL's NOTIFY. */
  readonly channel: string;
  /** Whether a notification with this payload can tell of something new here. Default: each does. */
  readonly concerns?: (payload: string) => boolean;
  /** What is behind this is told. Asked when the feed listens: whatever is committed afterwards is told. */
  readonly begin: () => Promise<Cursor>;
  /** In order; as many as are read at a time. None means that there is nothing new. */
  readonly readAfter: (cursor: Cursor) => Promise<readonly Change[]>;
  readonly cursorOf: (change: Change) => Cursor;
  /** The feed ends with it. Default: none is the last. */
  readonly isLast?: (change: Change) => boolean;
  /** Ends the feed. */
  readonly signal?: AbortSignal | undefined;
};

export type ChangeFeed<Change> = AsyncIterableIterator<Change> &
  AsyncDisposable & {
    /** Resolves when it listens; whatever is committed afterwards is told. */
    readonly ready: Promise<void>;
  };

/**
 * Begins at once, not at the first `next()`. Ends by `return()` (so by `break`), by the signal, or by
 * `await using`; a `next()` that waits then resolves as done.
 */
export function changeFeed<Tables, Change, Cursor extends number | bigint>(
  db: Kysely<Tables>,
  options: ChangeFeedOptions<Change, Cursor>,
): ChangeFeed<Change> {
  const { channel, concerns, begin, readAfter, cursorOf, isLast, signal } = options;
  let ended = false;
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();
  const started = (async () => {
    const stop = await listen(db, channel, (payload) => {
      // Without a payload the connection was broken: anything may have happened.
      if (payload === undefined || !concerns || concerns(payload)) wake();
    });
    try {
      return { stop, from: await begin() };
    } catch (error) {
      await stop();
      throw error;
    }
  })();
  // Whoever iterates learns of a failure from `next()`.
  const ready = started.then(() => {});
  ready.catch(() => {});

  const end = () => {
    ended = true;
    wake();
    return started.then(
      ({ stop }) => stop(),
      () => {},
    );
  };
  const onAbort = () => void end();
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });

  async function* changes(): AsyncGenerator<Change, undefined> {
    let { from } = await started;
    while (!ended) {
      // Renewed before reading: what is committed while reading wakes the next round.
      woken = Promise.withResolvers<void>();
      const read = await readAfter(from);
      for (const change of read) {
        if (ended) return undefined;
        from = cursorOf(change);
        // Before it is told: whoever has the last one need not ask on.
        if (isLast?.(change)) await end();
        yield change;
      }
      if (read.length === 0 && !ended) await woken.promise;
    }
    return undefined;
  }

  const generator = changes();
  const finish = async (): Promise<IteratorReturnResult<undefined>> => {
    signal?.removeEventListener("abort", onAbort);
    await end();
    await generator.return(undefined);
    return { done: true, value: undefined };
  };
  return {
    ready,
    next: () => generator.next(),
    return: finish,
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await finish();
    },
  };
}
