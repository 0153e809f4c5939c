/**
 * A field that the caller may not see: what is told about it, as data, as an error in the answer
 * (mode "null") and as the refusal of the whole operation (mode "refuse").
 */
import type { FieldNode, GraphQLError } from "graphql";
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
  readonly kind: "forbidden";
  readonly code: Code;
  readonly message: string;
  readonly missing: readonly Missing[];
};

/** A field that the caller may see, below which nothing is left to ask. */
export type Emptied = {
  readonly kind: "emptied";
  /** Of the first of `by`. */
  readonly code: Code;
  readonly message: string;
  /** The forbidden fields below. */
  readonly by: readonly Forbidden[];
};

/**
 * Fields taken out of an operation, in document order. A field below a forbidden one has the entry
 * of that one, the very same object.
 */
export type Removals = ReadonlyMap<FieldNode, Forbidden | Emptied>;

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
  return Object.freeze({ kind: "forbidden", coordinate, path, conditions, code, message, missing });
}

/** The forbidden fields themselves, each once, in document order. */
const forbiddenAmong = (removals: Iterable<Forbidden | Emptied>): readonly Forbidden[] =>
  [...new Set(removals)].filter((removal) => removal.kind === "forbidden");

/** @param below what was taken out below the field; never nothing. */
export function emptied(below: Iterable<Forbidden | Emptied>): Emptied {
  const by = forbiddenAmong(below);
  const [first, ...others] = by;
  if (!first) throw new TypeError("Nothing was taken out below this field.");
  const more = others.length === 0 ? "" : ` (${others.length} more fields below are forbidden.)`;
  const message = `Nothing is left to ask here. ${first.message}${more}`;
  return Object.freeze({ kind: "emptied", code: first.code, message, by });
}

/**
 * Mode "null": why a response key is null, for all the FieldNodes that were collected for it. The
 * key is refused when every one of them was taken out; if one is left, the value was fetched for
 * it and may be shown.
 * @param variables of the request: an emptied field whose forbidden fields are all left out by
 *   `@skip` or `@include` is null, and no error.
 * @returns undefined when there is nothing to report.
 */
export function removalOf(
  removals: Removals,
  nodes: readonly FieldNode[],
  variables: Readonly<Record<string, unknown>>,
): Forbidden | Emptied | undefined {
  const found = nodes.map((node) => removals.get(node));
  if (!found.every((removal) => removal !== undefined)) return undefined;
  return found.find(
    (removal) =>
      removal.kind === "forbidden" ||
      removal.by.some(({ conditions }) => !isLeftOut(conditions, variables)),
  );
}

/**
 * Mode "refuse": one error for the whole operation, with every forbidden coordinate.
 * @param variables of the request; a forbidden field that `@skip` or `@include` leaves out is no
 *   reason to refuse.
 * @returns undefined when nothing that was asked for is forbidden: run the filtered document.
 */
export function refuseOperation(
  removals: Removals,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const asked = forbiddenAmong(removals.values()).filter(
    ({ conditions }) => !isLeftOut(conditions, variables),
  );
  const first = asked[0];
  if (!first) return undefined;
  const distinct = [...new Map(asked.map((one) => [one.coordinate, one])).values()];
  const forbidden = distinct.map(({ coordinate, code, message }) => ({
    coordinate,
    code,
    message,
  }));
  const others = distinct.length - 1;
  const more = others === 0 ? "" : ` ${others} more in extensions.forbidden.`;
  return graphError(first.code, `The operation was refused: ${first.message}${more}`, {
    extensions: { forbidden },
  });
}
