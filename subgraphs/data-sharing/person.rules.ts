/** A person's consents and accesses are that person's alone. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePerson } from "../kit/errors.ts";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but the person. */
export function requireSelf(principal: Principal | undefined, personId: string): void {
  if (requirePerson(principal).id === personId) return;
  throw new GraphQLError("Only the person can see this.", { extensions: { code: "FORBIDDEN" } });
}
