/**
 * Signed tree heads: size and root of the log's Merkle tree at a moment, as a compact JWS (RFC 7515)
 * with Ed25519 (RFC 8037). The private key comes from the subgraph's secret, never from the database:
 * who can write the database cannot sign. Pure but for cryptography: auditors check by the same file.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { z } from "zod";
import { type Frontier, rootOfFrontier, sizeOfFrontier } from "./merkle-tree.rules.ts";

export type TreeHead = {
  readonly treeSize: number;
  readonly rootHash: string;
  /** ISO 8601. */
  readonly at: string;
};

export type TreeHeadKey = {
  readonly keyId: string;
  /** JSON Web Key of the public key, for publishing. */
  readonly publicJwk: { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };
  readonly sign: (head: TreeHead) => string;
};

const type = "access-log-tree-head";
// RFC 8410 section 7: the fixed start of a PKCS #8 Ed25519 key, followed by the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** RFC 7638: the key's id follows from the key. */
const thumbprint = ({ crv, kty, x }: { crv: string; kty: string; x: string }): string =>
  createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");

/** @param seed 32 secret bytes. */
export function createTreeHeadKey(seed: Uint8Array): TreeHeadKey {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicJwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const keyId = thumbprint(publicJwk);
  const header = encode({ alg: "EdDSA", kid: keyId, typ: type });
  return {
    keyId,
    publicJwk,
    sign(head) {
      const signed = `${header}.${encode(head)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
}

const headSchema = z.strictObject({
  treeSize: z.number().int().min(0),
  rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});
const headerSchema = z.strictObject({
  alg: z.literal("EdDSA"),
  kid: z.string(),
  typ: z.literal(type),
});

const decode = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/** @returns the head that was signed, or undefined when the text is not one that this key signed. */
export function verifyTreeHead(jws: string, publicJwk: object): TreeHead | undefined {
  const [header = "", payload = "", signature = "", ...rest] = jws.split(".");
  if (rest.length > 0 || !headerSchema.safeParse(decode(header)).success) return undefined;
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: { ...publicJwk }, format: "jwk" });
  } catch {
    return undefined;
  }
  if (publicKey.asymmetricKeyType !== "ed25519") return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify(null, signed, publicKey, Buffer.from(signature, "base64url"))) return undefined;
  const head = headSchema.safeParse(decode(payload));
  return head.success ? head.data : undefined;
}

/** The one key that signs this subgraph's heads. */
export const treeHeadKeyOf = (deriveKey: (purpose: string) => Uint8Array): TreeHeadKey =>
  createTreeHeadKey(deriveKey("access-log/tree-head"));

/** The tree of a head in the database; undefined unless all that it says is what we signed. */
export function readSignedFrontier(
  row: { readonly jws: string; readonly frontier: Frontier; readonly tree_size: bigint },
  { publicJwk }: TreeHeadKey,
): Frontier | undefined {
  const head = verifyTreeHead(row.jws, publicJwk);
  const size = sizeOfFrontier(row.frontier);
  const fits = head?.treeSize === size && head.rootHash === rootOfFrontier(row.frontier);
  return fits && Number(row.tree_size) === size ? row.frontier : undefined;
}
