/**
 * A field that the caller may not see: what is told about it (mode "null" makes it an error at its
 * path), and the refusal of the whole operation (mode "refuse").
 */
import type { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { graphError } from "../errors.ts";
import type { Check } from "./checks.ts";
import { isLeftOut } from "./conditions.ts";
import { describeRule, satisfies, type Rule } from "./rule.ts";

/** UNAUTHENTICATED: nobody is signed in. FORBIDDEN: the one who is lacks a scope or policy. */
type Code = "UNAUTHENTICATED" | "FORBIDDEN";

/** A rule that is not met; all that are missing must be met. */
export type Missing = {
  /** The type or field that carries the rule: `Bill`, `Bill.amount`. */
  readonly coordinate: string;
  readonly rule: Rule;
};

export type Forbidden = Pick<Check, "coordinate" | "path" | "conditions"> & {
  readonly code: Code;
  readonly message: string;
  readonly missing: readonly Missing[];
};

function messageOf(coordinate: string, code: Code, missing: readonly Missing[]): string {
  const wants = missing.map((need) =>
    need.coordinate === coordinate
      ? describeRule(need.rule)
      : `${describeRule(need.rule)} (because of ${need.coordinate})`,
  );
  const mend =
    code === "UNAUTHENTICATED"
      ? "Send a bearer token."
      : "Ask for a token that grants this, or leave the field out.";
  return `${coordinate} needs ${wants.join(" and ")}. ${mend}`;
}

/** @returns undefined when the principal meets all that the check needs. */
export function judge(check: Check, principal: Principal | undefined): Forbidden | undefined {
  const missing = check.needs.filter(({ rule }) => !satisfies(principal, rule));
  if (missing.length === 0) return undefined;
  const { coordinate, path, conditions } = check;
  const code = principal ? "FORBIDDEN" : "UNAUTHENTICATED";
  const message = messageOf(coordinate, code, missing);
  return Object.freeze({ coordinate, path, conditions, code, message, missing });
}

/**
 * Mode "refuse": one error for the whole operation, with every forbidden coordinate.
 * @param variables of the request; a forbidden field that `@skip` or `@include` leaves out is no
 *   reason to refuse.
 * @returns undefined when nothing that was asked for is forbidden: run the filtered document.
 */
export function refusal(
  forbidden: readonly Forbidden[],
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const asked = forbidden.filter(({ conditions }) => !isLeftOut(conditions, variables));
  const first = asked[0];
  if (!first) return undefined;
  const distinct = [...new Map(asked.map((one) => [one.coordinate, one])).values()];
  const listed = distinct.map(({ coordinate, code, message }) => ({
    coordinate,
    code,
    message,
  }));
  const others = distinct.length - 1;
  const more = others === 0 ? "" : ` ${others} more in extensions.forbidden.`;
  return graphError(first.code, `The operation was refused: ${first.message}${more}`, {
    extensions: { forbidden: listed },
  });
}
