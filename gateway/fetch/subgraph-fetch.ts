/**
 * The types of every subgraph fetch, outside in: execution asks with `SubgraphFetch` (finished JSON in,
 * parsed result out); below it is a `SubgraphSend` (finished JSON in, bytes out). Sharing, retry,
 * breaker, bulkhead and transport are all a `SubgraphSend`, or wrap one, and none of them knows
 * another; subgraph-fetch-stack.ts puts them in order.
 */
import type { RequestContext } from "../context.ts";
import type { ErrorCode } from "../errors.ts";

/** A request as it travels: its JSON is finished. */
export type SubgraphCall = {
  readonly subgraph: string;
  /** "query" may be repeated and shared; "mutation" never. */
  readonly kind: "query" | "mutation";
  /** For logs and metrics. */
  readonly operationName?: string | undefined;
  /** The request's JSON: `{"query":…,"variables":…}`. A string is as good as bytes. */
  readonly body: string | Buffer;
  /** Text of the answer → its JSON. Default: `JSON.parse`. @throws for what is not JSON. */
  readonly read?: ((text: string) => unknown) | undefined;
  /** Further headers, lower-case names. Calls with different ones are never shared. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** What came back, whole and decompressed, not yet looked into (answer-text.ts and parse-result.ts do). */
export type SubgraphAnswer = {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  /** Seconds, as sent (RFC 9111 section 5.1). */
  readonly age: string | undefined;
  readonly retryAfter: string | undefined;
  /** Shared between waiters: not to be written to. */
  readonly body: Buffer;
  /** From handing the request to the connection until the last byte, in milliseconds. */
  readonly durationMs: number;
};

/** @throws SubgraphFailure when there is no HTTP answer at all. */
export type SubgraphSend = (call: SubgraphCall, context: RequestContext) => Promise<SubgraphAnswer>;

/** A part of the stack. */
export type SubgraphWrapper = (send: SubgraphSend) => SubgraphSend;

export type SubgraphErrorEntry = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

export type SubgraphResult = {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphErrorEntry[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** The answer's `Cache-Control` and `Age`, as sent. */
  readonly caching?: Pick<SubgraphAnswer, "cacheControl" | "age">;
};

/** @throws SubgraphFailure when there is no GraphQL answer at all. */
export type SubgraphFetch = (
  call: SubgraphCall,
  context: RequestContext,
) => Promise<SubgraphResult>;

/** A subgraph gave no usable answer. The message is for clients: no URL, no internals. */
export class SubgraphFailure extends Error {
  override readonly name = "SubgraphFailure";
  readonly code: ErrorCode;
  readonly subgraph: string;
  constructor(code: ErrorCode, subgraph: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.subgraph = subgraph;
  }
}
