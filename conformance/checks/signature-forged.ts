/** A signature by another key: of somebody who guesses, or of another agency. */
import { randomBytes } from "node:crypto";
import { nowSeconds, partsOf, refuses } from "./signature.ts";

export const signatureForged = refuses(
  "forged",
  "A signature by another key is refused.",
  "Compute the HMAC with your key and compare all of it, in constant time.",
  (right, subject) => [
    {
      ...right,
      headers: {
        ...right.headers,
        ...subject.sign(partsOf(right), randomBytes(32), nowSeconds(subject)),
      },
    },
  ],
);
