/**
 * What a client says when its WebSocket begins: `connection_init`'s payload stands for the headers that a browser
 * cannot set. Names are read without regard to case; the values are bounded where they are used.
 */
import { previewHeader } from "../canary/routing.ts";
import type { IncomingHttpHeaders } from "node:http";

export type InitMessage = {
  readonly authorization: string | undefined;
  /** The upgrade's, and over them what the payload says of the client, and of the candidate that it asks for. */
  readonly headers: IncomingHttpHeaders;
};

export function initMessage(payload: unknown, upgrade: IncomingHttpHeaders): InitMessage {
  const texts = Object.entries(Object(payload) as Record<string, unknown>).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const given = new Map(texts.map(([name, value]) => [name.toLowerCase(), value]));
  const isOfClient = (name: string) =>
    /^(apollographql|graphql)-client-/.test(name) || name === previewHeader;
  const client = [...given].filter(([name]) => isOfClient(name));
  return {
    authorization: given.get("authorization") ?? upgrade.authorization,
    headers: { ...upgrade, ...Object.fromEntries(client) },
  };
}
