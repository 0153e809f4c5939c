/** Who acts on a request: the person whose it is, or the agency that it was sent to. */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePerson, requirePrincipal } from "../kit/errors.ts";

export type PersonActor = { readonly kind: "PERSON"; readonly id: string };
/** A clerk or a machine of an agency; `id` is its own. */
export type AgencyActor = {
  readonly kind: "AGENCY";
  readonly id: string;
  readonly agencyId: string;
};
export type RequestActor = PersonActor | AgencyActor;

export const processScope = "requests:process";

/** Whoever can be either; undefined for everybody else. */
export function requestActorOf(principal: Principal | undefined): RequestActor | undefined {
  if (principal?.kind === "person") return { kind: "PERSON", id: principal.id };
  const { kind, id, agencyId, scopes } = principal ?? {};
  if (kind !== "agency" || !id || !agencyId || !scopes?.includes(processScope)) return undefined;
  return { kind: "AGENCY", id, agencyId };
}

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but a person. */
export const requirePersonActor = (principal: Principal | undefined): PersonActor => ({
  kind: "PERSON",
  id: requirePerson(principal).id,
});

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an agency with the scope. */
export function requireAgencyActor(principal: Principal | undefined): AgencyActor {
  requirePrincipal(principal);
  const actor = requestActorOf(principal);
  if (actor?.kind === "AGENCY") return actor;
  throw forbidden(`Requests are processed by agencies with the scope ${processScope}.`);
}

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but a person, or an agency with the scope. */
export function requireRequestActor(principal: Principal | undefined): RequestActor {
  requirePrincipal(principal);
  const actor = requestActorOf(principal);
  if (actor) return actor;
  throw forbidden(`This is for people, and for agencies with the scope ${processScope}.`);
}

const forbidden = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });
