/** Server-sent events as graphql-sse writes them: "next" with a response, "complete" at the end. */
const newLine = /\r\n|\r|\n/;

/** JSON has no line breaks of its own, but what is passed on may be printed prettily. */
export function nextEvent(json: Buffer | string): string {
  const lines = json.toString().split(newLine);
  return `event: next\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

export const completeEvent = "event: complete\ndata:\n\n";

/** A comment: keeps proxies from taking the connection for dead. */
export const heartbeat = ":\n\n";
