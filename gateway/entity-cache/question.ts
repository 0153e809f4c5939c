/**
 * One thing that a fetch asks for: an entity by its representation, or a root field. It is what the
 * cache looks up.
 */
import type { CacheItem } from "../cache/cache-types.ts";
import type { Asking } from "../execution/ask-subgraph.ts";
import type { Failure } from "../execution/failures.ts";
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { Shape } from "./shape.ts";

export type Question = CacheItem & {
  /** Undefined: it can be asked, but not cached. */
  readonly shape: Shape | undefined;
  /** Where its answer is in the result of the whole fetch: `[field]`, or `[_entities, index]`. */
  readonly path: readonly (string | number)[];
  /** Index of the ask in the request, or of the root field. */
  readonly part: number;
  /** JSON, of an entity. */
  readonly representation: string | undefined;
  /** The tags of what was answered. */
  readonly tagsOf: (value: unknown) => readonly string[];
};

/** What a request for some questions brought, and where in it each one's answer is. */
export type Asked = {
  readonly result: SubgraphResult | Failure;
  readonly pathOf: (question: Question) => readonly (string | number)[];
};

/** Asks for all of these in one request. */
export type AskFor = (asking: Asking, questions: readonly Question[]) => Promise<Asked>;
