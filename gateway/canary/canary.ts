/**
 * What is live and, while there is one, a candidate beside it: each request goes to one of the two, both are
 * counted. A candidate that ends is let go only when what is live has taken up what it is to be, and what
 * the candidate still answers is answered.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CanaryLane } from "../../platform/canary-counts.ts";
import type { Log } from "../../platform/log.ts";
import type { RequestContext } from "../context.ts";
import type { Lane } from "../lane.ts";
import type { CandidateFeed, CandidateState } from "./candidate-feed.ts";
import type { Counting } from "./counting.ts";
import { type CandidateFor, createRouting, type PreviewTo } from "./routing.ts";

export type Serving = Pick<Lane, "execute" | "deferred" | "answers">;

export type CandidateLane = Serving & {
  /** Ends subscriptions, then closes what it has of its own. */
  readonly close: () => Promise<void>;
};

export type CanaryDeps = {
  readonly live: Lane;
  readonly feed: CandidateFeed;
  /** @throws SupergraphError when it cannot be served. */
  readonly openCandidate: (id: number, supergraph: string) => Promise<CandidateLane>;
  readonly startCounting: (id: number) => Counting;
  /** For metrics. */
  readonly observe: (lane: CanaryLane, isOk: boolean, durationMs: number) => void;
  readonly log: Log;
};

export type CanaryOptions = {
  readonly previewTo: PreviewTo;
  /** How long a request may go on that began on a candidate. */
  readonly requestTimeoutMs: number;
};

export type Canary = {
  readonly serving: Serving;
  readonly candidateFor: CandidateFor;
  readonly stop: () => Promise<void>;
};

type Open = {
  readonly id: number;
  readonly share: number;
  readonly lane: CandidateLane;
  readonly counting: Counting;
};

/** Longer than any gateway takes to take up a launch. */
const takeUpTimeoutMs = 15_000;

export function openCanary(deps: CanaryDeps, options: CanaryOptions): Canary {
  const { live, feed, openCandidate, startCounting, observe, log } = deps;
  const over = new AbortController();
  const retiring = new Set<Promise<void>>();
  let open: Open | undefined;

  async function retire({ lane, counting }: Open): Promise<void> {
    await counting.stop();
    // Requests under way end on the lane that they began with.
    await sleep(options.requestTimeoutMs, undefined, { signal: over.signal, ref: false }).catch(
      () => {},
    );
    await lane.close();
  }

  function end(ended: Open): void {
    open = undefined;
    const work = retire(ended).catch((error: unknown) =>
      log.error({ err: error, candidate: ended.id }, "a candidate could not be closed"),
    );
    retiring.add(work);
    void work.then(() => retiring.delete(work));
  }

  async function untilLiveIs(sha256: string): Promise<void> {
    const until = performance.now() + takeUpTimeoutMs;
    const isThere = () => sha256.startsWith(live.current()?.id ?? " ");
    while (!isThere() && performance.now() < until && !over.signal.aborted) await sleep(20);
  }

  async function take(state: CandidateState): Promise<void> {
    if (state.kind === "none") {
      if (!open) return;
      const ended = open;
      await untilLiveIs(state.liveSha256);
      end(ended);
      log.info({ candidate: ended.id }, "the candidate has ended");
      return;
    }
    const { id, share, supergraph } = state;
    if (open?.id === id) {
      open = { ...open, share };
      return;
    }
    try {
      const lane = await openCandidate(id, supergraph);
      if (open) end(open);
      open = { id, share, lane, counting: startCounting(id) };
      log.info({ candidate: id, share }, "a candidate is served beside what is live");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ candidate: id }, `candidate refused, what is live serves alone: ${reason}`);
      if (open) end(open);
    }
  }

  const laneOf = ({ candidate }: RequestContext): Serving =>
    candidate && open?.id === candidate.id ? open.lane : live;

  async function counted<T extends { readonly errorCodes: readonly string[] } | undefined>(
    { candidate }: RequestContext,
    work: Promise<T>,
  ): Promise<T> {
    if (!open) return work;
    const { counting, id } = open;
    const isCandidate = candidate?.id === id;
    const lane = !isCandidate ? "live" : candidate.isMarked ? "marked" : "candidate";
    const startMs = performance.now();
    const note = (isOk: boolean): void => {
      const durationMs = performance.now() - startMs;
      counting.count(lane, isOk, durationMs);
      observe(lane, isOk, durationMs);
    };
    try {
      const answer = await work;
      // Undefined: it is answered, and counted, in another way.
      if (answer) note(answer.errorCodes.length === 0);
      return answer;
    } catch (error) {
      note(false);
      throw error;
    }
  }

  const stopFollowing = feed.follow(take);
  return {
    candidateFor: createRouting(() => open, options.previewTo),
    serving: {
      execute: (request, context, http) =>
        open
          ? counted(context, laneOf(context).execute(request, context, http))
          : live.execute(request, context, http),
      deferred: (asked) => counted(asked.context, laneOf(asked.context).deferred(asked)),
      answers: (asked) => laneOf(asked.context).answers(asked),
    },
    async stop() {
      over.abort();
      await stopFollowing();
      if (open) end(open);
      await Promise.all(retiring);
    },
  };
}
