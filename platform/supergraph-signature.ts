/**
 * The registry signs what gateways take up: Ed25519 (RFC 8032) over the variant, the launch and the
 * supergraph's SHA-256, so that a supergraph can neither be changed on its way nor be given out for
 * another variant's. Gateways hold the public key only.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

export type LaunchedSupergraph = {
  readonly variant: string;
  /** Grows with each launch of a variant: a follower takes up no smaller one. */
  readonly launchId: number;
  readonly supergraph: string;
};

/** DER of a PKCS #8 Ed25519 key up to the seed (RFC 8410 section 7). */
const seedPrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** @param seed 32 bytes. */
export const signingKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: "der", type: "pkcs8" });

/** 32 bytes in base64url: what gateways are configured with. */
export const publicKeyOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: "jwk" }).x ?? "";

function signedText({ variant, launchId, supergraph }: LaunchedSupergraph): Buffer {
  const sha256 = createHash("sha256").update(supergraph).digest("hex");
  return Buffer.from(["city-graph supergraph", variant, launchId, sha256].join("\n"));
}

/** @returns base64url. */
export const signSupergraph = (key: KeyObject, launched: LaunchedSupergraph): string =>
  sign(null, signedText(launched), key).toString("base64url");

/** @param publicKey 32 bytes in base64url. */
export function isSignedBy(
  publicKey: string,
  launched: LaunchedSupergraph,
  signature: string,
): boolean {
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: publicKey },
    format: "jwk",
  });
  return verify(null, signedText(launched), key, Buffer.from(signature, "base64url"));
}
