/** A captured request, sent again later; and one from the future. */
import { nowSeconds, partsOf, refuses } from "./signature.ts";

const farSeconds = 120;

export const signatureStale = refuses(
  "stale",
  `A signature that was made ${farSeconds} s ago, or will be in ${farSeconds} s, is refused.`,
  "Compare `created` with your clock: within 60 s, both ways. Is your clock right?",
  (right, subject) =>
    [-farSeconds, farSeconds].map((shift) => ({
      ...right,
      headers: {
        ...right.headers,
        ...subject.sign(partsOf(right), subject.key, nowSeconds(subject) + shift),
      },
    })),
);
