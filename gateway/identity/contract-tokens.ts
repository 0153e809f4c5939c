/**
 * Who may ask which contract: a client's token is for one of them, by its audience (RFC 7519 section 4.1.3).
 * A token of another contract is told where it belongs; where a token is needed, nobody is answered without.
 */
import type { Config } from "../config.ts";
import type { ServedContract } from "../served-contracts.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Authenticate, createAuthenticate, openJwks, refuseTokens } from "./authenticate.ts";

export type AuthenticateContract = (contract: ServedContract) => Authenticate;

/** @throws when the JWKS file cannot be read. */
export async function openContractTokens(
  config: Config,
  contracts: readonly ServedContract[],
  clock: Clock,
): Promise<AuthenticateContract> {
  const { JWKS_URL, JWT_ISSUER: issuer, JWT_ALGORITHMS: algorithms } = config;
  if (!JWKS_URL || !issuer) return () => refuseTokens;
  const getKey = await openJwks(JWKS_URL);

  return ({ variant, audience = "", needsToken }) => {
    const others = contracts.filter((one) => one.variant !== variant);
    const authenticate = createAuthenticate({
      getKey,
      issuer,
      audience,
      algorithms,
      clock,
      foreign(audiences) {
        const other = others.find((one) => audiences.includes(one.audience ?? ""));
        return (
          other &&
          `This token is for the contract "${other.variant}" at ${other.path}, and this is the contract "${variant}": ask there, or get a token with the audience "${audience}".`
        );
      },
    });
    if (!needsToken) return authenticate;
    const message = `The contract "${variant}" is not open to everybody: send a token with the audience "${audience}".`;
    return async (authorization) =>
      authorization === undefined ? { ok: false, message } : authenticate(authorization);
  };
}
