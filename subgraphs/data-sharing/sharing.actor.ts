/** On whose behalf somebody acts in data sharing: staff and clients of an agency that takes part. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePrincipal } from "../kit/errors.ts";

export type Actor = { readonly id: string; readonly agencyId: string };

/** Asking, accepting and signing for the agency. */
export const requestScope = "data-sharing:request";
/** Assessing, deciding, signing and revoking for the agency that publishes. */
export const reviewScope = "data-sharing:review";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN without an agency or one of the scopes. */
export function requireActor(
  principal: Principal | undefined,
  ...scopes: readonly string[]
): Actor {
  const { kind, id, agencyId, scopes: held } = requirePrincipal(principal);
  if (kind !== "agency" || agencyId === undefined) {
    throw new GraphQLError("This is for agencies: sign in as one of their clients or staff.", {
      extensions: { code: "FORBIDDEN" },
    });
  }
  if (scopes.length > 0 && !scopes.some((scope) => held.includes(scope))) {
    throw new GraphQLError(`This needs a token with the scope ${scopes.join(" or ")}.`, {
      extensions: { code: "FORBIDDEN" },
    });
  }
  return { id, agencyId };
}
