/**
 * One requirement of `@authenticated`, `@requiresScopes` or `@policy`, and whether a principal
 * meets it. Several rules on one place must all be met. Source: Apollo Federation's specifications
 * authenticated v0.1, requiresScopes v0.1 and policy v0.1.
 */
import type { Principal } from "../../platform/principal.ts";

export type Rule =
  | { readonly kind: "authenticated" }
  | {
      readonly kind: "scopes" | "policies";
      /** At least one of these lists must be held whole. No list at all: nobody can meet it. */
      readonly anyOf: readonly (readonly string[])[];
    };

/** Nobody signed in meets no rule: scopes and policies imply being signed in. */
export function satisfies(principal: Principal | undefined, rule: Rule): boolean {
  if (!principal) return false;
  if (rule.kind === "authenticated") return true;
  const held: readonly string[] = principal[rule.kind];
  return rule.anyOf.some((all) => all.every((name) => held.includes(name)));
}

const nouns = { scopes: "scope", policies: "policy" } as const;

/** "a signed-in caller", or `the scope "a" and "b", or "c"`. */
export function describeRule(rule: Rule): string {
  if (rule.kind === "authenticated") return "a signed-in caller";
  if (rule.anyOf.length === 0) return `a ${nouns[rule.kind]} that nobody can hold`;
  const alternatives = rule.anyOf.map((all) => all.map((name) => `"${name}"`).join(" and "));
  // An empty list is met by everybody who is signed in.
  if (alternatives.includes("")) return "a signed-in caller";
  return `the ${nouns[rule.kind]} ${alternatives.join(", or ")}`;
}
