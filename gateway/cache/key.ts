/**
 * Keys. A key is the hash of its parts, each written with its length, so that no two lists of parts
 * share a key whatever a client puts into them. Private parts go through a keyed hash: somebody who
 * reads the keys in Redis cannot find out whose they are by trying names.
 */
import { createHmac, hash } from "node:crypto";

function lengthPrefixed(parts: readonly string[]): string {
  let text = `${parts.length};`;
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}

/**
 * @param kind What the key names ("entity", "root", "response"): the first part, and legible in Redis.
 * @param parts Any strings, also empty ones. Lone surrogates are told apart as well.
 * @returns `kind:` and 43 characters of base64url (SHA-256).
 */
export function cacheKey(kind: string, parts: readonly string[]): string {
  // UTF-16, because UTF-8 would write every lone surrogate as the same replacement character.
  const bytes = Buffer.from(lengthPrefixed([kind, ...parts]), "utf16le");
  return `${kind}:${hash("sha256", bytes, "base64url")}`;
}

/** Keyed hashes of principals, for `parts` of keys of private data. */
export type PrivatePart = (parts: readonly string[]) => string;

/** @param secret At least 32 bytes, the same in all processes that share a Redis. */
export function createPrivatePart(secret: string | Uint8Array): PrivatePart {
  if (Buffer.byteLength(secret) < 32) {
    throw new Error(
      "The secret for the keys of private cache entries has fewer than 32 bytes. Give a longer one, e.g. from `openssl rand -hex 32`.",
    );
  }
  return (parts) =>
    createHmac("sha256", secret).update(lengthPrefixed(parts), "utf16le").digest("base64url");
}
