/**
 * One GraphQL endpoint for clients, over everything that carries operations: HTTP, event streams and
 * WebSockets. What answers is handed in; nothing here knows of supergraphs.
 */
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { keptByAsker } from "./http/answer-keeping.ts";
import type { CorsOptions } from "./http/cors.ts";
import type { Authenticate, EndpointDeps } from "./http/graphql-endpoint.ts";
import type { Serving } from "./canary/canary.ts";
import type { CandidateFor } from "./canary/routing.ts";
import {
  createOpenSubscriptions,
  type LastMessage,
  type SubscriptionLimits,
} from "./live/open-subscriptions.ts";
import { createSingleConnections } from "./live/single-connection.ts";
import { createStreamAnswers } from "./live/stream-answers.ts";
import { createWebSockets, type WebSockets } from "./live/web-socket.ts";

export type FrontDeps = {
  readonly serving: Serving;
  /** Undefined: there are no candidates. */
  readonly candidateFor?: CandidateFor | undefined;
  readonly authenticate: Authenticate;
  readonly newRequestId: () => string;
  readonly clock: Clock;
  readonly log: Log;
};

export type FrontOptions = {
  readonly path: string;
  readonly needsToken: boolean;
  readonly cors: Partial<CorsOptions>;
  readonly liveLimits: SubscriptionLimits;
  /** Whether several operations may share one event stream. */
  readonly hasSingle: boolean;
  readonly maxMessageBytes: number;
  readonly requestTimeoutMs: number;
};

export type Front = {
  readonly path: string;
  readonly endpoint: EndpointDeps;
  readonly webSockets: WebSockets;
  /** Open WebSockets and reserved streams. */
  readonly count: () => { readonly webSockets: number; readonly streams: number };
  /** Whoever is on a WebSocket is told to connect again. */
  readonly endSockets: (reason: LastMessage) => void;
  readonly endStreams: (reason: LastMessage) => void;
};

export function openFront(deps: FrontDeps, options: FrontOptions): Front {
  const { candidateFor, authenticate, newRequestId, clock, log } = deps;
  const { execute, deferred, answers } = deps.serving;
  const { path, needsToken, cors, liveLimits, requestTimeoutMs } = options;
  const maxOperations = liveLimits.perClient;
  const reservations = createOpenSubscriptions(liveLimits);
  const connections = createOpenSubscriptions(liveLimits);
  const single = createSingleConnections(
    { answers, execute, reservations },
    { openWithinMs: requestTimeoutMs, maxOperations, requestTimeoutMs },
  );
  return {
    path,
    endpoint: {
      execute: needsToken ? async (...asked) => keptByAsker(await execute(...asked)) : execute,
      stream: createStreamAnswers({ answers, execute }),
      ...(options.hasSingle ? { single } : {}),
      deferred,
      authenticate,
      needsToken,
      candidateFor,
    },
    webSockets: createWebSockets(
      {
        answers,
        execute,
        authenticate,
        needsToken,
        candidateFor,
        connections,
        newRequestId,
        clock,
        log,
      },
      { path, cors, maxMessageBytes: options.maxMessageBytes, maxOperations, requestTimeoutMs },
    ),
    count: () => ({ webSockets: connections.count(), streams: reservations.count() }),
    endSockets: connections.endAll,
    endStreams: reservations.endAll,
  };
}
