/**
 * Undoes the content codings of an answer: gzip (RFC 1952), deflate, br (RFC 7932), zstd (RFC 8878).
 * The limit holds for what comes out, so a few bytes that unfold to gigabytes are refused after the
 * limit's worth of work, and never on the main thread.
 */
import { promisify } from "node:util";
import {
  brotliDecompress,
  brotliDecompressSync,
  constants,
  gunzip,
  gunzipSync,
  inflate,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from "node:zlib";
import { ExchangeEnded } from "./exchange.ts";

type Limit = { readonly maxOutputLength: number };
type Decoder = {
  readonly now: (bytes: Buffer, limit: Limit) => Buffer;
  readonly later: (bytes: Buffer, limit: Limit) => Promise<Buffer>;
};

/** A frame may demand its window from us: RFC 9659 allows 8 MB for this content coding, not zstd's 128. */
const zstdWindow = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };
const laterZstd = promisify(zstdDecompress);

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: { now: gunzipSync, later: promisify(gunzip) },
  deflate: { now: inflateSync, later: promisify(inflate) },
  br: { now: brotliDecompressSync, later: promisify(brotliDecompress) },
  zstd: {
    now: (bytes, limit) => zstdDecompressSync(bytes, { ...limit, ...zstdWindow }),
    later: (bytes, limit) => laterZstd(bytes, { ...limit, ...zstdWindow }),
  },
};
const aliases: Readonly<Record<string, string>> = { "x-gzip": "gzip", identity: "" };

/** What a request asks for when compression is on, the cheapest to undo first. */
export const acceptedCodings = "zstd, br, gzip";

/** Up to here decoding at once is cheaper than the way to a thread and back. */
const maxBytesAtOnce = 16 * 1024;
const maxOutputAtOnce = 256 * 1024;

export class UnknownCoding extends Error {
  override readonly name = "UnknownCoding";
}

const isTooLarge = (error: unknown) =>
  (error as { code?: unknown } | null)?.code === "ERR_BUFFER_TOO_LARGE";

async function decodeOne(decoder: Decoder, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    if (bytes.length <= maxBytesAtOnce) {
      try {
        return decoder.now(bytes, { maxOutputLength: Math.min(maxBytes, maxOutputAtOnce) });
      } catch (error) {
        if (!isTooLarge(error) || maxBytes <= maxOutputAtOnce) throw error;
      }
    }
    return await decoder.later(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw isTooLarge(error) ? new ExchangeEnded("too-large") : error;
  }
}

/**
 * @param codings The `content-encoding` header. More than two codings are refused: nobody needs them.
 * @throws ExchangeEnded "too-large", UnknownCoding, or the decoder's error for damaged bytes.
 */
export async function decodeBody(
  bytes: Buffer,
  codings: string,
  maxBytes: number,
): Promise<Buffer> {
  const names = codings
    .toLowerCase()
    .split(",")
    .map((part) => part.trim())
    .map((name) => aliases[name] ?? name)
    .filter(Boolean);
  if (names.length > 2) throw new UnknownCoding("More than two content codings.");
  let decoded = bytes;
  // RFC 9110 section 8.4: listed in the order in which they were applied.
  for (const name of names.toReversed()) {
    const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
    if (!decoder) throw new UnknownCoding("A content coding that was not asked for.");
    decoded = await decodeOne(decoder, decoded, maxBytes);
  }
  return decoded;
}
