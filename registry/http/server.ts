/**
 * The registry over HTTP: finds the route, tells who asks, answers, and turns errors into answers.
 * Plain JSON both ways, so that curl is enough; `/health` alone needs no credential.
 */
import type { KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../../platform/listen.ts";
import type { Log } from "../../platform/log.ts";
import type { Actor } from "../actor.ts";
import { audit } from "../audit.ts";
import { RegistryError, statusOf } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { type Answer, createRoutes, type Route } from "./routes.ts";

export type RegistryServerDeps = {
  readonly registry: Registry;
  readonly signingKey: KeyObject;
  readonly log: Log;
};

export type RunningRegistry = { readonly url: string; readonly stop: () => Promise<void> };

type Found = { readonly route: Route; readonly at: Readonly<Record<string, string>> };

function match(route: Route, path: string): Found["at"] | undefined {
  const [pattern, parts] = [route.path.split("/"), path.split("/")];
  if (pattern.length !== parts.length) return undefined;
  const at: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (expected.startsWith(":")) at[expected.slice(1)] = part;
    else if (expected !== part) return undefined;
  }
  return at;
}

/** @throws RegistryError NOT_FOUND, METHOD_NOT_ALLOWED */
function find(routes: readonly Route[], method: string, path: string): Found {
  const there = routes.flatMap((route) => {
    const at = match(route, path);
    return at ? [{ route, at }] : [];
  });
  const found = there.find(({ route }) => route.method === method);
  if (found) return found;
  if (there.length === 0) throw new RegistryError("NOT_FOUND", `The registry has no "${path}".`);
  const methods = there.map(({ route }) => route.method).join(", ");
  throw new RegistryError("METHOD_NOT_ALLOWED", `"${path}" takes ${methods}, not ${method}.`);
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,500})$/i.exec(headers.authorization ?? "")?.[1];
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const isText = typeof body === "string";
  const type = isText ? "application/graphql; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, {
    "cache-control": "no-store",
    ...(body === undefined ? {} : { "content-type": type }),
    ...headers,
  });
  response.end(isText || body === undefined ? body : `${JSON.stringify(body, undefined, 2)}\n`);
}

function toAnswer(error: unknown, log: Log): Answer {
  if (error instanceof RegistryError) {
    const { code, message, problems } = error;
    return {
      status: statusOf[code],
      body: { error: { code, message }, ...(problems.length > 0 ? { problems } : {}) },
    };
  }
  log.error({ err: error }, "a request failed");
  const message = "The registry failed; nothing was changed. Its operator finds why in its log.";
  return { status: 500, body: { error: { code: "INTERNAL_SERVER_ERROR", message } } };
}

const answerTimeoutMs = 60_000;

/** @param options `port` 0: a free one. @throws PortTakenError */
export async function serveRegistry(
  deps: RegistryServerDeps,
  options: { readonly host: string; readonly port: number },
): Promise<RunningRegistry> {
  const { registry, signingKey, log } = deps;
  const routes = createRoutes(registry, signingKey);

  /** What somebody known was refused is worth a line in the audit trail. */
  async function noteRefusal(actor: Actor, path: string, error: unknown): Promise<void> {
    if (!(error instanceof RegistryError) || error.code !== "FORBIDDEN") return;
    const at = new Date(registry.clock());
    await audit(registry.db, { actor, action: "ACCESS_REFUSED", subject: path.slice(0, 300), at });
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://registry");
    if (path === "/health") return { status: 200, body: { status: "ok" } };
    const actor = await registry.credentials.authenticate(bearerOf(request));
    const { route, at } = find(routes, request.method ?? "", path);
    try {
      return await route.handle({ request, actor, at, query });
    } catch (error) {
      await noteRefusal(actor, path, error);
      throw error;
    }
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => toAnswer(error, log))
      .then((result) => send(response, result))
      .catch((error: unknown) => {
        log.error({ err: error }, "an answer could not be sent");
        response.destroy();
      });
  });
  server.requestTimeout = answerTimeoutMs;
  const { host, port } = options;
  const taken = await listen(server, { host, port, portSetting: "PORT" });
  return {
    url: `http://${host}:${taken}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}
