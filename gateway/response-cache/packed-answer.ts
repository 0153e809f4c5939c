/** A stored answer: the tag of its bytes, made once, and the bytes. */
import { createHash } from "node:crypto";

const tagLength = 22;

/** Stands for an answer that is not stored. */
export const etagBytes: Buffer = Buffer.alloc(tagLength);

/** 128 bits of SHA-256: two answers with one tag are the same answer. */
export const tagOf = (body: string | Buffer): string =>
  createHash("sha256").update(body).digest("base64url").slice(0, tagLength);

export function packAnswer(body: string | Buffer): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return Buffer.concat([Buffer.from(tagOf(bytes), "latin1"), bytes]);
}

type Unpacked = { readonly etag: string; readonly body: Buffer };

const unpacked = new WeakMap<Buffer, Unpacked>();

/** The same body for the same bytes, so that what is made of it (its compressed form) is found again. */
export function unpackAnswer(packed: Buffer): Unpacked {
  const known = unpacked.get(packed);
  if (known) return known;
  const etag = packed.toString("latin1", 0, tagLength);
  const made = { etag, body: packed.subarray(tagLength) };
  unpacked.set(packed, made);
  return made;
}
