/**
 * The gateway's HTTP server on node:http: routes, limits against slow and large senders, one log line
 * a request, and a graceful end. What happens to a GraphQL request is in graphql-endpoint.ts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "../../platform/clock.ts";
import type { ExplainTo } from "./may-explain.ts";
import { listen, type ListenOptions } from "../../platform/listen.ts";
import type { Log } from "../../platform/log.ts";
import type { CorsOptions } from "./cors.ts";
import { createDrain, type Drain } from "./drain.ts";
import { errorReply } from "./error-response.ts";
import type { Route } from "./exchange.ts";
import { createGraphQLEndpoint, type EndpointDeps } from "./graphql-endpoint.ts";
import { openLifetime } from "./lifetime.ts";
import { createReadyRoute, health, type Readiness } from "./probes.ts";
import { Refusal } from "./refusal.ts";
import { send } from "./reply.ts";
import { readOrigin } from "./request-context.ts";
import { logWhenEnded } from "./request-log.ts";

/** Itself the GraphQL endpoint at `path`. */
export type HttpDeps = EndpointDeps & {
  /** Further GraphQL endpoints, by path. */
  readonly endpoints?: ReadonlyMap<string, EndpointDeps>;
  readonly ready: () => Promise<Readiness>;
  readonly log: Log;
  readonly clock: Clock;
  /** Makes an id of `[A-Za-z0-9_-]{8,64}`, for requests that bring none. */
  readonly newRequestId: () => string;
  /** For operators, by path. */
  readonly operatorRoutes?: ReadonlyMap<string, Route>;
};

export type HttpOptions = {
  /** Path of the GraphQL endpoint. Default: /graphql. */
  readonly path: string;
  /** Most bytes of a request body, decompressed. Default: 1 MiB. */
  readonly maxBodyBytes: number;
  /** Most bytes of a request's line and headers together; more is 431. Default: 16 KiB. */
  readonly maxHeaderBytes: number;
  /** From the arrival of the headers to the answer; then 504. Default: 10 000. */
  readonly requestTimeoutMs: number;
  /** A client that has not sent its headers by then is cut off. Default: 10 000. */
  readonly headersTimeoutMs: number;
  /** How long a connection may idle between requests; longer than load balancers do. Default: 65 000. */
  readonly keepAliveTimeoutMs: number;
  /** Responses from this size on are compressed. Default: 1 KiB. */
  readonly compressionThresholdBytes: number;
  /** See drain.ts. Default: 15 000. */
  readonly drainTimeoutMs: number;
  /** See drain.ts. Default: 250. */
  readonly idleLingerMs: number;
  readonly cors: Partial<CorsOptions>;
  /** Who is told how an answer came about, when they ask by header. Default: operators. */
  readonly explainTo: ExplainTo;
};

export const httpDefaults: HttpOptions = {
  path: "/graphql",
  maxBodyBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  requestTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  compressionThresholdBytes: 1024,
  drainTimeoutMs: 15_000,
  idleLingerMs: 250,
  cors: {},
  explainTo: "operators",
};

export type GatewayHttpServer = {
  readonly server: Server;
  /** Resolves to the port. @throws PortTakenError. */
  readonly start: (options: ListenOptions) => Promise<number>;
  readonly drain: Drain["drain"];
};

/** Extra time after our own answer is due, before node cuts a connection off. */
const slackMs = 30_000;

function createNodeServer(options: HttpOptions): Server {
  const { headersTimeoutMs, requestTimeoutMs } = options;
  const server = createServer({
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    // Bounds the arrival of a body that is being thrown away, too.
    requestTimeout: Math.max(headersTimeoutMs, requestTimeoutMs) + slackMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
    keepAliveTimeout: options.keepAliveTimeoutMs,
  });
  // A client that stops reading its response is cut off.
  server.timeout = requestTimeoutMs + slackMs;
  return server;
}

/** Path and query of a request target in origin form, or in absolute form as proxies send it. */
function splitTarget(target: string): readonly [path: string, search: string] {
  const url = target.startsWith("/") ? undefined : URL.parse(target);
  const local = url ? url.pathname + url.search : target;
  const mark = local.indexOf("?");
  return mark === -1 ? [local, ""] : [local.slice(0, mark), local.slice(mark + 1)];
}

/** @throws TypeError when `options.cors` is wrong. */
export function createHttpServer(
  deps: HttpDeps,
  given: Partial<HttpOptions> = {},
): GatewayHttpServer {
  const options: HttpOptions = { ...httpDefaults, ...given };
  const server = createNodeServer(options);
  const { isDraining, drain } = createDrain(server, options);
  const graphql = createGraphQLEndpoint(deps, options);
  const probes = new Map([
    ["/health", health],
    ["/ready", createReadyRoute(deps.ready, isDraining)],
    ...(deps.operatorRoutes ?? []),
  ]);
  const further = new Map(
    [...(deps.endpoints ?? [])].map(([path, endpoint]) => [
      path,
      createGraphQLEndpoint(endpoint, options),
    ]),
  );
  const notFound: Route = async ({ log }) => {
    const paths = [options.path, ...further.keys()].join(", ");
    const message = `There is nothing here: the graph is at ${paths}.`;
    return errorReply(new Refusal("NOT_FOUND", message), log);
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = readOrigin(request.headers, deps.newRequestId);
    const log = deps.log.child({ requestId: origin.requestId });
    const [path, search] = splitTarget(request.url ?? "/");
    const probe = probes.get(path);
    const route = probe ?? (path === options.path ? graphql : (further.get(path) ?? notFound));
    const { requestId } = origin;
    const level = probe ? "debug" : "info";
    const record = logWhenEnded(response, origin, { log: deps.log, clock: deps.clock, level });
    const lifetime = openLifetime(response, options.requestTimeoutMs);
    const deadlineMs = deps.clock() + options.requestTimeoutMs;
    record.reply = await route({ request, search, origin, deadlineMs, lifetime, record, log });
    const { compressionThresholdBytes } = options;
    const sending = { requestId, compressionThresholdBytes, isDraining };
    await send(request, response, record.reply, sending);
  }

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      // For example a header of the answer that HTTP does not allow.
      deps.log.error({ err: error }, "a response could not be sent");
      response.destroy();
    });
  });

  return { server, start: (listenOptions) => listen(server, listenOptions), drain };
}
