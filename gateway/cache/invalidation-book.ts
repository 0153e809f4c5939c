/**
 * The book of invalidations: for each tag the number at which it was last invalidated. One sequence
 * numbers all invalidations, and it never goes back. An entry carries the number that was known
 * BEFORE its load began (its stamp); it is valid while none of its tags has a greater one. So
 *
 * - an invalidation is one number written, whatever carries the tag: nothing is searched or deleted;
 * - a load that was under way when the invalidation came yields an entry with an older stamp: the
 *   old value may be put back into any level, and is not believed there;
 * - a stamp that is older than necessary costs a miss, never a wrong hit: no round trip before loads.
 *
 * A tag is forgotten only by raising the floor to its number: entries with a stamp below the floor
 * are not believed. When the book itself was lost or may have lost something (Redis emptied,
 * restarted, failed over), a new era begins, and no entry of another era is believed.
 */

/** Carried by every entry. Stamps of different eras cannot be compared: such an entry is a miss. */
export type Stamp = { readonly era: string; readonly asOf: number };

export type Invalidated =
  /** Every process that shares the book obeys: no read that begins from now on returns the old. */
  | { readonly kind: "everywhere" }
  /**
   * Redis did not take it. This process serves nothing from the cache until Redis has it; the
   * others do not know. It is recorded as soon as Redis is back. Callers report a failure.
   */
  | { readonly kind: "unrecorded" };

export type InvalidationBook = {
  /**
   * True when this process knows every invalidation that was reported as done ("everywhere") before
   * this call; only then may an entry be believed. False: nothing can be said, so cache nothing and
   * serve nothing. Mostly answered without waiting.
   */
  readonly verify: () => boolean | Promise<boolean>;
  /** To be taken before a load begins. */
  readonly stamp: () => Stamp;
  readonly isValid: (stamp: Stamp, tags: readonly string[]) => boolean;
  readonly invalidate: (tags: readonly string[]) => Promise<Invalidated>;
  /**
   * How long another process may go on serving after the invalidation was recorded and before it is
   * reported as done. A load begun at most this long ago saw everything that is reported as done.
   */
  readonly boundMs: number;
  readonly close: () => Promise<void>;
};

/** Every entry carries it unwritten: invalidating it empties the whole cache. */
export const everythingTag = "*";

/** The bytes of one tag at most; entries and the book stay small. */
export const longestTagBytes = 1_024;

/** @throws TypeError for a tag that is empty, too long, or reserved ("!…" is the book's own). */
export function checkTag(tag: string): string {
  if (tag === "" || tag.startsWith("!") || Buffer.byteLength(tag) > longestTagBytes) {
    throw new TypeError(
      `The cache tag ${JSON.stringify(tag.slice(0, 40))} cannot be used: give 1 to ${longestTagBytes} bytes that do not start with "!".`,
    );
  }
  return tag;
}
