/** Every path of the registry: who may ask, what is read, what is answered. docs/registry.md lists them. */
import type { IncomingMessage } from "node:http";
import type { KeyObject } from "node:crypto";
import type { z } from "zod";
import { signSupergraph } from "../../platform/supergraph-signature.ts";
import { type Actor, mustFollow, mustOperate } from "../actor.ts";
import { readAudit } from "../audit.ts";
import { RegistryError } from "../errors.ts";
import { listLaunches, readSupergraph } from "../launches.ts";
import type { Registry } from "../registry.ts";
import { readBody } from "./body.ts";
import * as requests from "./requests.ts";

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a string, which is GraphQL text; undefined: no body. */
  readonly body?: unknown;
};

export type Call = {
  readonly request: IncomingMessage;
  readonly actor: Actor;
  /** What the pattern's `:name` stood for. */
  readonly at: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
};

export type Route = {
  readonly method: "GET" | "POST" | "DELETE";
  /** `/credentials/:id` */
  readonly path: string;
  readonly handle: (call: Call) => Promise<Answer>;
};

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
const done: Answer = { status: 204 };

/** @throws RegistryError BAD_REQUEST */
function readQuery<S extends z.ZodType>(
  query: URLSearchParams,
  name: string,
  schema: S,
): z.infer<S> {
  const parsed = schema.safeParse(query.get(name) ?? undefined);
  if (parsed.success) return parsed.data;
  throw new RegistryError("BAD_REQUEST", `?${name}=: ${parsed.error.issues[0]?.message}.`);
}

function readId(text: string | undefined): number {
  const parsed = requests.id.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RegistryError("NOT_FOUND", `"${text}" is no id.`);
}

export function createRoutes(registry: Registry, signingKey: KeyObject): readonly Route[] {
  const { db, subgraphs, credentials, consents, publisher, rollback, use } = registry;
  return [
    {
      method: "POST",
      path: "/subgraphs",
      async handle({ request, actor }) {
        const registration = await readBody(request, requests.registrationBody);
        await subgraphs.register(actor, registration);
        return created(registration);
      },
    },
    {
      method: "GET",
      path: "/subgraphs",
      handle: async () => ok({ subgraphs: await subgraphs.list() }),
    },
    {
      method: "GET",
      path: "/subgraphs/:name/schemas",
      handle: async ({ at }) => ok({ schemas: await subgraphs.versions(at["name"] ?? "") }),
    },
    {
      method: "GET",
      path: "/subgraphs/:name/schemas/:id",
      handle: async ({ at }) => ok(await subgraphs.sdlOf(at["name"] ?? "", readId(at["id"]))),
    },
    {
      method: "POST",
      path: "/credentials",
      async handle({ request, actor }) {
        return created(
          await credentials.issue(actor, await readBody(request, requests.credentialBody)),
        );
      },
    },
    {
      method: "GET",
      path: "/credentials",
      handle: async ({ actor }) => ok({ credentials: await credentials.list(actor) }),
    },
    {
      method: "POST",
      path: "/credentials/:id/rotate",
      async handle({ request, actor, at }) {
        const { overlapHours } = await readBody(request, requests.rotationBody);
        return created(await credentials.rotate(actor, at["id"] ?? "", overlapHours));
      },
    },
    {
      method: "DELETE",
      path: "/credentials/:id",
      async handle({ actor, at }) {
        await credentials.revoke(actor, at["id"] ?? "");
        return done;
      },
    },
    {
      method: "POST",
      path: "/consents",
      async handle({ request, actor }) {
        const id = await consents.give(actor, await readBody(request, requests.consentBody));
        return created({ id });
      },
    },
    {
      method: "GET",
      path: "/consents",
      handle: async () => ok({ consents: await consents.list() }),
    },
    {
      method: "DELETE",
      path: "/consents/:id",
      async handle({ actor, at }) {
        await consents.withdraw(actor, at["id"] ?? "");
        return done;
      },
    },
    {
      method: "POST",
      path: "/check",
      async handle({ request, actor }) {
        const result = await publisher.check(
          actor,
          await readBody(request, requests.publicationBody),
        );
        return { status: result.passes ? 200 : 422, body: result };
      },
    },
    {
      method: "POST",
      path: "/publish",
      async handle({ request, actor }) {
        return ok(
          await publisher.publish(actor, await readBody(request, requests.publicationBody)),
        );
      },
    },
    {
      method: "POST",
      path: "/rollback",
      async handle({ request, actor }) {
        return ok(await rollback(actor, await readBody(request, requests.rollbackBody)));
      },
    },
    {
      method: "GET",
      path: "/supergraph",
      async handle({ request, actor, query }) {
        mustFollow(actor);
        const live = await readSupergraph(db, readQuery(query, "variant", requests.variant));
        // Of the launch, not of the text alone: a rollback to the same text is news, too.
        const etag = `"${live.launchId}-${live.sha256.slice(0, 16)}"`;
        const headers = {
          etag,
          "cache-control": "no-cache",
          "city-graph-variant": live.variant,
          "city-graph-launch": `${live.launchId}`,
          "city-graph-supergraph-signature": signSupergraph(signingKey, live),
        };
        if (request.headers["if-none-match"] === etag) return { status: 304, headers };
        return { status: 200, headers, body: live.supergraph };
      },
    },
    {
      method: "GET",
      path: "/launches",
      async handle({ query }) {
        const variant = readQuery(query, "variant", requests.variant);
        const limit = readQuery(query, "limit", requests.limit);
        return ok({ launches: await listLaunches(db, variant, limit) });
      },
    },
    {
      method: "GET",
      path: "/compositions/:id",
      async handle({ at, actor }) {
        mustOperate(actor);
        const id = readId(at["id"]);
        const row = await db
          .selectFrom("composition")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirst();
        if (row) return ok(row);
        throw new RegistryError("NOT_FOUND", `There is no composition ${id}.`);
      },
    },
    {
      method: "GET",
      path: "/audit",
      async handle({ actor, query }) {
        mustOperate(actor);
        const before = readQuery(query, "before", requests.id.optional());
        const entries = await readAudit(db, readQuery(query, "limit", requests.limit), before);
        return ok({ entries });
      },
    },
    {
      method: "POST",
      path: "/use",
      async handle({ request, actor }) {
        const { variant, operations } = await readBody(request, requests.useBody);
        await use.record(actor, variant, operations);
        return done;
      },
    },
  ];
}
