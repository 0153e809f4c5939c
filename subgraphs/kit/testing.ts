/**
 * A subgraph for its own tests: behind its real HTTP server on a free port, on a database in memory,
 * asked as the gateway asks: signed. Enters: a definition. Leaves: answers, and what the conformance
 * kit needs (URL and key).
 */
import { randomBytes } from "node:crypto";
import { principalHeader, requestIdHeader, signRequest } from "../../platform/http-signature.ts";
import { silentLog } from "../../platform/log.ts";
import { encodePrincipal, type Principal } from "../../platform/principal.ts";
import { openDatabase } from "./database.ts";
import type { AnySubgraph } from "./define-subgraph.ts";
import { migrate, seedOnce } from "./migrate.ts";
import { serveSubgraph } from "./serve.ts";

export type GraphqlAnswer = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
};

export type AskOptions = {
  /** Who is signed in; nobody when it is left out. */
  readonly principal?: Principal;
  readonly variables?: Readonly<Record<string, unknown>>;
};

export type SubgraphInTest = {
  readonly url: string;
  /** What it verifies signatures with. */
  readonly key: Uint8Array;
  readonly ask: (query: string, options?: AskOptions) => Promise<GraphqlAnswer>;
  readonly stop: () => Promise<void>;
};

export async function startForTest(definition: AnySubgraph): Promise<SubgraphInTest> {
  const { name, extensions } = definition;
  const key = randomBytes(32);
  const { url, stop } = await serveSubgraph({
    definition,
    async openDb(onStatement) {
      const store = { kind: "pglite" } as const;
      const options = { subgraph: name, store, extensions, log: silentLog, onStatement };
      const db = await openDatabase<unknown>(options);
      await migrate(db, definition);
      await seedOnce(db, definition);
      return db;
    },
    host: "127.0.0.1",
    port: 0,
    signingKey: key,
    log: silentLog,
  });
  return {
    url,
    key,
    stop,
    async ask(query, { principal, variables } = {}) {
      const body = JSON.stringify({ query, variables });
      const encoded = encodePrincipal(principal);
      const { pathname: path } = new URL(url);
      const parts = { method: "POST", path, body, principal: encoded, requestId: "test" };
      const headers = {
        "content-type": "application/json",
        [principalHeader]: encoded,
        [requestIdHeader]: "test",
        ...signRequest(parts, key, name, Math.floor(Date.now() / 1_000)),
      };
      const response = await fetch(url, { method: "POST", headers, body });
      return (await response.json()) as GraphqlAnswer;
    },
  };
}
