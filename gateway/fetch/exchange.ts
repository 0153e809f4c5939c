/**
 * One HTTP exchange on a dispatcher: request bytes → answer bytes, collected by a hand-written
 * handler, because a stream per answer costs more than the answer. Ends early at the deadline, when
 * the signal is aborted (the connection's stream is reset then, so the subgraph learns of it) and
 * when the answer is larger than allowed.
 */
import type { Dispatcher } from "undici";

export type ExchangeRequest = {
  readonly path: string;
  /** name, value, name, value, … */
  readonly headers: string[];
  readonly body: Buffer;
  /** May be sent while the connection waits for an earlier answer (pipelining). */
  readonly idempotent: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Of the answer on the wire. */
  readonly maxBytes: number;
};

export type ExchangeAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

/** Why an exchange was ended by us; other errors are the connection's. */
export class ExchangeEnded extends Error {
  override readonly name = "ExchangeEnded";
  readonly reason: "late" | "left" | "too-large";
  constructor(reason: ExchangeEnded["reason"]) {
    super(
      {
        late: "The deadline has passed.",
        left: "Nobody waits for the answer any more.",
        "too-large": "The answer is larger than allowed.",
      }[reason],
    );
    this.reason = reason;
  }
}

/** @throws ExchangeEnded, or the connection's error. */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
): Promise<ExchangeAnswer> {
  const { signal, maxBytes, timeoutMs, idempotent } = request;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ExchangeEnded("left"));
    let controller: Dispatcher.DispatchController | undefined;
    let ended: ExchangeEnded | undefined;
    let status = 0;
    let headers: ExchangeAnswer["headers"] = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const timer = setTimeout(() => end("late"), timeoutMs);
    const onAbort = () => end("left");
    signal.addEventListener("abort", onAbort);

    function settle(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
    function end(reason: ExchangeEnded["reason"]): void {
      if (ended) return;
      ended = new ExchangeEnded(reason);
      settle();
      reject(ended);
      controller?.abort(ended);
    }

    dispatcher.dispatch(
      {
        method: "POST",
        path: request.path,
        headers: request.headers,
        body: request.body,
        idempotent,
        blocking: !idempotent,
      },
      {
        // Called when the request is about to be written: it may have waited for a connection.
        onRequestStart(given) {
          controller = given;
          if (ended) given.abort(ended);
        },
        onResponseStart(_controller, statusCode, given) {
          status = statusCode;
          headers = given;
          if (Number(given["content-length"]) > maxBytes) end("too-large");
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > maxBytes) end("too-large");
          else chunks.push(chunk);
        },
        onResponseEnd() {
          settle();
          const [first] = chunks;
          const body = chunks.length === 1 && first ? first : Buffer.concat(chunks, size);
          resolve({ status, headers, body });
        },
        onResponseError(_controller, error) {
          settle();
          reject(ended ?? error);
        },
      },
    );
  });
}
