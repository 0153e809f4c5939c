/**
 * Admits an operation's text outside Apollo Server, for what it does not carry out: the same limits,
 * parsing, validation and persisted texts.
 */
import { createHash } from "node:crypto";
import { type DocumentNode, validate } from "graphql";
import { LRUCache } from "lru-cache";
import type { Store } from "../cache/store.ts";
import { graphError } from "../errors.ts";
import type { GraphQLRequest } from "../http/graphql-request.ts";
import type { Graph } from "../supergraph/graph.ts";
import type { AdmittedOperations } from "./admitted.ts";
import { createLimiter, type Limits } from "./limits.ts";

export type AdmitDeps = {
  readonly admitted: AdmittedOperations;
  /** Where Apollo Server keeps persisted texts. */
  readonly store: Store;
  readonly limits: Partial<Limits>;
};

/** @throws GraphQLError with the code of what it did not pass. */
export function createAdmit({ admitted, store, limits }: AdmitDeps) {
  const limit = createLimiter({ limits, cache: new LRUCache({ max: 1_000 }) });

  async function textOf({ query, extensions }: GraphQLRequest): Promise<string> {
    if (query !== undefined) return query;
    const { sha256Hash } = Object(extensions?.["persistedQuery"]) as { sha256Hash?: unknown };
    const text = await store.get(`apq:${String(sha256Hash)}`);
    if (text !== undefined) return text;
    throw graphError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
  }

  return async (graph: Graph, request: GraphQLRequest): Promise<DocumentNode> => {
    const text = await textOf(request);
    const known = admitted.byText(graph, text);
    if (known) return known;
    const document = limit(text);
    const [error] = validate(graph.apiSchema, document);
    if (error) {
      const { nodes = null } = error;
      // Suggestions tell of the schema what introspection would.
      const message =
        limits.introspection === false
          ? error.message.replace(/ ?Did you mean .+\?$/, "")
          : error.message;
      throw graphError("GRAPHQL_VALIDATION_FAILED", message, { nodes });
    }
    admitted.add(graph, text, createHash("sha256").update(text).digest("hex"), document);
    return document;
  };
}
