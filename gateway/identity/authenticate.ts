/**
 * `Authorization: Bearer …` → a principal. Tokens are JWTs (RFC 7519, verified by `jose` against a
 * JWKS, RFC 7517) with issuer, audience, expiry and an algorithm allow-list. Claims: `sub`, `kind`
 * (person, agency, operator), `scope` (space separated, RFC 8693 section 4.2), `policies`, `agency`.
 */
import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import type { Clock } from "../../platform/clock.ts";
import { parsePrincipal, type Principal } from "../../platform/principal.ts";

export type Authenticated =
  | { readonly ok: true; readonly principal: Principal | undefined }
  /** The message tells a client what is wrong with its token and what to do. */
  | { readonly ok: false; readonly message: string; readonly code?: "WRONG_CONTRACT" };

export type Authenticate = (authorization: string | undefined) => Promise<Authenticated>;

export type AuthenticateOptions = {
  readonly getKey: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** Asymmetric algorithms only: a JWKS is public, so a shared secret has no place in it. */
  readonly algorithms: readonly string[];
  readonly clock: Clock;
  /** What to tell whose token is good, but for somebody else's audience; default: nothing particular. */
  readonly foreign?: (audiences: readonly string[]) => string | undefined;
};

/** @param location An `https:`/`http:` URL that is fetched and cached, or the path of a JSON file. */
export async function openJwks(location: string): Promise<JWTVerifyGetKey> {
  if (/^https?:/.test(location))
    return createRemoteJWKSet(new URL(location), { timeoutDuration: 3_000 });
  return createLocalJWKSet(JSON.parse(await readFile(location, "utf8")) as JSONWebKeySet);
}

function toPrincipal({ sub, scope, ...claims }: JWTPayload): Principal | undefined {
  return parsePrincipal({
    kind: claims["kind"],
    id: sub,
    scopes: typeof scope === "string" ? scope.split(" ").filter(Boolean) : [],
    policies: claims["policies"] ?? [],
    ...(claims["agency"] === undefined ? {} : { agencyId: claims["agency"] }),
  });
}

function messageOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has expired: get a new one.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The token's claim "${error.claim}" is not accepted here: get one from this city's issuer.`;
  }
  if (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWSSignatureVerificationFailed
  ) {
    return "The token was not signed by this city's issuer.";
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token's algorithm is not accepted here.";
  return "The token is not a JWT that can be verified.";
}

/** Of a token that is good, but not for this audience; none of any other. */
function audiencesOf(error: unknown): readonly string[] {
  if (!(error instanceof errors.JWTClaimValidationFailed) || error.claim !== "aud") return [];
  return [error.payload.aud ?? []].flat();
}

const faults = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

/** @throws when the issuer's keys cannot be had: then nobody can say whether a token is good. */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { getKey, issuer, audience, algorithms, clock, foreign } = options;
  return async (authorization) => {
    if (authorization === undefined) return { ok: true, principal: undefined };
    const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1];
    if (!token)
      return { ok: false, message: "The Authorization header must read `Bearer <token>`." };
    try {
      const { payload } = await jwtVerify(token, getKey, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ["sub", "exp"],
        currentDate: new Date(clock()),
        clockTolerance: 5,
      });
      const principal = toPrincipal(payload);
      if (principal) return { ok: true, principal };
      return {
        ok: false,
        message: "The token lacks claims: `sub`, and `kind` of person, agency or operator.",
      };
    } catch (error) {
      const isTokens = error instanceof errors.JOSEError && !faults.has(error.code);
      if (!isTokens) throw error;
      const message = foreign?.(audiencesOf(error));
      if (message !== undefined) return { ok: false, message, code: "WRONG_CONTRACT" };
      return { ok: false, message: messageOf(error) };
    }
  };
}

/** For a gateway that was given no issuer: everybody is nobody, and a token is refused, not ignored. */
export const refuseTokens: Authenticate = async (authorization) =>
  authorization === undefined
    ? { ok: true, principal: undefined }
    : { ok: false, message: "This gateway has no issuer configured: send no token." };
