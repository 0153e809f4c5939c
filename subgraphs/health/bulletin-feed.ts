/**
 * Changes of bulletins as they happen: published, corrected, withdrawn. Enters: a database, and from
 * where on. Leaves: each change once, in the order of commits.
 */
import type { Kysely } from "kysely";
import { type ChangeFeed, changeFeed } from "../kit/change-feed.ts";
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

/** How it begins and ends is said at `changeFeed`. */
export const bulletinFeed = (
  db: Kysely<HealthTables>,
  { after, signal }: BulletinFeedOptions = {},
): ChangeFeed<BulletinEvent> =>
  changeFeed(db, {
    channel: bulletinChannel,
    begin: async () => after ?? lastBulletinEvent(db),
    readAfter: (from: bigint) => bulletinEventsAfter(db, from, eventsPerRead),
    cursorOf: ({ seq }) => seq,
    signal,
  });
