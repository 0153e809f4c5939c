/** Another principal, or request, under the same signature: what an attacker would change first. */
import { principalHeader, requestIdHeader } from "../../platform/http-signature.ts";
import { encodePrincipal } from "../../platform/principal.ts";
import { refuses } from "./signature.ts";

const operator = encodePrincipal({ kind: "operator", id: "operator-x", scopes: [], policies: [] });

export const signaturePrincipal = refuses(
  "principal",
  "A signature that belongs to another principal or request id is refused.",
  "Put `city-graph-principal` and `x-request-id` into the signature base as they came, the empty text where one is empty.",
  (right) =>
    [
      [principalHeader, operator],
      [requestIdHeader, "another"],
    ].map(([name = "", value = ""]) => ({
      ...right,
      headers: { ...right.headers, [name]: value },
    })),
);
