/**
 * Bytes of an answer → its JSON text, or a clear failure. Only the two media types of GraphQL over
 * HTTP are taken, in UTF-8: JSON between systems has no other encoding (RFC 8259 section 8.1), and a
 * proxy's HTML page or a log-in form must not be mistaken for an answer. An answer without any type
 * is looked into, as RFC 9110 section 8.3 allows: parsing then tells.
 */
import { isUtf8 } from "node:buffer";
import { invalidAnswer, outOfOrder } from "./failure.ts";
import type { SubgraphAnswer } from "./subgraph-fetch.ts";

/** `type/subtype` and then parameters, of which only a charset of UTF-8 (or its subset) is taken. */
const jsonPattern =
  /^\s*application\/(?:graphql-response\+)?json\s*(?:;\s*charset\s*=\s*"?(?:utf-?8|us-ascii)"?\s*)?;?\s*$/i;
const anyJsonPattern = /^\s*application\/(?:graphql-response\+)?json\s*(?:;|$)/i;

/** RFC 8259 section 8.1: not to be sent, may be ignored. */
const byteOrderMark = 0xfeff;

/** Servers send one content type or two: each is judged once. */
const verdicts = new Map<string, boolean>();

export function isJson(contentType: string): boolean {
  const known = verdicts.get(contentType);
  if (known !== undefined) return known;
  const verdict = jsonPattern.test(contentType);
  if (verdicts.size >= 100) verdicts.clear();
  verdicts.set(contentType, verdict);
  return verdict;
}

function wrongType(contentType: string): string {
  if (anyJsonPattern.test(contentType)) return "JSON in another encoding than UTF-8";
  return "another content type than application/json or application/graphql-response+json";
}

/**
 * @throws SubgraphFailure SUBGRAPH_INVALID_RESPONSE, or SUBGRAPH_UNAVAILABLE when the status is 5xx:
 * that is a proxy's or a crashing server's page.
 */
export function answerText(subgraph: string, answer: SubgraphAnswer): string {
  const { status, contentType, body } = answer;
  if (contentType !== undefined && !isJson(contentType)) {
    throw status >= 500
      ? outOfOrder(subgraph, new Error(`HTTP ${status}, ${contentType}`))
      : invalidAnswer(subgraph, wrongType(contentType), new Error(`HTTP ${status}`));
  }
  // Checking first and decoding then is twice as fast as a TextDecoder that does both.
  if (!isUtf8(body)) throw invalidAnswer(subgraph, "bytes that are not UTF-8");
  const text = body.toString("utf8");
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}
