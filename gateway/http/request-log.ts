/**
 * One line per request, written when its response has ended or its client has gone. It holds no
 * header but the bounded ones, no query text, no variables, and nothing about the person.
 */
import type { ServerResponse } from "node:http";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { Reply } from "./reply.ts";
import type { RequestOrigin } from "./request-context.ts";

/** What becomes known while the request is answered. */
export type RequestRecord = {
  /** As the client asked; the reply's, which the executor found, goes before it. */
  operationName?: string | undefined;
  /** Number of the candidate that answers it instead of what is live. */
  candidate?: number;
  reply?: Reply;
};

/** A GraphQL name of sane length: anything else in its place is text of unknown content. */
const namePattern = /^[_A-Za-z][_0-9A-Za-z]{0,127}$/;

export function logWhenEnded(
  response: ServerResponse,
  origin: RequestOrigin,
  options: { readonly log: Log; readonly clock: Clock; readonly level: "info" | "debug" },
): RequestRecord {
  const { log, clock, level } = options;
  const startMs = clock();
  const record: RequestRecord = {};
  response.once("close", () => {
    const reply = response.writableFinished ? record.reply : undefined;
    const operationName = record.reply?.operationName ?? record.operationName;
    const { requestId, clientName, clientVersion } = origin;
    log[level](
      {
        requestId,
        clientName,
        clientVersion,
        operationName: namePattern.test(operationName ?? "") ? operationName : undefined,
        candidate: record.candidate,
        durationMs: clock() - startMs,
        httpStatus: reply?.httpStatus ?? 499,
        outcome: reply?.outcome ?? "aborted",
        errorCodes: reply?.errorCodes ?? [],
      },
      "request",
    );
  });
  return record;
}
