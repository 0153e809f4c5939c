/**
 * Signatures under agreements: compact JWS (RFC 7515) whose payload is the agreement's document, byte
 * by byte, made by a key that the agency has registered. EdDSA and ES256; nothing else is accepted.
 */
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
  type JWK,
} from "jose";
import { badUserInput } from "../kit/errors.ts";

const algorithms = ["EdDSA", "Ed25519", "ES256"];
const algorithmOf: Readonly<Record<string, string>> = { Ed25519: "EdDSA", "P-256": "ES256" };

export type PublicKey = { readonly keyId: string; readonly jwk: JWK };

/** @throws GraphQLError BAD_USER_INPUT unless the text is a public JWK for Ed25519 or P-256. */
export async function readPublicKey(text: string): Promise<PublicKey> {
  try {
    const { kty, crv, x, y } = JSON.parse(text) as Record<string, string>;
    if (kty === undefined || crv === undefined || x === undefined) throw new TypeError("no key");
    // The private part, should somebody send it, goes no further than here.
    const jwk: JWK = { kty, crv, x, ...(y === undefined ? {} : { y }) };
    await importJWK(jwk, algorithmOf[crv] ?? "none");
    return { keyId: await calculateJwkThumbprint(jwk), jwk };
  } catch {
    throw badUserInput(
      "`publicKey` must be a public JSON Web Key (RFC 7517) as JSON text, for Ed25519 or P-256.",
    );
  }
}

/** The id of the key that a signature names; undefined when it is no JWS at all. */
export function keyIdOf(jws: string): string | undefined {
  try {
    return decodeProtectedHeader(jws).kid;
  } catch {
    return undefined;
  }
}

/** What was signed, or undefined when the key did not sign it. */
export async function verifySignature(jws: string, jwk: JWK): Promise<string | undefined> {
  try {
    const key = await importJWK(jwk, algorithmOf[jwk.crv ?? ""] ?? "none");
    const { payload } = await compactVerify(jws, key, { algorithms });
    return Buffer.from(payload).toString("utf8");
  } catch {
    return undefined;
  }
}
