/**
 * The development issuer: an ES256 key pair in the city's home, made at first use, that signs tokens
 * for the people and systems of the seed. Production has an issuer of its own (JWKS_URL).
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { Principal } from "../platform/principal.ts";

export const devIssuer = "city-graph-dev";
export const devAudience = "city-graph";

const keyId = "dev";
const algorithm = "ES256";

export type DevIssuer = {
  /** File that the gateway takes as JWKS_URL. */
  readonly jwksFile: string;
  readonly sign: (principal: Principal, ttlSeconds: number) => Promise<string>;
};

export async function openDevIssuer(home: string): Promise<DevIssuer> {
  const folder = join(home, "issuer");
  const privateFile = join(folder, "private.json");
  const jwksFile = join(folder, "jwks.json");
  await mkdir(folder, { recursive: true });
  const known = await readFile(privateFile, "utf8").catch(() => undefined);
  const jwk = known === undefined ? await makeKey(privateFile) : (JSON.parse(known) as JWK);
  const { d: _private, ...publicJwk } = jwk;
  await writeFile(jwksFile, JSON.stringify({ keys: [publicJwk] }));
  return {
    jwksFile,
    async sign({ kind, id, scopes, policies, agencyId }, ttlSeconds) {
      const claims = {
        kind,
        scope: scopes.join(" "),
        policies,
        ...(agencyId ? { agency: agencyId } : {}),
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .setSubject(id)
        .setIssuer(devIssuer)
        .setAudience(devAudience)
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds}s`)
        .sign(await importJWK(jwk, algorithm));
    },
  };
}

async function makeKey(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: keyId, alg: algorithm };
  await writeFile(file, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
