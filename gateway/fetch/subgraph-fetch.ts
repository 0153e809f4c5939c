/**
 * The one type of every subgraph fetch. Transport, signature and deadline are functions of this
 * type, or wrap one; none of them knows another. (Retry, breaker and cache will be further wrappers.)
 */
import type { RequestContext } from "../context.ts";
import type { ErrorCode } from "../errors.ts";

export type SubgraphRequest = {
  readonly subgraph: string;
  /** "query" may be repeated; "mutation" never. */
  readonly kind: "query" | "mutation";
  /** The request as JSON: `{"query":"…","variables":{…}}`. */
  readonly body: string;
};

export type SubgraphErrorEntry = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

export type SubgraphResult = {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphErrorEntry[];
};

/** @throws SubgraphFailure when there is no GraphQL answer at all. */
export type SubgraphFetch = (
  request: SubgraphRequest,
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
