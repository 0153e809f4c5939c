/** Errors of a subgraph with the codes that the gateway passes on to clients. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";

/** Input that can never be right: says what was wrong and how to mend it. */
export function badUserInput(
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code: "BAD_USER_INPUT" } });
}

/** @throws GraphQLError UNAUTHENTICATED when nobody is signed in. */
export function requirePrincipal(principal: Principal | undefined): Principal {
  if (principal) return principal;
  throw new GraphQLError("Sign in first: send a token as `Authorization: Bearer …`.", {
    extensions: { code: "UNAUTHENTICATED" },
  });
}

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN when the principal is no person. */
export function requirePerson(principal: Principal | undefined): Principal {
  const signedIn = requirePrincipal(principal);
  if (signedIn.kind === "person") return signedIn;
  throw new GraphQLError(`This is for people; you are signed in as ${signedIn.kind}.`, {
    extensions: { code: "FORBIDDEN" },
  });
}
