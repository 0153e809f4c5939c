/**
 * The refusals of the limits on a document: which limit, the most allowed, what was found, and how
 * to mend it, in words and in `extensions.limit`.
 */
import type { GraphQLError } from "graphql";
import { graphError, type ErrorCode } from "../errors.ts";

type Refusal = {
  readonly code: ErrorCode;
  readonly says: (found: string, maximum: number) => string;
};

const refusals = {
  tokens: {
    code: "TOKEN_LIMIT_EXCEEDED",
    // Reading stops at the limit, so that what comes after is not known.
    says: (_found, maximum) =>
      `The document has more than ${maximum} tokens, which is the most allowed. Split it into smaller operations, and pass long lists as variables.`,
  },
  nesting: {
    code: "DEPTH_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The document nests selections, lists or objects ${found} levels deep with its fragments spread; ${maximum} is the most allowed. Nest fewer fragments and values.`,
  },
  depth: {
    code: "DEPTH_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The operation is ${found} fields deep; ${maximum} is the most allowed. Ask for the deeper part in an operation of its own, starting from an id.`,
  },
  introspectionDepth: {
    code: "DEPTH_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The introspection is ${found} fields deep; ${maximum} is the most allowed. Use the standard introspection query, with fewer levels of ofType if need be.`,
  },
  aliases: {
    code: "ALIAS_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The operation uses ${found} aliases, counted wherever their fragment is spread; ${maximum} is the most allowed. Ask for a list in place of one alias per item, or split the operation.`,
  },
  rootFields: {
    code: "ROOT_FIELD_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The operation asks for ${found} root fields; ${maximum} is the most allowed. Split it into several operations.`,
  },
  directives: {
    code: "DIRECTIVE_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The document uses ${found} directives; ${maximum} is the most allowed. Put @include or @skip on a fragment in place of each of its fields.`,
  },
  selections: {
    code: "SELECTION_LIMIT_EXCEEDED",
    says: (found, maximum) =>
      `The operation selects ${found} fields and fragments once its fragments are spread; ${maximum} is the most allowed. Ask for fewer fields, and spread large fragments less often.`,
  },
} as const satisfies Record<string, Refusal>;

export type LimitName = keyof typeof refusals;

/** `found` at Number.MAX_SAFE_INTEGER stands for any greater number too. */
export function limitExceeded(name: LimitName, maximum: number, found: number): GraphQLError {
  const { code, says } = refusals[name];
  const spoken = found >= Number.MAX_SAFE_INTEGER ? `more than ${found}` : String(found);
  return graphError(code, says(spoken, maximum), {
    extensions: { limit: { name, maximum, found } },
  });
}
