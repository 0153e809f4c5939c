/** What a client may send with a request: bounds of answers, attachments, texts and keys. Pure. */
import { badUserInput } from "../kit/errors.ts";
import type { RequestAttachment, Text } from "./tables.ts";

const answersLimitBytes = 32_768;
const answersDepth = 8;
export const attachmentsLimit = 10;
export const attachmentLimitBytes = 20 * 1024 * 1024;
export const messageLimit = 2_000;
export const reasonLimit = 500;
export const reasonsLimit = 10;

export const attachmentMediaTypes = [
  "application/pdf",
  "image/jpeg",
  "image/png",
  "image/heic",
] as const;

function checkDepth(value: unknown, depth: number): void {
  if (typeof value === "string" && !value.isWellFormed()) {
    throw badUserInput("`answers` hold half of a Unicode surrogate pair: send well-formed text.");
  }
  if (typeof value !== "object" || value === null) return;
  if (depth > answersDepth) {
    throw badUserInput(`\`answers\` are nested more than ${answersDepth} deep.`);
  }
  for (const [name, inner] of Object.entries(value)) {
    checkDepth(name, depth);
    checkDepth(inner, depth + 1);
  }
}

/** @throws GraphQLError BAD_USER_INPUT for answers that are too large, too deep, or no text. */
export function readAnswers(answers: Readonly<Record<string, unknown>>): string {
  checkDepth(answers, 1);
  const text = JSON.stringify(answers);
  if (Buffer.byteLength(text) <= answersLimitBytes) return text;
  throw badUserInput(
    `\`answers\` are over ${answersLimitBytes} bytes of JSON: attach what is long.`,
  );
}

const isPlain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

function checkAttachment({ id, name, mediaType, bytes, sha256 }: RequestAttachment): void {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(id)) {
    throw badUserInput("An attachment's `id` must be 1 to 100 letters, digits, `-` and `_`.");
  }
  if (name.length < 1 || name.length > 200 || !isPlain(name) || /[/\\]/.test(name)) {
    throw badUserInput(
      `The name of the attachment "${id}" must be 1 to 200 characters without slashes.`,
    );
  }
  if (!(attachmentMediaTypes as readonly string[]).includes(mediaType)) {
    throw badUserInput(`The attachment "${id}" must be one of ${attachmentMediaTypes.join(", ")}.`);
  }
  if (bytes < 1 || bytes > attachmentLimitBytes) {
    throw badUserInput(`The attachment "${id}" must have 1 to ${attachmentLimitBytes} bytes.`);
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw badUserInput(
      `\`sha256\` of the attachment "${id}" must be 64 hexadecimal digits in lower case.`,
    );
  }
}

/** @throws GraphQLError BAD_USER_INPUT for too many, the same twice, or one out of bounds. */
export function readAttachments(given: readonly RequestAttachment[]): string {
  if (given.length > attachmentsLimit) {
    throw badUserInput(
      `A request has ${attachmentsLimit} attachments at most, not ${given.length}.`,
    );
  }
  given.forEach(checkAttachment);
  if (new Set(given.map(({ id }) => id)).size < given.length) {
    throw badUserInput("Each attachment must have an `id` of its own.");
  }
  return JSON.stringify(
    given.map(({ id, name, mediaType, bytes, sha256 }) => ({ id, name, mediaType, bytes, sha256 })),
  );
}

/** @throws GraphQLError BAD_USER_INPUT for a text that is empty, too long, or not well-formed. */
export function readText(name: string, text: string, limit: number): string {
  const trimmed = text.trim();
  if (trimmed.length >= 1 && trimmed.length <= limit && trimmed.isWellFormed()) return trimmed;
  throw badUserInput(`\`${name}\` must have 1 to ${limit} characters.`);
}

/** @throws GraphQLError BAD_USER_INPUT unless there are 1 to 10, each in both languages. */
export function readReasons(reasons: readonly Text[]): readonly Text[] {
  if (reasons.length < 1 || reasons.length > reasonsLimit) {
    throw badUserInput(`Give 1 to ${reasonsLimit} reasons.`);
  }
  return reasons.map(({ en, ar }) => ({
    en: readText("reasons.en", en, reasonLimit),
    ar: readText("reasons.ar", ar, reasonLimit),
  }));
}

/** @throws GraphQLError BAD_USER_INPUT for a key that is empty, too long, or no plain text. */
export function readKey(key: string): string {
  if (key.length >= 1 && key.length <= 255 && isPlain(key)) return key;
  throw badUserInput(
    "`idempotencyKey` must be 1 to 255 characters: make a UUID for each submission.",
  );
}

/** @throws GraphQLError BAD_USER_INPUT for anything that is no id of a clerk. */
export function readAssignee(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/.test(id)) return id;
  throw badUserInput("`assignee` must be the id of a clerk: 1 to 128 letters, digits and `._@-`.");
}
