/**
 * The stack that every subgraph fetch goes through, one stack a subgraph, so that nothing in it can be
 * used up by another's trouble: here, and only here, the order is decided. What is off costs nothing.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import { createBreaker } from "./breaker.ts";
import { createBulkhead } from "./bulkhead.ts";
import { createHttpTransport } from "./http-transport.ts";
import type { FetchObserver } from "./observer.ts";
import { createObserveFetch } from "./observe-fetch.ts";
import { createParsedFetch } from "./parsed-fetch.ts";
import type { PrincipalView } from "./principal-view.ts";
import { createRate } from "./rate.ts";
import { createRetry } from "./retry.ts";
import { createCountWrites, type Writes } from "./count-writes.ts";
import { createShareInFlight } from "./share-in-flight.ts";
import type { SubgraphFetch, SubgraphSend, SubgraphWrapper } from "./subgraph-fetch.ts";
import type { SubgraphOptions, SubgraphOptionsOf } from "./subgraph-options.ts";
import { createTimeLimit } from "./time-limit.ts";
import { warmUp } from "./warm-up.ts";

export type FetchStackOptions = {
  /** Routing URL by subgraph name. */
  readonly urlOf: (subgraph: string) => string | undefined;
  readonly optionsOf: SubgraphOptionsOf;
  /** Master key; each subgraph's own is derived from it. Without it requests go unsigned. */
  readonly signingKey: string | undefined;
  /** What each subgraph is told of who asks; default: everything. */
  readonly principalViewOf?: (subgraph: string) => PrincipalView;
  /**
   * What has been invalidated so far: queries of different epochs are not shared, and none is while it
   * is undefined. Default: always the same.
   */
  readonly epoch?: () => string | undefined;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random?: () => number;
  readonly observe?: FetchObserver;
};

export type FetchStack = {
  /** Bytes in, bytes out. */
  readonly send: SubgraphSend;
  /** Bytes in, parsed result out. */
  readonly fetch: SubgraphFetch;
  /** Opens connections to these subgraphs; resolves when they have answered or failed. Never rejects. */
  readonly warmUp: (subgraphs: Iterable<string>, timeoutMs: number, log: Log) => Promise<void>;
  /** Waits for requests under way, then closes all connections. */
  readonly close: () => Promise<void>;
};

type Part = SubgraphWrapper | false;

/** Above 80 % of the time limit a call is slow in any case: else calls that time out would not count. */
const slowCallOf = ({ slowCallMs = Number.POSITIVE_INFINITY }, timeoutMs: number): number =>
  Math.min(slowCallMs, 0.8 * timeoutMs);

/** The order, outermost first. */
function partsOf(
  subgraph: string,
  own: SubgraphOptions,
  writes: Writes,
  options: FetchStackOptions,
): Part[] {
  const { clock, random = Math.random, observe, epoch = () => "" } = options;
  const deps = { subgraph, clock, random, observe: observe ?? (() => {}) };
  const { timeoutMs, shareInFlight, retry, breaker, rate, bulkhead } = own;
  return [
    observe ? createObserveFetch(observe) : false,
    shareInFlight && createShareInFlight({ timeoutMs }, { ...deps, writes, epoch }),
    // Of every subgraph, also of one whose own queries are not shared.
    createCountWrites(writes),
    createTimeLimit(timeoutMs, clock),
    // Each try asks the breaker, and counts in it.
    retry && createRetry(retry, deps),
    // Outside the bulkhead: an open breaker answers at once, even while hung calls hold all slots.
    breaker && createBreaker({ ...breaker, slowCallMs: slowCallOf(breaker, timeoutMs) }, deps),
    rate && createRate(rate, deps),
    bulkhead && createBulkhead(bulkhead, deps),
  ];
}

export function createFetchStack(options: FetchStackOptions): FetchStack {
  const { urlOf, optionsOf, signingKey, principalViewOf, clock } = options;
  const writes: Writes = { ended: 0 };

  function openStack(subgraph: string) {
    const own = optionsOf(subgraph);
    const url = () => urlOf(subgraph);
    const principalView = principalViewOf?.(subgraph);
    const transport = createHttpTransport({
      ...own,
      subgraph,
      url,
      signingKey,
      clock,
      ...(principalView ? { principalView } : {}),
    });
    const wrappers = partsOf(subgraph, own, writes, options).filter((part) => part !== false);
    const send = wrappers.reduceRight((inner, wrap) => wrap(inner), transport.send);
    return { send, transport, warmConnections: own.warmConnections };
  }

  const stacks = new Map<string, ReturnType<typeof openStack>>();
  function stackOf(subgraph: string) {
    const known = stacks.get(subgraph);
    if (known) return known;
    const stack = openStack(subgraph);
    stacks.set(subgraph, stack);
    return stack;
  }

  const send: SubgraphSend = (call, context) => stackOf(call.subgraph).send(call, context);
  return {
    send,
    fetch: createParsedFetch(send),
    async warmUp(subgraphs, timeoutMs, log) {
      const warmed = [...subgraphs].map((subgraph) => {
        const { transport, warmConnections } = stackOf(subgraph);
        const limits = { timeoutMs, clock, log };
        return warmUp(transport.send, subgraph, warmConnections, limits);
      });
      await Promise.all(warmed);
    },
    async close() {
      await Promise.all([...stacks.values()].map(({ transport }) => transport.close()));
    },
  };
}
