/**
 * `me` when nobody is signed in, or no person: null, and it stays so. Gateways may keep that for all who
 * are signed out, while what `me` is for a person is nobody's to keep.
 */
import type { GraphQLResolveInfo } from "graphql";

const keptSeconds = 60;

/** What Apollo Server adds to every resolver's info. */
type Hint = { readonly maxAge: number; readonly scope: "PRIVATE" };
type WithHints = { readonly cacheControl: { readonly setCacheHint: (hint: Hint) => void } };

export function noPerson(info: GraphQLResolveInfo): null {
  (info as unknown as WithHints).cacheControl.setCacheHint({
    maxAge: keptSeconds,
    scope: "PRIVATE",
  });
  return null;
}
