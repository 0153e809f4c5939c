/** What the fetch stack tells of itself, for metrics, traces and the log. An observer must not throw. */
import type { ErrorCode } from "../errors.ts";
import type { SubgraphCall } from "./subgraph-fetch.ts";

export type FetchEvent =
  /** A fetch as the execution sees it: retries, waiting and sharing included. */
  | {
      readonly type: "fetch";
      readonly subgraph: string;
      readonly kind: SubgraphCall["kind"];
      readonly operationName: string | undefined;
      /** "answered" whatever the status; else the failure's code. */
      readonly outcome: "answered" | ErrorCode;
      readonly status: number | undefined;
      readonly requestBytes: number;
      readonly answerBytes: number;
      readonly durationMs: number;
    }
  /** A query joined one that is under way. */
  | { readonly type: "shared"; readonly subgraph: string }
  | { readonly type: "retry"; readonly subgraph: string; readonly attempt: number }
  /** A retry that would have been allowed but for the budget. */
  | { readonly type: "retry-budget-empty"; readonly subgraph: string }
  | { readonly type: "breaker"; readonly subgraph: string; readonly state: BreakerState }
  /** A call got its slot after waiting. */
  | { readonly type: "queued"; readonly subgraph: string; readonly waitedMs: number }
  /** A call was refused: the queue was full, or its time in it was over. */
  | { readonly type: "overloaded"; readonly subgraph: string };

export type BreakerState = "closed" | "open" | "half-open";

export type FetchObserver = (event: FetchEvent) => void;
