/**
 * Signed requests between the gateway and subgraphs: HTTP Message Signatures (RFC 9421) with
 * `hmac-sha256` over method, path, body digest (RFC 9530), principal and request id.
 *
 * A signature over the request was preferred to an internal JWT because it binds the principal to
 * this very body: a captured header cannot be used to ask something else. Each subgraph has its own
 * key, derived from the gateway's master key, so that one agency's leak opens no other's door.
 */
import { createHmac, hash, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";

export const principalHeader = "city-graph-principal";
export const requestIdHeader = "x-request-id";

/** What is signed, in this order; a verifier accepts no other list. */
const components = [
  "@method",
  "@path",
  "content-digest",
  principalHeader,
  requestIdHeader,
] as const;

export type SignedParts = {
  readonly method: string;
  /** Path without query string, as sent. */
  readonly path: string;
  readonly body: string | Uint8Array;
  /** Result of `encodePrincipal`. */
  readonly principal: string;
  readonly requestId: string;
};

export type SignatureHeaders = {
  readonly "content-digest": string;
  readonly "signature-input": string;
  readonly signature: string;
};

/** The key of one subgraph: HKDF-SHA-256 (RFC 5869) of the master key with the subgraph's name as info. */
export function deriveSubgraphKey(masterKey: string, subgraph: string): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, "city-graph", `subgraph:${subgraph}`, 32));
}

/** RFC 9530 section 2. */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${hash("sha256", body, "base64")}:`;
}

/** RFC 9421 section 2.5: one line per component, then the parameters. */
export function signatureBase(
  values: readonly (readonly [name: string, value: string])[],
  parameters: string,
): string {
  const lines = values.map(([name, value]) => `"${name}": ${value}`);
  return [...lines, `"@signature-params": ${parameters}`].join("\n");
}

/** RFC 9421 section 3.3.3. A KeyObject is prepared once; bytes are prepared anew each time. */
export function hmac(key: Uint8Array | KeyObject, base: string): Buffer {
  return createHmac("sha256", key).update(base).digest();
}

const componentList = `(${components.map((name) => `"${name}"`).join(" ")})`;

function baseOf(parts: SignedParts, digest: string, parameters: string): string {
  const values = [parts.method, parts.path, digest, parts.principal, parts.requestId];
  return signatureBase(
    components.map((name, index) => [name, values[index] ?? ""] as const),
    parameters,
  );
}

/** @param createdSeconds Unix time in seconds. */
export function signRequest(
  parts: SignedParts,
  key: Uint8Array | KeyObject,
  keyId: string,
  createdSeconds: number,
): SignatureHeaders {
  const digest = contentDigest(parts.body);
  const parameters = `${componentList};created=${createdSeconds};keyid="${keyId}";alg="hmac-sha256"`;
  const signature = hmac(key, baseOf(parts, digest, parameters)).toString("base64");
  return {
    "content-digest": digest,
    "signature-input": `gateway=${parameters}`,
    signature: `gateway=:${signature}:`,
  };
}

export type VerifyOptions = {
  readonly key: Uint8Array;
  /** Unix time in seconds. */
  readonly nowSeconds: number;
  /** A signature older or newer than this is refused. */
  readonly toleranceSeconds: number;
};

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const inputPattern =
  /^gateway=(\((?:"[a-z@-]+" ?)+\);created=(\d{1,12});keyid="[a-z0-9-]{1,64}";alg="hmac-sha256")$/;
const signaturePattern = /^gateway=:([A-Za-z0-9+/]{43}=):$/;

const refuse = (reason: string): Verdict => ({ ok: false, reason });

/** Checks the three headers against the request as it arrived. Never throws. */
export function verifyRequest(
  parts: SignedParts,
  headers: Partial<SignatureHeaders>,
  options: VerifyOptions,
): Verdict {
  const input = inputPattern.exec(headers["signature-input"] ?? "");
  const signature = signaturePattern.exec(headers.signature ?? "");
  if (!input?.[1] || !signature?.[1]) return refuse("the request is not signed");
  if (!input[1].startsWith(`${componentList};`)) return refuse("the signature covers other parts");
  const ageSeconds = Math.abs(options.nowSeconds - Number(input[2]));
  if (ageSeconds > options.toleranceSeconds) return refuse("the signature is too old or too new");
  const digest = contentDigest(parts.body);
  if (headers["content-digest"] !== digest) return refuse("the body does not match its digest");
  const expected = hmac(options.key, baseOf(parts, digest, input[1]));
  const given = Buffer.from(signature[1], "base64");
  return timingSafeEqual(expected, given) ? { ok: true } : refuse("the signature is wrong");
}
