/**
 * Errors of the transport as replies in the shape of a GraphQL response. What a Refusal says is meant
 * for the client, and so is an error with a code of our table (`graphError`) that the executor
 * throws. Of anything else the client learns nothing but that it happened.
 */
import { GraphQLError } from "graphql";
import type { Log } from "../../platform/log.ts";
import { type ErrorCode, errorCodes, httpStatusOf } from "../errors.ts";
import { ClientGone } from "./lifetime.ts";
import { type MediaType, mediaTypes } from "./negotiate.ts";
import { Refusal } from "./refusal.ts";
import type { Reply } from "./reply.ts";

const unforeseen = new Refusal(
  "INTERNAL_SERVER_ERROR",
  "Something went wrong in the gateway. Try again; if it stays, report it with the x-request-id of this response.",
);

function outcomeOf(refusal: Refusal): Reply["outcome"] {
  if (refusal.code === "REQUEST_TIMEOUT") return "timeout";
  return refusal === unforeseen ? "errors" : "refused";
}

/** RFC 9110 wants a header with each of these statuses. */
export const headersOfStatus: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "www-authenticate": "Bearer" },
  405: { allow: "POST" },
};

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const given = error instanceof GraphQLError ? error.extensions["code"] : undefined;
  if (typeof given !== "string" || !Object.hasOwn(errorCodes, given)) return unforeseen;
  const code = given as ErrorCode;
  if (code === unforeseen.code) return unforeseen;
  const headers = headersOfStatus[httpStatusOf(code)] ?? {};
  return new Refusal(code, (error as GraphQLError).message, { headers });
}

export function errorReply(
  error: unknown,
  log: Log,
  mediaType: MediaType = mediaTypes.json,
): Reply {
  if (error instanceof ClientGone) {
    // Nobody will read it: 499 is what proxies write into their logs for this.
    return { httpStatus: 499, headers: {}, body: "", outcome: "aborted", errorCodes: [] };
  }
  const refusal = toRefusal(error);
  if (refusal === unforeseen) log.error({ err: error }, "a request failed unforeseen");
  const { code, message, httpStatus, headers } = refusal;
  return {
    httpStatus,
    headers: {
      "content-type": `${mediaType}; charset=utf-8`,
      "cache-control": "no-store",
      ...headers,
    },
    body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
    outcome: outcomeOf(refusal),
    errorCodes: [code],
  };
}
