/** Who may change a part of the catalogue: a clerk or a machine of an agency, its own part alone. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePrincipal } from "../kit/errors.ts";

export type CatalogueActor = { readonly id: string; readonly agencyId: string };

export const catalogueScope = "catalogue:write";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an agency with the scope. */
export function requireCatalogueActor(principal: Principal | undefined): CatalogueActor {
  const { kind, id, agencyId, scopes } = requirePrincipal(principal);
  if (kind === "agency" && agencyId && scopes.includes(catalogueScope)) return { id, agencyId };
  throw new GraphQLError(
    `The catalogue is changed by agencies with the scope ${catalogueScope}, each its own part.`,
    { extensions: { code: "FORBIDDEN" } },
  );
}
