/**
 * Who asks. The gateway verifies a token and hands this to subgraphs in a signed header; it is the
 * whole of what a subgraph learns about the caller.
 */
import { z } from "zod";

const principalSchema = z.object({
  kind: z.enum(["person", "agency", "operator"]),
  /** Stable subject id: `person-amal`, `agency-dewa`, `operator-noura`. */
  id: z.string().min(1).max(128),
  /** OAuth 2.0 scopes (RFC 6749 section 3.3), for example `billing:read`. */
  scopes: z.array(z.string().min(1).max(128)).max(64),
  /** Named policies (`@policy`) that the issuer vouches for. */
  policies: z.array(z.string().min(1).max(128)).max(64).default([]),
  /** The agency that an agency client or a clerk acts for: `dewa`. */
  agencyId: z.string().min(1).max(128).optional(),
});

export type Principal = Readonly<z.infer<typeof principalSchema>>;

/** Anything → a principal, or nothing when the shape is wrong. */
export function parsePrincipal(value: unknown): Principal | undefined {
  const parsed = principalSchema.safeParse(value);
  return parsed.success ? Object.freeze(parsed.data) : undefined;
}

/** Header form: base64url of the JSON. The empty string stands for nobody signed in. */
export function encodePrincipal(principal: Principal | undefined): string {
  return principal ? Buffer.from(JSON.stringify(principal)).toString("base64url") : "";
}

/** @returns the principal, undefined for nobody. @throws TypeError when the text is not one. */
export function decodePrincipal(text: string): Principal | undefined {
  if (text === "") return undefined;
  const principal = parsePrincipal(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  if (!principal) throw new TypeError("The principal header does not hold a principal.");
  return principal;
}
