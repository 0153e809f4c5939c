/** Who may see what a person's fields tell: that person, and nobody else. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePerson } from "../kit/errors.ts";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN when it is about somebody else. */
export function requireSelf(principal: Principal | undefined, personId: string): void {
  if (requirePerson(principal).id === personId) return;
  throw new GraphQLError("This belongs to somebody else; ask for your own through `me`.", {
    extensions: { code: "FORBIDDEN" },
  });
}
