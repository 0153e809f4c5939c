/**
 * Parts of `multipart/mixed` as clients of GraphQL read them (RFC 2046 section 5.1): each part is ended by the
 * delimiter of the next, which is sent along with it, so that nobody waits for the next to have this one.
 * For subscriptions by Apollo's protocol (subscriptionSpec=1.0): a response travels as `payload`, what ends
 * the stream as `errors` beside it, and an empty object keeps the connection alive.
 */
const delimiter = "\r\n--graphql";

export const multipart = {
  /** Before the first part. */
  begin: delimiter,
  part: (json: string): string =>
    `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}${delimiter}`,
  /** After the last part. */
  end: "--\r\n",
} as const;

export const heartbeatPart = multipart.part("{}");
