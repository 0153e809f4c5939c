/**
 * The book that all processes share, in Redis, and this process's mirror of it.
 *
 * Why no read returns what was invalidated before it began, with no message that could be lost:
 * 1. A process believes its mirror only for `boundMs` after it SENT the last successful pull
 *    (monotonic clock); after that a read pulls first, and without an answer nothing is believed.
 * 2. An invalidation recorded at time S is reported as done at A ≥ S + boundMs.
 * 3. A read at T ≥ A relies on a pull sent at V ≥ T − boundMs ≥ S, so the pull ran after the
 *    recording and brought it. Entries loaded before it have stamps below its number (see
 *    invalidation-book.ts): they are misses, wherever they lie and whenever they were put there.
 * 4. Whatever makes Redis lose recordings ends the era: an emptied or evicted book has no "!run"
 *    member, another server process (restart, promoted replica) has another id.
 *
 * Limits of the promise: all processes have the same `boundMs`, and a master that was cut off from
 * its replicas must refuse to answer: with Sentinel by `min-replicas-to-write 1` (the script counts
 * as a write), in a cluster by itself after the node timeout. Until it does, clients on the two
 * sides of the cut see only their own side's invalidations.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunScript } from "../../platform/redis-connection.ts";
import { bookScript } from "./book-script.ts";
import type { Breaker } from "./breaker.ts";
import { checkTag, everythingTag, type InvalidationBook } from "./invalidation-book.ts";
import { createMirror } from "./mirror.ts";

export type RedisBookDeps = {
  readonly run: RunScript;
  readonly breaker: Breaker;
  readonly monotonicMs: () => number;
};

export type RedisBookOptions = {
  /** The book's key; in a cluster it decides the slot. */
  readonly key: string;
  /** See `InvalidationBook.boundMs`. The same in all processes. Default 50. */
  readonly boundMs?: number;
  /** Tags remembered one by one, about 90 bytes of Redis each. Default 100,000. */
  readonly maxTags?: number;
};

const pageSize = 2_000;
/** Invalidations that wait for a dead Redis; more become one of everything. */
const maxPending = 10_000;

type Page = {
  readonly era: string;
  readonly floor: number;
  readonly last: number;
  readonly news: readonly (readonly [tag: string, number: number])[];
};

function readPage(answer: unknown): Page {
  const [era, floor, last, ...flat] = answer as readonly string[];
  const news: [string, number][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    news.push([flat[index] ?? "", Number(flat[index + 1])]);
  }
  return { era: era ?? "", floor: Number(floor), last: Number(last), news };
}

export function createRedisBook(deps: RedisBookDeps, options: RedisBookOptions): InvalidationBook {
  const { run, breaker, monotonicMs } = deps;
  const { key, boundMs = 50, maxTags = 100_000 } = options;
  const mirror = createMirror();
  /** Each waits with the ticket of its last request: a later request is not served by a recording sent before it. */
  const pending = new Map<string, number>();
  let tickets = 0;
  let recordedTickets = 0;
  let knownEra = "";
  let knownLast = 0;
  let trueUntilMs = -Infinity;
  let pulling: Promise<boolean> | undefined;

  function apply(page: Page): void {
    if (page.era !== knownEra) {
      knownEra = page.era;
      knownLast = 0;
      mirror.begin(page.era, page.floor);
    }
    mirror.raiseFloor(page.floor);
    for (const [tag, number] of page.news) {
      if (!tag.startsWith("!")) mirror.put(tag, number);
      knownLast = Math.max(knownLast, number);
    }
    // A full page: there may be more. Until all are here the mirror must not look complete.
    if (page.news.length >= pageSize) return;
    knownLast = Math.max(knownLast, page.last);
    mirror.knowUpTo(knownLast);
  }

  async function pull(): Promise<boolean> {
    for (;;) {
      const sentMs = monotonicMs();
      const sentTickets = tickets;
      const page = await breaker.run(async () => {
        const args = [knownEra, knownLast, pageSize, maxTags, ...pending.keys()];
        return readPage(await run(bookScript, [key], args));
      });
      if (!page) return false;
      apply(page);
      for (const [tag, ticket] of pending) if (ticket <= sentTickets) pending.delete(tag);
      recordedTickets = sentTickets;
      if (page.news.length < pageSize) {
        trueUntilMs = sentMs + boundMs;
        return true;
      }
    }
  }

  function pullOnce(): Promise<boolean> {
    pulling ??= pull().finally(() => {
      pulling = undefined;
    });
    return pulling;
  }

  /** The pull under way may have been sent too early; then another follows. */
  async function pullUntil(enough: () => boolean): Promise<boolean> {
    while (!enough()) if (!(await pullOnce())) return false;
    return true;
  }

  return {
    boundMs,
    stamp: mirror.stamp,
    isValid: mirror.isValid,
    verify() {
      const nowMs = monotonicMs();
      // What this process was asked to invalidate counts for its own reads even before it is done.
      const askedTickets = tickets;
      const isTrue = () => nowMs <= trueUntilMs && recordedTickets >= askedTickets;
      if (isTrue()) {
        // Under traffic the next pull is under way before this one's time is over: no read waits.
        if (nowMs > trueUntilMs - boundMs / 2 && !breaker.isOpen()) void pullOnce();
        return true;
      }
      return breaker.isOpen() ? false : pullUntil(isTrue);
    },
    async invalidate(tags) {
      const checked = tags.map(checkTag);
      if (checked.length === 0) return { kind: "everywhere" };
      tickets += 1;
      const ticket = tickets;
      const tooMany = pending.size + checked.length > maxPending;
      if (tooMany) pending.clear();
      for (const tag of tooMany ? [everythingTag] : checked) pending.set(tag, ticket);
      const recorded = await pullUntil(() => recordedTickets >= ticket);
      if (!recorded) return { kind: "unrecorded" };
      await sleep(boundMs);
      return { kind: "everywhere" };
    },
    async close() {
      await pulling;
    },
  };
}
