/** A captured signature with another body: the digest is what binds the two (RFC 9530). */
import { contentDigest } from "../../platform/http-signature.ts";
import { refuses } from "./signature.ts";

export const signatureBody = refuses(
  "body",
  "A signature that belongs to another body is refused, with the old digest and with a new one.",
  "Hash the bytes of the body as they came, compare them with `content-digest`, and put that header into the signature base.",
  (right) => {
    const body = JSON.stringify({ query: "{ __typename again: __typename }" });
    const headers = { ...right.headers, "content-digest": contentDigest(body) };
    return [
      { ...right, body },
      { ...right, body, headers },
    ];
  },
);
