/**
 * A reply as data, and the one place that writes it to the socket: length, compression, request id,
 * and the end of the connection while draining.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { discardRest } from "./body.ts";
import { etagHeader } from "./answer-headers.ts";
import { chooseCoding, type Coding, compress } from "./compress.ts";
import type { Outcome } from "./graphql-request.ts";

export type Reply = {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Finished JSON text; empty for none. */
  readonly body: string | Buffer;
  /** Instead of a body: parts that are sent as they come, each when the client has taken those before. */
  readonly stream?: AsyncGenerator<string, void, undefined>;
  /** Of the stream: what is sent while there is nothing to send. Default: none. */
  readonly heartbeat?: string;
  readonly outcome: Outcome | "timeout" | "aborted";
  readonly errorCodes: readonly string[];
  readonly operationName?: string;
  /** Names the body, for a strong `ETag`. */
  readonly etag?: string;
  /** The body will be sent again: its compressed form is kept as long as it is. */
  readonly isKept?: boolean;
};

export type SendOptions = {
  readonly requestId: string;
  /** Smaller bodies are sent as they are: compressing them costs more than it saves. */
  readonly compressionThresholdBytes: number;
  /** Asked at the moment of sending. */
  readonly isDraining: () => boolean;
};

const kept = new WeakMap<Buffer, Map<Coding, Promise<Buffer>>>();

function compressed(plain: Buffer, coding: Coding, isKept: boolean): Promise<Buffer> {
  if (!isKept) return compress(plain, coding);
  const forms = kept.get(plain) ?? new Map<Coding, Promise<Buffer>>();
  kept.set(plain, forms);
  const form = forms.get(coding) ?? compress(plain, coding);
  forms.set(coding, form);
  return form;
}

/** Long silence looks like a dead connection to proxies, and to us: what cannot be written is noticed. */
const heartbeatMs = 12_000;

async function sendStream(
  response: ServerResponse,
  { httpStatus, headers, stream, heartbeat = "" }: Reply & Required<Pick<Reply, "stream">>,
  { requestId }: SendOptions,
): Promise<void> {
  response.writeHead(httpStatus, {
    ...headers,
    "x-request-id": requestId,
    "x-content-type-options": "nosniff",
  });
  response.flushHeaders();
  const beat = setInterval(() => {
    if (heartbeat && !response.writableNeedDrain) response.write(heartbeat);
  }, heartbeatMs);
  const gone = new Promise<void>((resolve) => response.once("close", resolve));
  try {
    for await (const part of stream) {
      if (response.destroyed) break;
      if (!response.write(part))
        await Promise.race([gone, new Promise((drained) => response.once("drain", drained))]);
    }
  } finally {
    clearInterval(beat);
    response.end();
  }
}

export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  options: SendOptions,
): Promise<void> {
  const { stream } = reply;
  if (stream) return sendStream(response, { ...reply, stream }, options);
  const plain = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body;
  const isWorthIt = plain.length >= options.compressionThresholdBytes;
  const coding = isWorthIt ? chooseCoding(request.headers["accept-encoding"]) : undefined;
  const body = coding ? await compressed(plain, coding, reply.isKept === true) : plain;
  if (response.destroyed) return;
  discardRest(request);
  const hasBody = reply.httpStatus !== 204 && reply.httpStatus !== 304;
  response.writeHead(reply.httpStatus, {
    ...reply.headers,
    "x-request-id": options.requestId,
    "x-content-type-options": "nosniff",
    ...(coding ? { "content-encoding": coding } : {}),
    ...(reply.etag === undefined ? {} : { etag: etagHeader(reply.etag, coding) }),
    ...(hasBody ? { "content-length": String(body.length) } : {}),
    ...(options.isDraining() ? { connection: "close" } : {}),
  });
  response.end(body);
}

/** A reply outside GraphQL, of the probes. */
export function jsonReply(httpStatus: number, value: object): Reply {
  return {
    httpStatus,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: JSON.stringify(value),
    outcome: "ok",
    errorCodes: [],
  };
}
