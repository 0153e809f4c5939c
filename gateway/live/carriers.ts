/**
 * The two ways in which one HTTP response carries a subscription: server-sent events (graphql-sse, distinct
 * connections mode) and `multipart/mixed; subscriptionSpec=1.0` (Apollo's). Each writes the same messages.
 */
import { heartbeatPart, multipart } from "./multipart.ts";
import { completeEvent, heartbeat, nextEvent } from "./sse.ts";
import type { LiveMessage } from "./live-answers.ts";

export type Carrier = {
  readonly headers: Readonly<Record<string, string>>;
  readonly begin: string;
  readonly write: (message: LiveMessage) => string;
  readonly heartbeat: string;
  readonly end: string;
  /** Whether queries and mutations travel by it too, where the client would take an ordinary answer. */
  readonly carriesAll: boolean;
};

const unbuffered = {
  "cache-control": "no-store",
  // Proxies of this kind would collect the events.
  "x-accel-buffering": "no",
} as const;

export const eventStream: Carrier = {
  headers: { "content-type": "text/event-stream; charset=utf-8", ...unbuffered },
  begin: "",
  write: (message) =>
    nextEvent(
      message.kind === "response" ? message.body : JSON.stringify({ errors: message.errors }),
    ),
  heartbeat,
  end: completeEvent,
  carriesAll: true,
};

export const multipartStream: Carrier = {
  headers: {
    "content-type": 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
    ...unbuffered,
  },
  begin: multipart.begin,
  write: (message) =>
    multipart.part(
      message.kind === "response"
        ? `{"payload":${message.body.toString()}}`
        : JSON.stringify({ payload: null, errors: message.errors }),
    ),
  heartbeat: heartbeatPart,
  end: multipart.end,
  carriesAll: false,
};
