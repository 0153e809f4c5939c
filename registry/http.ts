/**
 * The registry over HTTP, made for curl: an SDL is the body as it is, answers are JSON.
 * `authorization: Bearer …` on every request. docs/registry.md lists the routes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../platform/listen.ts";
import type { Log } from "../platform/log.ts";
import { mayReadSdls, type SdlReaders } from "./access.ts";
import { bodies, readJson, share } from "./bodies.ts";
import type { Actor, Credentials } from "./credentials.ts";
import { RegistryError, registryErrors } from "./errors.ts";
import { currentVariant } from "./launching.ts";
import type { Registry } from "./registry.ts";
import type { Submission } from "./examine.ts";

export type RegistryServerDeps = {
  readonly registry: Registry;
  readonly credentials: Credentials;
  readonly log: Log;
  /** Default: agencies, and operators. */
  readonly sdlReaders?: SdlReaders;
};

export type RunningRegistry = { readonly url: string; readonly stop: () => Promise<void> };

type Asked = {
  readonly actor: Actor;
  readonly parameters: URLSearchParams;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};
type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, an object as JSON. */
  readonly body: string | object;
};

const maxBodyBytes = 4 * 1024 * 1024;
const ok = (body: object): Answer => ({ status: 200, body });

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes)
      throw new RegistryError("BODY_TOO_LARGE", `The body is over ${maxBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function submissionOf({ parameters, body }: Asked): Submission {
  const subgraph = parameters.get("subgraph");
  if (!subgraph || body.trim() === "")
    throw new RegistryError(
      "BAD_REQUEST",
      "Send the SDL as the body and the name as ?subgraph=NAME: curl --data-binary @schema.graphql …",
    );
  const routingUrl = parameters.get("routingUrl");
  return { subgraph, sdl: body, ...(routingUrl ? { routingUrl } : {}) };
}

function shareOf(text: string): number {
  const parsed = share.safeParse(Number(text || "0"));
  if (parsed.success) return parsed.data;
  throw new RegistryError(
    "BAD_REQUEST",
    "candidate=SHARE is the percent of the clients, 0 to 100; 0 serves marked requests alone.",
  );
}

function needs(actor: Actor, ...kinds: readonly Actor["kind"][]): void {
  if (kinds.includes(actor.kind)) return;
  throw new RegistryError("NOT_ALLOWED", `This is for: ${kinds.join(", ")}.`);
}

type Route = (asked: Asked) => Promise<Answer>;

function createRoutes(deps: RegistryServerDeps): Readonly<Record<string, Route>> {
  const { registry, credentials, sdlReaders = "agencies" } = deps;
  return {
    async "POST /check"(asked) {
      const { ok: passes, findings } = await registry.check(asked.actor, submissionOf(asked));
      return {
        status: passes ? 200 : registryErrors.CHECKS_FAILED,
        body: { ok: passes, findings },
      };
    },
    async "POST /publish"(asked) {
      const { actor, parameters } = asked;
      const wanted = parameters.get("candidate");
      const published =
        wanted === null
          ? await registry.publish(actor, submissionOf(asked))
          : await registry.publishCandidate(actor, submissionOf(asked), shareOf(wanted));
      const status = published.kind === "refused" ? registryErrors.CHECKS_FAILED : 200;
      return { status, body: published };
    },
    async "POST /rollback"({ actor, body }) {
      return ok(await registry.rollback(actor, readJson(bodies.rollback, body).to));
    },
    async "GET /launches"({ parameters }) {
      const variant = parameters.get("variant") ?? currentVariant;
      return ok({ launches: await registry.launches(variant, 50) });
    },
    async "GET /contracts"() {
      return ok({ contracts: await registry.contracts() });
    },
    async "POST /contracts"({ actor, body }) {
      needs(actor, "operator");
      const { force, ...contract } = readJson(bodies.contract, body);
      const set = await registry.setContract(actor, contract, { force });
      return { status: set.kind === "refused" ? registryErrors.CHECKS_FAILED : 200, body: set };
    },
    async "POST /contracts/remove"({ actor, body }) {
      needs(actor, "operator");
      const { name } = readJson(bodies.contractRemoval, body);
      await registry.removeContract(actor, name);
      return ok({ name, removed: true });
    },
    async "GET /supergraph"({ actor, parameters, headers }) {
      needs(actor, "gateway", "operator");
      const variant = parameters.get("variant") ?? currentVariant;
      const { supergraph, sha256, signature, launch } = await registry.supergraph(variant);
      const etag = `"${launch}-${sha256}"`;
      const told = {
        etag,
        "city-graph-launch": `${launch}`,
        "city-graph-signature": signature,
        "content-type": "application/graphql; charset=utf-8",
      };
      if (headers["if-none-match"] === etag) return { status: 304, headers: told, body: "" };
      return { status: 200, headers: told, body: supergraph };
    },
    async "GET /candidate"({ actor, parameters, headers }) {
      needs(actor, "gateway", "operator");
      const variant = parameters.get("variant") ?? currentVariant;
      const live = (await registry.liveSha256(variant)) ?? "";
      const found = await registry.candidateOf(variant);
      // So that a gateway knows what to wait for before it lets an ended one go.
      if (!found) return { status: 204, headers: { "city-graph-live": live }, body: "" };
      const etag = `"${found.candidate}-${found.share}"`;
      const told = {
        etag,
        "city-graph-candidate": `${found.candidate}`,
        "city-graph-share": `${found.share}`,
        "city-graph-signature": found.signature,
        "content-type": "application/graphql; charset=utf-8",
      };
      if (headers["if-none-match"] === etag) return { status: 304, headers: told, body: "" };
      return { status: 200, headers: told, body: found.supergraph };
    },
    async "GET /canary"() {
      return ok((await registry.standing()) ?? { candidate: null });
    },
    async "POST /canary/share"({ actor, body }) {
      const given = readJson(bodies.share, body);
      await registry.setShare(actor, given.share);
      return ok(given);
    },
    async "POST /canary/promote"({ actor }) {
      const published = await registry.promote(actor);
      const status = published.kind === "refused" ? registryErrors.CHECKS_FAILED : 200;
      return { status, body: published };
    },
    async "POST /canary/withdraw"({ actor, body }) {
      const { reason } = readJson(bodies.withdrawal, body);
      await registry.withdraw(actor, reason);
      return ok({ withdrawn: true, reason });
    },
    async "POST /canary/report"({ actor, body }) {
      needs(actor, "gateway");
      const { candidate, candidateLane, ...lanes } = readJson(bodies.canary, body);
      await registry.report(candidate, { ...lanes, candidate: candidateLane });
      return ok({ recorded: true });
    },
    async "POST /usage"({ actor, body }) {
      needs(actor, "gateway");
      await registry.recordUsage(readJson(bodies.usage, body).operations);
      return ok({ recorded: true });
    },
    async "GET /subgraphs/sdl"({ actor, headers }) {
      mayReadSdls(actor, sdlReaders);
      const known = /^"(\d+)"$/.exec(headers["if-none-match"] ?? "")?.[1];
      const { launch, subgraphs } = await registry.liveSdls(
        actor,
        known ? Number(known) : undefined,
      );
      const told = { etag: `"${launch}"` };
      if (!subgraphs) return { status: 304, headers: told, body: "" };
      return { status: 200, headers: told, body: { launch, subgraphs } };
    },
    async "POST /subgraphs"({ actor, body }) {
      needs(actor, "operator");
      const subgraph = readJson(bodies.subgraph, body);
      await registry.register(subgraph);
      return ok(subgraph);
    },
    async "POST /consents"({ actor, body }) {
      const { grantedBy, ...given } = readJson(bodies.consent, body);
      await registry.consent(actor, { ...given, ...(grantedBy ? { grantedBy } : {}) });
      return ok(given);
    },
    async "POST /credentials"({ actor, body }) {
      needs(actor, "operator");
      return ok(await credentials.issue(readJson(bodies.credential, body)));
    },
    async "POST /credentials/rotate"({ actor, body }) {
      needs(actor, "operator");
      const { id, graceHours } = readJson(bodies.rotation, body);
      return ok(await credentials.rotate(id, graceHours));
    },
    async "POST /credentials/revoke"({ actor, body }) {
      needs(actor, "operator");
      const { id } = readJson(bodies.revocation, body);
      await credentials.revoke(id);
      return ok({ id, revoked: true });
    },
  };
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(typeof body === "string" ? body : `${JSON.stringify(body, null, 2)}\n`);
}

/** Resolves when it listens. @throws PortTakenError */
export async function serveRegistry(
  deps: RegistryServerDeps,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningRegistry> {
  const routes = createRoutes(deps);
  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname: path, searchParams: parameters } = new URL(
      request.url ?? "/",
      "http://registry",
    );
    if (path === "/health") return ok({ status: "alive" });
    const key = `${request.method} ${path}`;
    const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
    if (!route)
      throw new RegistryError("NOT_FOUND", `There are: ${Object.keys(routes).join(", ")}.`);
    const { headers } = request;
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    const actor = await deps.credentials.identify(token);
    return route({ actor, parameters, path, headers, body: await readBody(request) });
  }
  const server = createServer((request, response) => {
    answer(request).then(
      (answered) => write(response, answered),
      (error: unknown) => {
        const isKnown = error instanceof RegistryError;
        if (!isKnown) deps.log.error({ err: error }, "request failed");
        const code = isKnown ? error.code : "INTERNAL_SERVER_ERROR";
        const message = isKnown ? error.message : "Something went wrong; the log says what.";
        const status = isKnown ? registryErrors[error.code] : 500;
        write(response, { status, body: { error: { code, message } } });
      },
    );
  });
  const bound = await listen(server, { host, port, portSetting: "REGISTRY_PORT" });
  return {
    url: `http://${host}:${bound}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    },
  };
}
