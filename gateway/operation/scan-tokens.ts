/**
 * Reads a document's tokens without building anything, and refuses it when there are too many or
 * when brackets nest too deeply. graphql-js parses by recursion, so that `{a{a{a…` and `[[[[…` can
 * exhaust the stack long before they exhaust a token limit: this pass has no recursion and runs
 * before the parser. Enters: source. Leaves: nothing, or a GraphQLError.
 */
import { Lexer, TokenKind, type Source } from "graphql";
import { limitExceeded } from "./limit-exceeded.ts";

const opening: ReadonlySet<string> = new Set([
  TokenKind.BRACE_L,
  TokenKind.BRACKET_L,
  TokenKind.PAREN_L,
]);
const closing: ReadonlySet<string> = new Set([
  TokenKind.BRACE_R,
  TokenKind.BRACKET_R,
  TokenKind.PAREN_R,
]);

/**
 * Comments are no tokens, as in graphql-js.
 * @throws GraphQLError TOKEN_LIMIT_EXCEEDED, DEPTH_LIMIT_EXCEEDED, or graphql-js's own syntax error.
 */
export function scanTokens(source: Source, limits: { tokens: number; nesting: number }): void {
  const lexer = new Lexer(source);
  let tokens = 0;
  let nesting = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += 1;
    if (tokens > limits.tokens) throw limitExceeded("tokens", limits.tokens, tokens);
    if (opening.has(token.kind)) nesting += 1;
    else if (closing.has(token.kind)) nesting -= 1;
    if (nesting > limits.nesting) throw limitExceeded("nesting", limits.nesting, nesting);
  }
}
