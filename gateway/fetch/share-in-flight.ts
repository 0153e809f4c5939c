/**
 * Equal queries under way at the same time travel once: same bytes, same principal, same further
 * headers (one stack serves one subgraph). Never mutations. Each waiter keeps its own deadline and may
 * leave; when the last one has left, the call is aborted. The call itself has the subgraph's full time,
 * not the first waiter's, so that no waiter fails because of another's hurry.
 *
 * Who writes, reads what he wrote: once a mutation has ended, nobody joins a query that began before
 * that, in whichever subgraph, for one agency's write may show in another's answer.
 */
import type { Clock } from "../../platform/clock.ts";
import type { RequestContext } from "../context.ts";
import { tooLate } from "./failure.ts";
import type { FetchObserver } from "./observer.ts";
import type { Writes } from "./count-writes.ts";
import { encodedPrincipal } from "./principal-header.ts";
import type {
  SubgraphAnswer,
  SubgraphCall,
  SubgraphSend,
  SubgraphWrapper,
} from "./subgraph-fetch.ts";

export type ShareOptions = { readonly timeoutMs: number };

type Deps = {
  readonly subgraph: string;
  readonly writes: Writes;
  /** See `FetchStackOptions.epoch`. */
  readonly epoch: () => string | undefined;
  readonly clock: Clock;
  readonly observe: FetchObserver;
};

type Flight = {
  readonly answer: Promise<SubgraphAnswer>;
  readonly deadlineMs: number;
  readonly abort: () => void;
  waiters: number;
};

/** Two calls with the same key would get the same answer. No part but the last holds a line break. */
function keyOf(
  { body, headers }: SubgraphCall,
  context: RequestContext,
  writes: Writes,
  epoch: string,
): string {
  const text = typeof body === "string" ? body : body.toString("latin1");
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const further = headers ? JSON.stringify(lines.toSorted()) : "";
  const form = typeof body === "string" ? "s" : "b";
  return `${epoch} ${writes.ended}\n${encodedPrincipal(context.principal)}\n${further}\n${form}${text}`;
}

export function createShareInFlight({ timeoutMs }: ShareOptions, deps: Deps): SubgraphWrapper {
  const { subgraph, writes, epoch, clock, observe } = deps;
  const flights = new Map<string, Flight>();

  function depart(
    key: string,
    send: SubgraphSend,
    call: SubgraphCall,
    context: RequestContext,
  ): Flight {
    const controller = new AbortController();
    const deadlineMs = clock() + timeoutMs;
    const answer = send(call, { ...context, signal: controller.signal, deadlineMs });
    const flight = { answer, deadlineMs, abort: () => controller.abort(), waiters: 0 };
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    answer.then(land, land);
    flights.set(key, flight);
    return flight;
  }

  /** Waits for the flight as long as this waiter's own time allows. */
  function board(key: string, flight: Flight, context: RequestContext): Promise<SubgraphAnswer> {
    const { signal, deadlineMs } = context;
    flight.waiters += 1;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      function settle(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", leave);
      }
      function leave(): void {
        settle();
        reject(tooLate(subgraph));
        flight.waiters -= 1;
        if (flight.waiters > 0) return;
        if (flights.get(key) === flight) flights.delete(key);
        flight.abort();
      }
      signal.addEventListener("abort", leave);
      if (deadlineMs < flight.deadlineMs) {
        timer = setTimeout(leave, Math.max(0, deadlineMs - clock()));
      }
      flight.answer.then(
        (answer) => {
          settle();
          resolve(answer);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
  }

  return (send) => (call, context) => {
    if (call.kind !== "query") return send(call, context);
    if (context.signal.aborted) return Promise.reject(tooLate(subgraph));
    const now = epoch();
    if (now === undefined) return send(call, context);
    const key = keyOf(call, context, writes, now);
    let flight = flights.get(key);
    if (flight) observe({ type: "shared", subgraph });
    else flight = depart(key, send, call, context);
    return board(key, flight, context);
  };
}
