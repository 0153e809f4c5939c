/** Who may read what is a person's: that person, and nobody else. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePerson } from "../kit/errors.ts";

/** @throws GraphQLError UNAUTHENTICATED when nobody is signed in, FORBIDDEN when it is somebody else. */
export function requireSelf(principal: Principal | undefined, personId: string): void {
  if (requirePerson(principal).id === personId) return;
  throw new GraphQLError("This belongs to another person: ask for it through `me`.", {
    extensions: { code: "FORBIDDEN" },
  });
}
