/**
 * The limits on a document, checked before validation, because validation can itself be attacked
 * (by aliases, by fragments that multiply, by the pairs of fields it compares). Enters: the text of
 * a request. Leaves: its parsed document, or a GraphQLError that says the limit, what was found and
 * how to mend it. Knows no schema.
 */
import { GraphQLError, parse, Source, type DocumentNode } from "graphql";
import { graphError } from "../errors.ts";
import { limitExceeded } from "./limit-exceeded.ts";
import { measure } from "./measure.ts";
import { scanTokens } from "./scan-tokens.ts";

export type Limits = {
  /** Lexical tokens of the text. */
  readonly tokens: number;
  /** Levels of brackets in the text, and of selection sets once fragments are spread. */
  readonly nesting: number;
  /** Levels of fields; a root field is on level 1. */
  readonly depth: number;
  /** Levels of fields from `__schema` or `__type` on; the standard introspection query has 15. */
  readonly introspectionDepth: number;
  /** Aliases of an operation, counted each time their fragment is spread. */
  readonly aliases: number;
  readonly rootFields: number;
  /** Directives in the whole text. */
  readonly directives: number;
  /** Fields, inline fragments and spreads of an operation once fragments are spread. */
  readonly selections: number;
  /** Whether `__schema` and `__type` may be asked; `__typename` always may. */
  readonly introspection: boolean;
};

export const defaultLimits: Limits = Object.freeze({
  tokens: 10_000,
  nesting: 200,
  depth: 15,
  introspectionDepth: 20,
  aliases: 50,
  rootFields: 20,
  directives: 100,
  selections: 5_000,
  introspection: true,
});

const measured = [
  "nesting",
  "depth",
  "introspectionDepth",
  "aliases",
  "rootFields",
  "directives",
  "selections",
] as const;

/** The part of an LRU cache that the limiter needs; the caller owns it and bounds it. */
export type DocumentCache = {
  readonly get: (source: string) => DocumentNode | undefined;
  readonly set: (source: string, document: DocumentNode) => unknown;
};

function parseWithin(text: string, limits: Limits): DocumentNode {
  const source = new Source(text, "request");
  try {
    scanTokens(source, limits);
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions["code"] !== undefined) throw error;
    throw graphError("GRAPHQL_PARSE_FAILED", error.message, {
      source: error.source,
      positions: error.positions,
    });
  }
}

/**
 * @returns the parsed document, so that nobody need parse it again.
 * @throws GraphQLError GRAPHQL_PARSE_FAILED with the line and column, TOKEN_, DEPTH_, ALIAS_, DIRECTIVE_, SELECTION_ or
 *   ROOT_FIELD_LIMIT_EXCEEDED, INTROSPECTION_DISABLED.
 */
export function checkLimits(source: string, limits: Limits = defaultLimits): DocumentNode {
  const document = parseWithin(source, limits);
  const found = measure(document);
  if (found.introspects && !limits.introspection)
    throw graphError(
      "INTROSPECTION_DISABLED",
      "This gateway does not answer __schema and __type. Take the schema from its published SDL; __typename may be asked.",
    );
  for (const name of measured)
    if (found[name] > limits[name]) throw limitExceeded(name, limits[name], found[name]);
  return document;
}

/**
 * `checkLimits` that remembers, by source text, the documents that passed. Refused ones are not
 * kept: refusing again is cheap, and they would push the useful ones out.
 * @param options.limits what differs from `defaultLimits`.
 */
export function createLimiter(options: {
  readonly limits?: Partial<Limits>;
  readonly cache: DocumentCache;
}): (source: string) => DocumentNode {
  const limits = Object.freeze({ ...defaultLimits, ...options.limits });
  return function limit(source) {
    const known = options.cache.get(source);
    if (known) return known;
    const document = checkLimits(source, limits);
    options.cache.set(source, document);
    return document;
  };
}
