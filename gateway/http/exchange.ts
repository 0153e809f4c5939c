/** One request on its way through the transport: what every route is given. */
import type { IncomingMessage } from "node:http";
import type { Log } from "../../platform/log.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Reply } from "./reply.ts";
import type { RequestOrigin } from "./request-context.ts";
import type { RequestRecord } from "./request-log.ts";

export type Exchange = {
  readonly request: IncomingMessage;
  /** What follows `?` in the URL. */
  readonly search: string;
  readonly origin: RequestOrigin;
  readonly deadlineMs: number;
  readonly lifetime: Lifetime;
  readonly record: RequestRecord;
  /** Writes the request's id with every line. */
  readonly log: Log;
};

/** Never rejects: errors are replies too. */
export type Route = (exchange: Exchange) => Promise<Reply>;
