/**
 * Idempotency keys: one key stands for one request of one principal to one operation. The request is
 * remembered by a hash of its input, its outcome as JSON in which "12n" is the bigint 12.
 */
import { createHash } from "node:crypto";
import { GraphQLError } from "graphql";
import { badUserInput } from "../kit/errors.ts";

export const keyLengthLimit = 255;

/** @throws GraphQLError BAD_USER_INPUT for a key that is empty, too long, or no plain text. */
export function checkIdempotencyKey(key: string): string {
  if (key.length === 0 || key.length > keyLengthLimit) {
    throw badUserInput(
      `\`idempotencyKey\` must have 1 to ${keyLengthLimit} characters, not ${key.length}: a random UUID is a good one.`,
    );
  }
  if (!key.isWellFormed() || /\p{Cc}/u.test(key)) {
    throw badUserInput("`idempotencyKey` must be plain text: a random UUID is a good one.");
  }
  return key;
}

/** SHA-256 of the input's fields; the same fields and values in any order give the same hash. */
export function requestHash(input: Readonly<Record<string, string | bigint>>): string {
  const fields = Object.entries(input)
    .map(([name, value]) => [name, typeof value, `${value}`])
    .toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}

export function keyReused(key: string): GraphQLError {
  return new GraphQLError(
    `The idempotency key ${JSON.stringify(key)} was used for a request with other input. Use a new key for a new request, and repeat a request with exactly the same input.`,
    { extensions: { code: "IDEMPOTENCY_KEY_REUSED" } },
  );
}

/** @param outcome plain data: strings, numbers, bigints, lists and objects of them. */
export const encodeOutcome = (outcome: unknown): string =>
  JSON.stringify(outcome, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

/** @param text from `encodeOutcome`. */
export const decodeOutcome = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
