/**
 * Who may see what. A person sees only what is their own; an agency sees its own bills; an operator
 * sees every agency's. The gateway enforces scopes too: this is the second lock.
 */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { requirePrincipal } from "../kit/errors.ts";

const forbidden = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });

export const billingScope = "billing:read";

export const isSelf = (principal: Principal | undefined, personId: string): boolean =>
  principal?.kind === "person" && principal.id === personId;

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but the person. */
export function requireSelf(principal: Principal | undefined, personId: string): void {
  requirePrincipal(principal);
  if (isSelf(principal, personId)) return;
  throw forbidden("Money matters are shown to the person they belong to, and to nobody else.");
}

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN unless an operator or the agency itself asks with the scope. */
export function requireBillingOf(principal: Principal | undefined, agencyId: string): void {
  const { kind, scopes, agencyId: own } = requirePrincipal(principal);
  if (!scopes.includes(billingScope)) throw forbidden(`This needs the scope ${billingScope}.`);
  if (kind === "operator" || (kind === "agency" && own === agencyId)) return;
  throw forbidden("An agency sees its own bills only.");
}

export const refundScope = "payments:refund";
export const paymentsScope = "payments:read";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an operator with the scope. */
export function requireRefunding(principal: Principal | undefined): Principal {
  return requireOperator(principal, refundScope);
}

export const reconcileScope = "payments:reconcile";

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an operator with the scope. */
export function requireOperator(principal: Principal | undefined, scope: string): Principal {
  const signedIn = requirePrincipal(principal);
  if (signedIn.kind === "operator" && signedIn.scopes.includes(scope)) return signedIn;
  throw forbidden(`This is for operators with the scope ${scope}.`);
}

/** Their payer, and operators who look after payments. */
export const maySeePaymentOf = (principal: Principal | undefined, personId: string): boolean =>
  isSelf(principal, personId) ||
  (principal?.kind === "operator" && principal.scopes.includes(paymentsScope));

/** Ids of records look like `bill_…`; anything else names nothing and need not be asked for. */
export const isRecordId = (id: string): boolean => /^[a-z]+_[A-Za-z0-9_-]{1,120}$/.test(id);

export const fuelScope = "fuel:report";

/**
 * The company whose pumps a machine speaks for.
 * @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an agency with the scope.
 */
export function requireFuelReporting(principal: Principal | undefined): string {
  const { kind, scopes, agencyId } = requirePrincipal(principal);
  if (kind === "agency" && agencyId && scopes.includes(fuelScope)) return agencyId;
  throw forbidden(`Pumps are reported by their company, with the scope ${fuelScope}.`);
}

export const chargeScope = "billing:charge";

/**
 * The agency that charges.
 * @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but an agency with the scope.
 */
export function requireCharging(principal: Principal | undefined): string {
  const { kind, scopes, agencyId } = requirePrincipal(principal);
  if (kind === "agency" && agencyId && scopes.includes(chargeScope)) return agencyId;
  throw forbidden(`Fees are charged by agencies with the scope ${chargeScope}.`);
}
