/**
 * Where one payment stands, as it changes. Enters: its id. Leaves: where it stands now, then each state it
 * reaches, in their order and none left out; the feed ends when it is settled.
 */
import type { Kysely } from "kysely";
import { type ChangeFeed, changeFeed } from "../kit/change-feed.ts";
import { paymentChannel } from "./payment-channel.ts";
import { isSettled, type PaymentState } from "./payment-state.rules.ts";
import { paymentStanding, transitionsAfter } from "./payment-feed.store.ts";
import type { Tables } from "./tables.ts";

export type PaymentStanding = {
  readonly paymentId: string;
  /** Transitions so far. */
  readonly version: number;
  readonly state: PaymentState;
  /** Since when. */
  readonly at: Date;
};

/** Before the first: a payment without transitions has the version 0. */
const nothingTold = -1;

/** Of a payment that exists; who may see it is asked before. How it begins and ends is said at `changeFeed`. */
export const paymentFeed = (db: Kysely<Tables>, paymentId: string): ChangeFeed<PaymentStanding> =>
  changeFeed(db, {
    channel: paymentChannel,
    concerns: (payload) => payload === paymentId,
    begin: async () => nothingTold,
    readAfter: (version: number) =>
      version === nothingTold
        ? paymentStanding(db, paymentId)
        : transitionsAfter(db, paymentId, version),
    cursorOf: ({ version }) => version,
    isLast: ({ state }) => isSettled(state),
  });
