/**
 * Changes of bulletins as they happen: published, corrected, withdrawn. Enters: a database, and from
 * where on. Leaves: each change once, in the order of commits. A notification only wakes the feed; it
 * reads the table of events behind the last that it told, so that none is lost or told twice.
 */
import type { Kysely } from "kysely";
import { listen } from "../kit/notifications.ts";
import { bulletinChannel } from "./bulletin-channel.ts";
import {
  type BulletinEvent,
  bulletinEventsAfter,
  lastBulletinEvent,
} from "./bulletin-change.store.ts";
import type { HealthTables } from "./tables.ts";

const eventsPerRead = 100;

export type BulletinFeedOptions = {
  /** The `seq` of the last event that was seen; without it, only what happens from now on. */
  readonly after?: bigint;
  /** Ends the feed. */
  readonly signal?: AbortSignal;
};

export type BulletinFeed = AsyncIterableIterator<BulletinEvent> &
  AsyncDisposable & {
    /** Resolves when it listens; whatever is committed afterwards is told. */
    readonly ready: Promise<void>;
  };

/**
 * Begins at once, not at the first `next()`. Ends by `return()` (so by `break`), by the signal, or by
 * `await using`; a `next()` that waits then resolves as done.
 */
export function bulletinFeed(
  db: Kysely<HealthTables>,
  { after, signal }: BulletinFeedOptions = {},
): BulletinFeed {
  let ended = false;
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();
  const started = (async () => {
    const stop = await listen(db, bulletinChannel, wake);
    try {
      return { stop, from: after ?? (await lastBulletinEvent(db)) };
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

  async function* events(): AsyncGenerator<BulletinEvent, undefined> {
    let { from } = await started;
    while (!ended) {
      // Renewed before reading: what is committed while reading wakes the next round.
      woken = Promise.withResolvers<void>();
      const read = await bulletinEventsAfter(db, from, eventsPerRead);
      for (const event of read) {
        if (ended) return undefined;
        from = event.seq;
        yield event;
      }
      if (read.length === 0 && !ended) await woken.promise;
    }
    return undefined;
  }

  const generator = events();
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
