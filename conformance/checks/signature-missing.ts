/** Whoever does not sign goes round the gateway. */
import { principalHeader } from "../../platform/http-signature.ts";
import { refuses } from "./signature.ts";

const signatureHeaders = ["signature", "signature-input", "content-digest"];

export const signatureMissing = refuses(
  "missing",
  "A request without a signature is refused with 401 or 403.",
  "Verify the signature before anything is carried out, and refuse what has none; `{ _service { sdl } }` alone is open.",
  (right) => {
    const without = (names: readonly string[]) => ({
      ...right,
      headers: Object.fromEntries(
        Object.entries(right.headers).filter(([name]) => !names.includes(name)),
      ),
    });
    const beside = JSON.stringify({ query: "{ _service { sdl } __typename }" });
    return [
      without(signatureHeaders),
      without(["signature"]),
      without([...signatureHeaders, principalHeader]),
      // What is open must not open the rest.
      { ...without(signatureHeaders), body: beside },
    ];
  },
);
