/** A captured signature on another path or method of the same server. */
import { nowSeconds, partsOf, refuses } from "./signature.ts";

export const signatureReplayed = refuses(
  "replayed",
  "A signature that was made for another path or method is refused.",
  "Put the method and the path of the request into the signature base as they came, not as constants and not from a header.",
  (right, subject) => {
    const made = (change: { readonly path?: string; readonly method?: string }) => ({
      ...right,
      headers: {
        ...right.headers,
        ...subject.sign({ ...partsOf(right), ...change }, subject.key, nowSeconds(subject)),
      },
    });
    return [made({ path: "/another/path" }), made({ method: "PUT" })];
  },
);
