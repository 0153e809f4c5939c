/**
 * The development issuer: an ES256 key pair in the city's home, made at first use, that signs tokens
 * for the people and systems of the seed. Production has an issuer of its own (JWKS_URL).
 */
import { existsSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { Principal } from "../platform/principal.ts";
import { ToolError } from "./tool.ts";

export const devIssuer = "city-graph-dev";
export const devAudience = "city-graph";

const keyId = "dev";
const algorithm = "ES256";

export type DevIssuer = {
  /** File that the gateway takes as JWKS_URL. */
  readonly jwksFile: string;
  readonly sign: (principal: Principal, ttlSeconds: number) => Promise<string>;
};

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid: keyId, alg: algorithm });
}

/**
 * Written under another name and linked into place: when `npm start` and `npm run token` both begin
 * in a new clone, both end up with the key of whoever was first, and nobody reads half of one.
 */
async function keepFirst(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function readKey(file: string): Promise<JWK & { readonly d: string }> {
  const mend = `Remove it and run the command again; tokens signed so far will be refused.`;
  try {
    const jwk = JSON.parse(await readFile(file, "utf8")) as JWK;
    if (jwk.kty === "EC" && jwk.d) return { ...jwk, d: jwk.d };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ToolError(`${file} holds no private key of the development issuer. ${mend}`);
}

/** @throws ToolError when the issuer's key cannot be used. */
export async function openDevIssuer(home: string): Promise<DevIssuer> {
  const folder = join(home, "issuer");
  const privateFile = join(folder, "private.json");
  const jwksFile = join(folder, "jwks.json");
  await mkdir(folder, { recursive: true });
  if (!existsSync(privateFile)) await keepFirst(privateFile, await makeKey());
  const jwk = await readKey(privateFile);
  const { d: _private, ...publicJwk } = jwk;
  const jwks = JSON.stringify({ keys: [publicJwk] });
  // A gateway may be reading it: written only when it is not there or is another key's.
  const known = await readFile(jwksFile, "utf8").catch(() => undefined);
  if (known !== jwks) await writeFile(jwksFile, jwks);
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
