/** Signs tokens that a gateway of the tests accepts. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Principal } from "../../platform/principal.ts";

const issuer = "city-graph-test";
const audience = "city-graph";

/** @param folder Where the public key is put. @returns what the gateway's configuration needs, too. */
export async function createIssuer(folder: string) {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "test", alg: "ES256" };
  const jwks = join(folder, "jwks.json");
  await writeFile(jwks, JSON.stringify({ keys: [jwk] }));
  const tokenOf = ({ kind, id, scopes, policies, agencyId }: Principal, aud = audience) =>
    new SignJWT({
      kind,
      scope: scopes.join(" "),
      policies,
      ...(agencyId ? { agency: agencyId } : {}),
    })
      .setProtectedHeader({ alg: "ES256", kid: "test" })
      .setSubject(id)
      .setIssuer(issuer)
      .setAudience(aud)
      .setExpirationTime("1h")
      .sign(privateKey);
  return { env: { JWKS_URL: jwks, JWT_ISSUER: issuer, JWT_AUDIENCE: audience }, tokenOf };
}
