/** The principal's header, encoded once for all fetches of a request: the principal is frozen. */
import { encodePrincipal, type Principal } from "../../platform/principal.ts";

const encoded = new WeakMap<Principal, string>();

/** The empty string stands for nobody. */
export function encodedPrincipal(principal: Principal | undefined): string {
  if (!principal) return "";
  const known = encoded.get(principal);
  if (known !== undefined) return known;
  const header = encodePrincipal(principal);
  encoded.set(principal, header);
  return header;
}
