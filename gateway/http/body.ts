/**
 * The body of a POST: read up to a limit, decompressed up to the same limit, decoded as UTF-8.
 * In: a request whose body nobody has read; out: its text, or a Refusal. A body that is too large is
 * not kept: the rest of it is read and thrown away, so that the client sees the answer and the
 * connection can be used again.
 */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { Refusal } from "./refusal.ts";

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Codings of RFC 9110 section 8.4.1 and RFC 8878; `x-gzip` is the old name of gzip. */
const decompressors: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
  ["zstd", promisify(zstdDecompress)],
]);
const acceptedCodings = "gzip, deflate, br, zstd";

/** A client that goes on sending after it was refused is cut off after this many bytes more. */
const maxDiscardedBytes = 16 * 1024 * 1024;

const tooLarge = (maxBytes: number): Refusal =>
  new Refusal(
    "BODY_TOO_LARGE",
    `The request body is larger than ${maxBytes} bytes once decompressed, which is the most accepted. Send long lists in several requests.`,
  );

/** Lets the client finish what it sends, so that it can read the answer; nothing is kept. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  let discarded = 0;
  request.removeAllListeners("data");
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > maxDiscardedBytes) request.destroy();
  });
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      discardRest(request);
      reject(tooLarge(maxBytes));
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
  });
}

async function decompress(body: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  try {
    return (await decompressors.get(coding)?.(body, { maxOutputLength: maxBytes })) ?? body;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new Refusal(
      "BAD_REQUEST",
      `The request body is not valid ${coding}: it is damaged, cut short, or its content-encoding header is wrong.`,
    );
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new Refusal("BAD_REQUEST", "The request body is not valid UTF-8: encode it as UTF-8.");
  }
}

/** @throws Refusal: BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE for a coding, BAD_REQUEST for damage. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const coding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding !== "identity" && !decompressors.has(coding)) {
    throw new Refusal(
      "UNSUPPORTED_MEDIA_TYPE",
      `The content-encoding of the request is not supported: use one of ${acceptedCodings}, or none.`,
      { headers: { "accept-encoding": acceptedCodings } },
    );
  }
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = await collect(request, maxBytes);
  return decode(await decompress(body, coding, maxBytes));
}
