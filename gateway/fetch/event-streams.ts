/**
 * Subscriptions at subgraphs: a POST that is answered by server-sent events (graphql-sse, distinct
 * connections mode; https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). Each event is a
 * result, "complete" is the end. The next event is read when the last one was taken: a slow client slows
 * its subgraph's socket down, and nothing piles up here.
 */
import { Agent, request } from "undici";
import { createParser } from "eventsource-parser";
import type { Clock } from "../../platform/clock.ts";
import type { RequestContext } from "../context.ts";
import { createCallHeaders } from "./call-headers.ts";
import { invalidAnswer, outOfOrder, unavailable } from "./failure.ts";
import { parseSubgraphResult } from "./parse-result.ts";
import { encodedPrincipal } from "./principal-header.ts";
import type { PrincipalView } from "./principal-view.ts";
import { SubgraphFailure, type SubgraphResult } from "./subgraph-fetch.ts";
import { parseSubgraphUrl } from "./subgraph-url.ts";

export type EventStreamsOptions = {
  readonly urlOf: (subgraph: string) => string | undefined;
  readonly signingKey: string | undefined;
  /** What each subgraph is told of who asks; default: everything. */
  readonly principalViewOf?: (subgraph: string) => PrincipalView;
  /** Of one event. */
  readonly maxEventBytes: number;
  /** Until the subgraph has begun to answer. */
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
};

export type EventStreams = {
  /**
   * @param body JSON of the request. The context's signal ends the stream, and the socket with it.
   * @throws SubgraphFailure when it cannot be opened, or ends without having been completed.
   */
  readonly open: (
    subgraph: string,
    body: string,
    context: RequestContext,
  ) => AsyncGenerator<SubgraphResult, void, undefined>;
  readonly close: () => Promise<void>;
};

type StreamEvent = { readonly event?: string | undefined; readonly data: string };

export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { urlOf, signingKey, maxEventBytes, connectTimeoutMs, clock } = options;
  // No limit of connections, and none of time between events: subscriptions have limits of their own.
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    bodyTimeout: 0,
    pipelining: 0,
  });
  const sockets = new Map<string, Agent>();
  const headersOf = new Map<string, ReturnType<typeof createCallHeaders>>();

  function agentOf(socketPath: string | undefined): Agent {
    if (socketPath === undefined) return agent;
    const known = sockets.get(socketPath) ?? new Agent({ connect: { socketPath }, bodyTimeout: 0 });
    sockets.set(socketPath, known);
    return known;
  }

  async function start(subgraph: string, text: string, context: RequestContext) {
    const url = urlOf(subgraph);
    if (!url) throw unavailable(subgraph);
    const { origin, path, socketPath } = parseSubgraphUrl(url);
    const headers =
      headersOf.get(subgraph) ??
      createCallHeaders({
        subgraph,
        signingKey,
        accept: "text/event-stream",
        codings: "identity",
        principalView: options.principalViewOf?.(subgraph) ?? encodedPrincipal,
        clock,
      });
    headersOf.set(subgraph, headers);
    const body = Buffer.from(text);
    const called = { path: path.split("?")[0] ?? "/", body };
    return request(origin + path, {
      method: "POST",
      headers: headers(called, context),
      body,
      signal: context.signal,
      headersTimeout: connectTimeoutMs,
      dispatcher: agentOf(socketPath),
    });
  }

  async function* read(subgraph: string, text: string, context: RequestContext) {
    const response = await start(subgraph, text, context).catch((error: unknown) => {
      throw error instanceof SubgraphFailure ? error : unavailable(subgraph, error);
    });
    const { statusCode: status, headers, body } = response;
    const contentType = String(headers["content-type"] ?? "");
    const answered = (bytes: Buffer): SubgraphResult =>
      parseSubgraphResult(subgraph, {
        status: 200,
        contentType: "application/json",
        cacheControl: undefined,
        age: undefined,
        retryAfter: undefined,
        body: bytes,
        durationMs: 0,
      });
    try {
      if (!contentType.startsWith("text/event-stream")) {
        // Refused before the stream began: the errors are in the body.
        if (status >= 500) throw outOfOrder(subgraph);
        yield answered(Buffer.from(await body.arrayBuffer()));
        return;
      }
      const events: StreamEvent[] = [];
      let waitingBytes = 0;
      const parser = createParser({ onEvent: (event) => void events.push(event) });
      const decoder = new TextDecoder();
      for await (const chunk of body as AsyncIterable<Buffer>) {
        waitingBytes += chunk.length;
        parser.feed(decoder.decode(chunk, { stream: true }));
        if (events.length > 0) waitingBytes = 0;
        if (waitingBytes > maxEventBytes)
          throw invalidAnswer(subgraph, "an event that is larger than what is taken from it");
        for (const { event, data } of events.splice(0)) {
          if (event === "complete") return;
          if (event === "next") yield answered(Buffer.from(data));
        }
      }
      throw unavailable(subgraph);
    } catch (error) {
      if (context.signal.aborted) return;
      throw error instanceof SubgraphFailure ? error : unavailable(subgraph, error);
    } finally {
      body.destroy();
    }
  }

  return {
    open: read,
    async close() {
      await Promise.all([agent, ...sockets.values()].map((one) => one.destroy()));
    },
  };
}
