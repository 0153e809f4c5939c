/**
 * The registry's signature over a supergraph, Ed25519 (RFC 8032): a gateway that holds only the public
 * key can tell that a supergraph is the registry's, for this variant, and of which launch. The launch's
 * number is part of it and only grows, so that an old answer cannot be passed off as the newest.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

export type LaunchedSupergraph = {
  readonly variant: string;
  readonly launch: number;
  readonly supergraph: string;
};

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What a candidate's supergraph is signed as: it cannot be passed off as a live one, nor the other way. */
export const candidateVariant = (variant: string): string => `${variant}#candidate`;

const signedText = ({ variant, launch, supergraph }: LaunchedSupergraph): Buffer =>
  Buffer.from(`city-graph-supergraph\n${variant}\n${launch}\n${sha256Of(supergraph)}`);

/** @param privateKey PEM (PKCS 8). @returns base64. */
export const signSupergraph = (launched: LaunchedSupergraph, privateKey: string): string =>
  sign(null, signedText(launched), createPrivateKey(privateKey)).toString("base64");

/** @param publicKey PEM (SPKI). @param signature base64. */
export const verifySupergraph = (
  launched: LaunchedSupergraph,
  signature: string,
  publicKey: string,
): boolean =>
  verify(null, signedText(launched), createPublicKey(publicKey), Buffer.from(signature, "base64"));
