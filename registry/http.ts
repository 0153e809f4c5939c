/**
 * The registry over HTTP, made for curl: an SDL is the body as it is, answers are JSON.
 * `authorization: Bearer …` on every request. docs/registry.md lists the routes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import { listen } from "../platform/listen.ts";
import type { Log } from "../platform/log.ts";
import type { Actor, Credentials } from "./credentials.ts";
import { RegistryError, registryErrors } from "./errors.ts";
import { currentVariant } from "./launching.ts";
import type { Registry, Submission } from "./registry.ts";
import type { RegistryTables } from "./tables.ts";
import { recordUsage } from "./usage.ts";

export type RegistryServerDeps = {
  readonly registry: Registry;
  readonly credentials: Credentials;
  readonly db: Kysely<RegistryTables>;
  readonly clock: Clock;
  readonly log: Log;
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

function readJson<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(body || "{}");
  } catch {
    throw new RegistryError("BAD_REQUEST", "The body must be JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new RegistryError("BAD_REQUEST", `The body is wrong: ${problems.join("; ")}.`);
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

function needs(actor: Actor, ...kinds: readonly Actor["kind"][]): void {
  if (kinds.includes(actor.kind)) return;
  throw new RegistryError("NOT_ALLOWED", `This is for: ${kinds.join(", ")}.`);
}

const text = z.string().min(1).max(2_000);
const subgraphName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "use lower-case words and hyphens")
  .max(64);
/** As Apollo's: letters, digits, hyphens and slashes. */
const tag = z.string().regex(/^[A-Za-z0-9/-]{1,128}$/, "has letters, digits, - and / only");
const bodies = {
  subgraph: z.object({ name: subgraphName, owner: text, contacts: text, serviceLevel: text }),
  credential: z.object({ agency: text, subgraphs: z.array(subgraphName).min(1) }),
  rotation: z.object({
    id: text,
    graceHours: z
      .number()
      .min(0)
      .max(24 * 90)
      .default(24),
  }),
  revocation: z.object({ id: text }),
  consent: z.object({
    coordinate: z.string().regex(/^\w+(\.\w+)?$/, "is Type or Type.field"),
    grantedTo: text,
    grantedBy: text.optional(),
  }),
  contract: z.object({
    name: subgraphName.refine(
      (name) => name !== currentVariant,
      "is the whole graph: take another",
    ),
    include: z.array(tag).default([]),
    exclude: z.array(tag).default([]),
    hideUnreachable: z.boolean().default(true),
    force: z.boolean().default(false),
  }),
  contractRemoval: z.object({ name: text }),
  rollback: z.object({ to: z.number().int().optional() }),
  usage: z.object({
    operations: z
      .array(
        z.object({
          operation: text,
          client: z.string().max(200),
          clientVersion: z.string().max(200),
          variant: z.string().min(1).max(64).optional(),
          count: z.number().int().min(1),
          fields: z.array(z.string().max(200)).max(2_000),
        }),
      )
      .max(2_000),
  }),
};

type Route = (asked: Asked) => Promise<Answer>;

function createRoutes(deps: RegistryServerDeps): Readonly<Record<string, Route>> {
  const { registry, credentials, db, clock } = deps;
  return {
    async "POST /check"(asked) {
      const { ok: passes, findings } = await registry.check(asked.actor, submissionOf(asked));
      return {
        status: passes ? 200 : registryErrors.CHECKS_FAILED,
        body: { ok: passes, findings },
      };
    },
    async "POST /publish"(asked) {
      const published = await registry.publish(asked.actor, submissionOf(asked));
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
    async "POST /usage"({ actor, body }) {
      needs(actor, "gateway");
      await recordUsage(db, readJson(bodies.usage, body).operations, clock);
      return ok({ recorded: true });
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
