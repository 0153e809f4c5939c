/**
 * One HTTP exchange: request bytes → answer bytes, whatever carries them. Here is what all carriers
 * share: the answer is collected (a stream per answer would cost more than the answer), and the
 * exchange ends early at its deadline, when the signal is aborted and when the answer is larger than
 * allowed; the carrier then ends its side, so that the subgraph learns of it.
 */
export type ExchangeRequest = {
  readonly path: string;
  /** name, value, name, value, … in lower case. */
  readonly headers: string[];
  readonly body: Buffer;
  /** May be sent while the connection waits for an earlier answer (pipelining). */
  readonly idempotent: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Of the answer on the wire. */
  readonly maxBytes: number;
  /** Shared by all exchanges with a subgraph. */
  readonly memory: Memory;
};

/** What answers that are coming in take up together. */
export type Memory = { takenBytes: number; readonly maxBytes: number };

export type ExchangeHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type ExchangeAnswer = {
  readonly status: number;
  readonly headers: ExchangeHeaders;
  readonly body: Buffer;
};

/** @throws ExchangeEnded, or the connection's error. */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>;

const words = {
  late: "The deadline has passed.",
  left: "Nobody waits for the answer any more.",
  "too-large": "The answer is larger than allowed.",
  crowded: "Answers of this subgraph take up all the memory that it is allowed.",
} as const;

export type EndReason = keyof typeof words;

/** Why an exchange was ended by us; other errors are the connection's. */
export class ExchangeEnded extends Error {
  override readonly name = "ExchangeEnded";
  readonly reason: EndReason;
  constructor(reason: EndReason) {
    super(words[reason]);
    this.reason = reason;
  }
}

/** What a carrier tells as it comes in. After `fail`, `end` or an early end, all of it is ignored. */
export type Collector = {
  /** Set when the exchange was ended early: a carrier that has not begun need not begin. */
  readonly endedEarly: () => ExchangeEnded | undefined;
  readonly head: (status: number, headers: ExchangeHeaders) => void;
  readonly data: (chunk: Buffer) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
};

/** @param carry Sends the request, and returns how to give it up. */
export function collect(
  { signal, maxBytes, timeoutMs, memory }: ExchangeRequest,
  carry: (collector: Collector) => (reason: ExchangeEnded) => void,
): Promise<ExchangeAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ExchangeEnded("left"));
    let settled = false;
    let early: ExchangeEnded | undefined;
    let giveUp: ((reason: ExchangeEnded) => void) | undefined;
    let status = 0;
    let headers: ExchangeHeaders = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const timer = setTimeout(() => endEarly("late"), timeoutMs);
    const onAbort = () => endEarly("left");
    signal.addEventListener("abort", onAbort);

    function settle(): boolean {
      if (settled) return false;
      settled = true;
      memory.takenBytes -= size;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      return true;
    }
    function endEarly(reason: EndReason): void {
      if (!settle()) return;
      early = new ExchangeEnded(reason);
      reject(early);
      giveUp?.(early);
    }

    const collector: Collector = {
      endedEarly: () => early,
      head(given, fields) {
        status = given;
        headers = fields;
        if (Number(fields["content-length"]) > maxBytes) endEarly("too-large");
      },
      data(chunk) {
        if (settled) return;
        size += chunk.length;
        memory.takenBytes += chunk.length;
        if (size > maxBytes) endEarly("too-large");
        else if (memory.takenBytes > memory.maxBytes) endEarly("crowded");
        else chunks.push(chunk);
      },
      end() {
        if (!settle()) return;
        const [first] = chunks;
        const body = chunks.length === 1 && first ? first : Buffer.concat(chunks, size);
        resolve({ status, headers, body });
      },
      fail(error) {
        if (settle()) reject(error);
      },
    };
    try {
      giveUp = carry(collector);
    } catch (error) {
      collector.fail(error as Error);
    }
  });
}
