/** The key of a question: its shape, the values of its variables, its representation, and whose it is. */
import type { Principal } from "../../platform/principal.ts";
import { cacheKey, type PrivatePart } from "../cache/key.ts";
import { Scope } from "../cache/freshness.ts";
import { encodedPrincipal } from "../fetch/principal-header.ts";
import { type Policies, policyId } from "./policies.ts";
import type { Shape } from "./shape.ts";

/** `~` is no JSON: a variable that was left out is not one that is null. */
export const variablesText = (
  names: readonly string[],
  values: Readonly<Record<string, unknown>>,
): string =>
  names.map((name) => (values[name] === undefined ? "~" : JSON.stringify(values[name]))).join(",");

export type KeyMaker = {
  /** Whether it is looked up at all, and under whose name. */
  readonly scopeOf: (
    shape: Shape | undefined,
    principal: Principal | undefined,
  ) => Scope | undefined;
  readonly keyOf: (
    shape: Shape,
    scope: Scope,
    variables: string,
    representation: string,
    principal: Principal | undefined,
  ) => string;
};

/** @param space Answers of one space are not found in another. */
export function createKeyMaker(
  policies: Policies,
  privatePart: PrivatePart,
  space: string,
): KeyMaker {
  const spaceParts = space === "" ? [] : [space];
  const parts = new WeakMap<Principal, string>();
  const nobody = privatePart(["nobody"]);

  function partOf(principal: Principal | undefined): string {
    if (!principal) return nobody;
    const part = parts.get(principal) ?? privatePart(["principal", encodedPrincipal(principal)]);
    parts.set(principal, part);
    return part;
  }

  return {
    scopeOf(shape, principal) {
      if (!shape) return undefined;
      const policy = policies.of(policyId(shape.id, principal));
      if (policy === "none") return undefined;
      return shape.isRuled || policy === "private" ? Scope.Private : Scope.Public;
    },
    keyOf(shape, scope, variables, representation, principal) {
      const whose = scope === Scope.Private ? partOf(principal) : "";
      return cacheKey("data", [shape.id, variables, representation, whose, ...spaceParts]);
    },
  };
}
