/**
 * graphql-sse's single connection mode (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): a client
 * reserves a stream by PUT, opens it by GET, sends its operations by POST, each with an id, and ends one by
 * DELETE. All answers travel on the one stream, under their ids. A reservation lives in this process and
 * belongs to whoever made it. The next message is asked of an operation when the client has taken its last.
 */
import { randomBytes } from "node:crypto";
import type { ExecuteRequest, GraphQLRequest } from "../http/graphql-request.ts";
import type { Lifetime } from "../http/lifetime.ts";
import { Refusal } from "../http/refusal.ts";
import type { Reply } from "../http/reply.ts";
import { eventStream } from "./carriers.ts";
import type { LiveAnswers, LiveMessage, LiveRequest } from "./live-answers.ts";
import type { OpenSubscriptions } from "./open-subscriptions.ts";
import { operationEvent, operationCompleteEvent } from "./sse.ts";
import { refusedReply } from "./stream-answers.ts";

export type SingleConnectionDeps = {
  readonly answers: LiveAnswers;
  readonly execute: ExecuteRequest;
  /** Bounds the reservations, and those of one client. */
  readonly reservations: OpenSubscriptions;
};

export type SingleConnectionOptions = {
  /** A reservation that is not opened by then is forgotten. */
  readonly openWithinMs: number;
  /** Operations of one stream that are under way. */
  readonly maxOperations: number;
  /** Of a query or mutation. */
  readonly requestTimeoutMs: number;
};

type Stream = {
  readonly owner: string;
  readonly operations: Map<string, AbortController>;
  /** Resolves when the client has taken it. */
  readonly send: (event: string) => Promise<void>;
  /** @throws Refusal when it is open already. */
  readonly open: () => AsyncGenerator<string, void, undefined>;
  readonly end: () => void;
};

export type SingleConnections = {
  /** PUT. @returns the stream's token as text. @throws Refusal TOO_MANY_SUBSCRIPTIONS. */
  readonly reserve: (client: string) => Reply;
  /** GET. @throws Refusal NOT_FOUND, CONFLICT. */
  readonly open: (token: string, client: string, lifetime: Lifetime) => Reply;
  /** POST: 202, and the answers on the stream; what is not admitted is answered at once. */
  readonly operate: (token: string, client: string, asked: LiveRequest) => Promise<Reply>;
  /** DELETE. */
  readonly complete: (token: string, client: string, operationId: string | null) => Reply;
};

const conflict = (message: string) => new Refusal("STREAM_CONFLICT", message);

const plain = (httpStatus: number, body = ""): Reply => ({
  httpStatus,
  headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  body,
  outcome: "ok",
  errorCodes: [],
});

/** Messages wait here for the client; whoever sends waits with them. */
function createStream(owner: string, closing: AbortSignal, onEnd: () => void): Stream {
  const operations = new Map<string, AbortController>();
  const waiting: { readonly event: string; readonly taken: () => void }[] = [];
  let woken = Promise.withResolvers<void>();
  let isOpen = false;
  let isClosing = false;
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    woken.resolve();
    for (const { taken } of waiting.splice(0)) taken();
    for (const controller of operations.values()) controller.abort();
    onEnd();
  }

  async function* events(): AsyncGenerator<string, void, undefined> {
    try {
      // Some browsers do not take the response for begun before its first bytes.
      yield eventStream.heartbeat;
      while (!ended) {
        const next = waiting.shift();
        if (next) {
          yield next.event;
          next.taken();
        } else if (isClosing && operations.size === 0) {
          return;
        } else {
          woken = Promise.withResolvers();
          await woken.promise;
        }
      }
    } finally {
      end();
    }
  }
  // What its operations say last is sent before it ends.
  const close = () => {
    isClosing = true;
    if (isOpen) woken.resolve();
    else end();
  };
  closing.addEventListener("abort", close, { once: true });

  return {
    owner,
    operations,
    end,
    send(event) {
      if (ended) return Promise.resolve();
      return new Promise((taken) => {
        waiting.push({ event, taken });
        woken.resolve();
      });
    },
    open() {
      if (isOpen) throw conflict("This stream is open already: reserve another by PUT.");
      isOpen = true;
      return events();
    },
  };
}

export function createSingleConnections(
  { answers, execute, reservations }: SingleConnectionDeps,
  { openWithinMs, maxOperations, requestTimeoutMs }: SingleConnectionOptions,
): SingleConnections {
  const streams = new Map<string, { readonly stream: Stream; readonly unopened: NodeJS.Timeout }>();

  function find(token: string, client: string) {
    const found = streams.get(token);
    // Somebody else's does not exist.
    if (found?.stream.owner === client) return found;
    throw new Refusal("NOT_FOUND", "There is no such stream here: reserve one by PUT.");
  }

  async function pass(stream: Stream, id: string, messages: AsyncIterable<LiveMessage>) {
    for await (const message of messages) await stream.send(operationEvent(id, message));
    stream.operations.delete(id);
    await stream.send(operationCompleteEvent(id));
  }

  async function* executed(asked: LiveRequest): AsyncGenerator<LiveMessage, void, undefined> {
    const { body } = await execute(asked.request, asked.context, { method: "POST" });
    yield { kind: "response", body: Buffer.from(body) };
  }

  return {
    reserve(client) {
      const opened = reservations.open(client);
      const token = randomBytes(24).toString("base64url");
      const stream = createStream(client, opened.signal, () => {
        clearTimeout(unopened);
        streams.delete(token);
        opened.close();
      });
      const unopened = setTimeout(stream.end, openWithinMs).unref();
      streams.set(token, { stream, unopened });
      return plain(201, token);
    },
    open(token, client, { endless, signal }) {
      const { stream, unopened } = find(token, client);
      const { headers, heartbeat } = eventStream;
      const events = stream.open();
      clearTimeout(unopened);
      endless();
      // The client has hung up.
      signal().addEventListener("abort", stream.end, { once: true });
      return { ...plain(200), headers, stream: events, heartbeat };
    },
    async operate(token, client, asked) {
      const { stream } = find(token, client);
      const { operations } = stream;
      const id = operationIdOf(asked.request);
      if (operations.has(id)) throw conflict(`The operation "${id}" is under way already.`);
      if (operations.size >= maxOperations) {
        const message = `${maxOperations} operations are under way on this stream: end one first.`;
        throw new Refusal("TOO_MANY_SUBSCRIPTIONS", message, { headers: { "retry-after": "5" } });
      }
      const controller = new AbortController();
      operations.set(id, controller);
      // Not the POST's own life: its answer is sent before the operation ends.
      const own = { ...asked, context: { ...asked.context, signal: controller.signal } };
      try {
        const answer = await answers(own);
        if (answer.kind === "refused") {
          operations.delete(id);
          return refusedReply(answer.error);
        }
        const late = AbortSignal.timeout(requestTimeoutMs);
        const signal = AbortSignal.any([controller.signal, late]);
        const messages =
          answer.kind === "subscription"
            ? answer.messages
            : executed({ ...own, context: { ...own.context, signal } });
        pass(stream, id, messages).catch((error: unknown) => {
          asked.context.log.error({ err: error }, "an operation of a stream failed");
          stream.end();
        });
        return plain(202);
      } catch (error) {
        operations.delete(id);
        throw error;
      }
    },
    complete(token, client, operationId) {
      const { stream } = find(token, client);
      if (!operationId) {
        const message = "Say which operation is to end by the parameter operationId.";
        throw new Refusal("BAD_REQUEST", message);
      }
      stream.operations.get(operationId)?.abort();
      stream.operations.delete(operationId);
      return plain(200);
    },
  };
}

/** @throws Refusal BAD_REQUEST. */
function operationIdOf({ extensions }: GraphQLRequest): string {
  const id = extensions?.["operationId"];
  if (typeof id === "string" && id !== "" && id.length <= 128) return id;
  const message = "An operation on a stream needs extensions.operationId: 1 to 128 characters.";
  throw new Refusal("BAD_REQUEST", message);
}
