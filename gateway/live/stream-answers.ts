/**
 * Answers as a stream over one HTTP response, by one of carriers.ts: a subscription's answers until it ends,
 * or the one answer of a query or mutation.
 */
import { httpStatusOf } from "../errors.ts";
import type { ExecuteRequest } from "../http/graphql-request.ts";
import type { Reply } from "../http/reply.ts";
import type { Carrier } from "./carriers.ts";
import type { LiveAnswers, LiveMessage, LiveRequest } from "./live-answers.ts";
import type { GraphQLError } from "graphql";

export type StreamAnswersDeps = {
  readonly answers: LiveAnswers;
  readonly execute: ExecuteRequest;
};

export type StreamRequest = LiveRequest & {
  readonly method: "GET" | "POST";
  readonly carrier: Carrier;
  /** From here on the request has no deadline. */
  readonly endless: () => void;
  /** Whether the client takes nothing but the stream. */
  readonly isOnly: boolean;
};

/** Undefined: better answered without a stream. */
export type StreamAnswers = (asked: StreamRequest) => Promise<Reply | undefined>;

/** What was not admitted, as an ordinary reply. */
export function refusedReply(error: GraphQLError): Reply {
  const code = String(error.extensions["code"]);
  return {
    httpStatus: httpStatusOf(code),
    headers: { "content-type": "application/graphql-response+json; charset=utf-8" },
    body: JSON.stringify({ errors: [error] }),
    outcome: "refused",
    errorCodes: [code],
  };
}

async function* carried(
  messages: AsyncIterable<LiveMessage>,
  carrier: Carrier,
): AsyncGenerator<string, void, undefined> {
  if (carrier.begin) yield carrier.begin;
  for await (const message of messages) yield carrier.write(message);
  yield carrier.end;
}

async function* one(body: string | Buffer): AsyncGenerator<LiveMessage, void, undefined> {
  yield { kind: "response", body: Buffer.from(body) };
}

/** @throws Refusal TOO_MANY_SUBSCRIPTIONS. */
export function createStreamAnswers({ answers, execute }: StreamAnswersDeps): StreamAnswers {
  return async (asked) => {
    const { request, context, method, carrier, endless, isOnly } = asked;
    const { operationName: name } = request;
    const reply = (messages: AsyncIterable<LiveMessage>): Reply => ({
      httpStatus: 200,
      headers: carrier.headers,
      body: "",
      stream: carried(messages, carrier),
      heartbeat: carrier.heartbeat,
      outcome: "ok",
      errorCodes: [],
      ...(name === undefined ? {} : { operationName: name }),
    });
    const answer = await answers(asked);
    switch (answer.kind) {
      case "refused":
        return refusedReply(answer.error);
      case "subscription":
        endless();
        return reply(answer.messages);
      case "other": {
        if (!isOnly && !carrier.carriesAll) return undefined;
        const { body, outcome, errorCodes } = await execute(request, context, { method });
        return { ...reply(one(body)), outcome, errorCodes };
      }
      default:
        return answer satisfies never;
    }
  };
}
