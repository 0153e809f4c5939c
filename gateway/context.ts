/** One frozen context per request, made by the HTTP layer and read by everything after it. */
import type { Log } from "../platform/log.ts";
import type { ToCandidate } from "./canary/routing.ts";
import type { Principal } from "../platform/principal.ts";

export type RequestContext = {
  /** Id of this request, from a well-formed `x-request-id` or made anew; goes to subgraphs and into the log. */
  readonly requestId: string;
  /** `apollographql-client-name` or `graphql-client-name`, bounded; "unknown" otherwise. */
  readonly clientName: string;
  readonly clientVersion: string;
  readonly principal: Principal | undefined;
  /** Unix time in milliseconds after which the answer is of no use. */
  readonly deadlineMs: number;
  /** Aborted at the deadline, and when the client hangs up. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Whether the answer tells how it came about (`extensions.explain`). */
  readonly explain?: boolean;
  /** The candidate that answers it instead of what is live. */
  readonly candidate?: ToCandidate | undefined;
};
