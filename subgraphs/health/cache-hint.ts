/** Lifetimes of answers (seconds), and how a resolver shortens one that depends on its arguments. */
import type { GraphQLResolveInfo } from "graphql";

/** What depends on the time of day is right for this long. */
export const openNowMaxAge = 30;

/** What Apollo Server adds to a resolver's `info`. */
type WithCacheControl = {
  readonly cacheControl?: {
    readonly cacheHint: { readonly restrict: (hint: { readonly maxAge: number }) => void };
  };
};

/** Keeps the answer no longer than this many seconds, whatever the schema allows. */
export function restrictMaxAge(info: GraphQLResolveInfo, maxAge: number): void {
  (info as GraphQLResolveInfo & WithCacheControl).cacheControl?.cacheHint.restrict({ maxAge });
}
