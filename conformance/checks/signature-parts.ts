/**
 * A signature by the right key over fewer parts than the gateway signs (RFC 9421 section 3.2: the
 * verifier decides which parts must be covered).
 */
import { contentDigest, hmac, signatureBase } from "../../platform/http-signature.ts";
import { nowSeconds, partsOf, refuses } from "./signature.ts";

export const signatureParts = refuses(
  "parts",
  "A signature that does not cover method, path, digest, principal and request id is refused.",
  "Accept exactly the list of parts that the gateway signs, in its order: what is not covered can be changed on the way.",
  (right, subject) => {
    const { method, body } = partsOf(right);
    const parameters = `("@method" "content-digest");created=${nowSeconds(subject)};keyid="${subject.name}";alg="hmac-sha256"`;
    const digest = contentDigest(body);
    const base = signatureBase(
      [
        ["@method", method],
        ["content-digest", digest],
      ],
      parameters,
    );
    const signature = hmac(subject.key, base).toString("base64");
    const signed = {
      "content-digest": digest,
      "signature-input": `gateway=${parameters}`,
      signature: `gateway=:${signature}:`,
    };
    return [{ ...right, headers: { ...right.headers, ...signed } }];
  },
);
