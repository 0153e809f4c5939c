/** Server-sent events as graphql-sse writes them: "next" with a response, "complete" at the end. */
import type { LiveMessage } from "./live-answers.ts";

const newLine = /\r\n|\r|\n/;

/** JSON has no line breaks of its own, but what is passed on may be printed prettily. */
export function nextEvent(json: Buffer | string): string {
  const lines = json.toString().split(newLine);
  return `event: next\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

export const completeEvent = "event: complete\ndata:\n\n";

/** A comment: keeps proxies from taking the connection for dead. */
export const heartbeat = ":\n\n";

/** Of one operation among several on a stream. */
export const operationEvent = (id: string, message: LiveMessage): string =>
  nextEvent(
    message.kind === "response"
      ? `{"id":${JSON.stringify(id)},"payload":${message.body.toString()}}`
      : JSON.stringify({ id, payload: { errors: message.errors } }),
  );

export const operationCompleteEvent = (id: string): string =>
  `event: complete\ndata: ${JSON.stringify({ id })}\n\n`;
