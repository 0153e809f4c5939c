/** RFC 9110 section 12.5.3: an answer is coded only as it was asked for, and unfolds to the same JSON. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { type Check, failed, passed } from "../check.ts";
import type { Exchange } from "../exchange.ts";

const unfold: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

const codingOf = ({ headers }: Exchange): string => headers["content-encoding"] ?? "identity";

function isJson(coding: string, body: Buffer): boolean {
  try {
    const bytes = unfold[coding]?.(body);
    return bytes !== undefined && typeof JSON.parse(bytes.toString("utf8")) === "object";
  } catch {
    return false;
  }
}

export const compression: Check = {
  name: "compression",
  rule: "`accept-encoding: identity` gets plain JSON; a coding is used only when it was asked for, and is undamaged.",
  async run({ ask, sdl }) {
    // The SDL is long enough for servers that leave short answers alone.
    const query = sdl === undefined ? "{ __typename }" : "{ _service { sdl } __typename }";
    const codings: string[] = [];
    for (const accepted of ["identity", "gzip", "zstd, br, gzip"]) {
      const answer = await ask({ query, headers: { "accept-encoding": accepted } });
      const coding = codingOf(answer);
      const isAsked = coding === "identity" || accepted.split(", ").includes(coding);
      if (isAsked && isJson(coding, answer.body)) {
        codings.push(coding);
        continue;
      }
      return failed(
        `\`accept-encoding: ${accepted}\` got ${isAsked ? "a damaged body" : "another coding"} (${coding})`,
        "Compress only as `accept-encoding` says, and name the coding in `content-encoding`; not to compress at all is right too.",
      );
    }
    return passed(codings.join(", "));
  },
};
