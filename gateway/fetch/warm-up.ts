/**
 * Opens connections before the first client needs them: asks `{ __typename }`, which every GraphQL
 * server answers, as often at once as connections are wanted. A subgraph that does not answer is no
 * fault here: it may start later.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { RequestContext } from "../context.ts";
import type { SubgraphSend } from "./subgraph-fetch.ts";

export type WarmUpOptions = {
  /** Who has not answered by then is left alone. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** @param send The transport itself: shared, the calls would open one connection together. */
export async function warmUp(
  send: SubgraphSend,
  subgraph: string,
  connections: number,
  { timeoutMs, clock, log }: WarmUpOptions,
): Promise<void> {
  const context: RequestContext = {
    requestId: "warm-up",
    clientName: "warm-up",
    clientVersion: "",
    principal: undefined,
    deadlineMs: clock() + timeoutMs,
    signal: new AbortController().signal,
    log,
  };
  const call = {
    subgraph,
    kind: "query",
    operationName: undefined,
    body: '{"query":"{ __typename }"}',
  } as const;
  await Promise.allSettled(Array.from({ length: connections }, () => send(call, context)));
}
