/** A subgraph behind its real HTTP server on a database of its own, asked as the gateway asks: signed. */
import { deriveSubgraphKey, signRequest } from "../../platform/http-signature.ts";
import { silentLog } from "../../platform/log.ts";
import type { Clock } from "../../platform/clock.ts";
import { encodePrincipal, type Principal } from "../../platform/principal.ts";
import type { AnySubgraph } from "../../subgraphs/kit/define-subgraph.ts";
import type { InvalidationSender } from "../../subgraphs/kit/invalidation-sender.ts";
import { serveSubgraph } from "../../subgraphs/kit/serve.ts";
import { databases, type OpenOptions, type TestDatabase } from "./databases.ts";

/** The master key of every test gateway. */
export const testSigningKey = "a signing key that only tests ever use";

export type Answer = {
  /** Whatever the test asked for. */
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
};

export type AskOptions = {
  readonly principal?: Principal;
  readonly variables?: Readonly<Record<string, unknown>>;
};

export type StartedSubgraph = AsyncDisposable & {
  readonly url: string;
  readonly ask: (query: string, options?: AskOptions) => Promise<Answer>;
  /** As `ask`, with the HTTP status and headers. */
  readonly send: (
    query: string,
    options?: AskOptions,
  ) => Promise<{ status: number; headers: Headers; body: Answer }>;
  readonly database: TestDatabase<any>;
};

export async function startSubgraph(
  definition: AnySubgraph,
  kind: (typeof databases)[number]["kind"] = "pglite",
  options: OpenOptions & {
    readonly clock?: Clock;
    readonly port?: number;
    /** Starts the companion too, configured by it. */
    readonly env?: NodeJS.ProcessEnv;
    readonly invalidationSender?: InvalidationSender;
  } = {},
): Promise<StartedSubgraph> {
  const { open } = databases.find((one) => one.kind === kind) ?? databases[0];
  const database = await open(definition, options);
  const signingKey = deriveSubgraphKey(testSigningKey, definition.name);
  const running = await serveSubgraph({
    definition,
    openDb: async () => database.db,
    host: "127.0.0.1",
    port: options.port ?? 0,
    signingKey,
    log: silentLog,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.invalidationSender ? { invalidationSender: options.invalidationSender } : {}),
  });
  const send: StartedSubgraph["send"] = async (query, { principal, variables } = {}) => {
    const body = JSON.stringify({ query, variables });
    const encoded = encodePrincipal(principal);
    const parts = { method: "POST", path: "/graphql", body, principal: encoded, requestId: "test" };
    const nowSeconds = Math.floor((options.clock?.() ?? Date.now()) / 1_000);
    const response = await fetch(running.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "city-graph-principal": encoded,
        "x-request-id": "test",
        ...signRequest(parts, signingKey, definition.name, nowSeconds),
      },
      body,
    });
    const answer = (await response.json()) as Answer;
    return { status: response.status, headers: response.headers, body: answer };
  };
  return {
    url: running.url,
    send,
    ask: async (query, given) => (await send(query, given)).body,
    database,
    async [Symbol.asyncDispose]() {
      await running.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}
