/**
 * What is known of each question from earlier answers: whether its answer is everybody's, the asker's
 * own, or not to be stored. A look-up has to know before it asks. A wrong guess costs a miss: an answer
 * that calls itself private is never stored under a key of everybody's.
 *
 * An answer to several questions has one header, that of the strictest. Which one that is turns out when
 * each is asked alone, once.
 */
import { LRUCache } from "lru-cache";
import type { Principal } from "../../platform/principal.ts";
import { type Freshness, Scope } from "../cache/freshness.ts";

export type Policy =
  | "public"
  | "private"
  /** Not looked up, not stored. */
  | "none"
  /** To be asked in a request of its own. */
  | "unsure";

/** Those who are signed out are often answered otherwise: they have policies of their own. */
export const policyId = (shapeId: string, principal: Principal | undefined): string =>
  principal ? shapeId : `${shapeId} nobody`;

export type Policies = {
  /** @param id See `policyId`. */
  readonly of: (id: string) => Policy;
  /** @param isAlone Whether the freshness is certainly this question's own. */
  readonly learn: (id: string, freshness: Freshness | undefined, isAlone: boolean) => void;
};

/** After so long a question whose answers were not to be stored is tried again. */
const noneForMs = 30_000;
const mostShapes = 20_000;

export function createPolicies(): Policies {
  const known = new LRUCache<string, Policy>({ max: mostShapes });
  return {
    of: (id) => known.get(id) ?? "public",
    learn(id, freshness, isAlone) {
      const policy = !freshness ? "none" : freshness.scope === Scope.Private ? "private" : "public";
      const before = known.get(id);
      // The time of "none" runs from the first such answer: those that follow were not looked up.
      if (before === policy) return;
      if (policy === "public" || isAlone)
        known.set(id, policy, { ttl: policy === "none" ? noneForMs : 0 });
      else if (before === undefined || before === "public") known.set(id, "unsure");
    },
  };
}
