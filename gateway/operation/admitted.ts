/**
 * Operations that have passed everything that depends on their text alone: persisted look-up, limits,
 * parsing, validation. Under the same supergraph they need not pass again.
 */
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Graph } from "../supergraph/graph.ts";

export type AdmittedOperations = {
  readonly add: (graph: Graph, text: string, queryHash: string, document: DocumentNode) => void;
  readonly byText: (graph: Graph, text: string) => DocumentNode | undefined;
  /** @param queryHash SHA-256 in hex, as automatic persisted queries send it. */
  readonly byHash: (graph: Graph, queryHash: string) => DocumentNode | undefined;
};

export type AdmittedOptions = {
  /** Bound on the texts together, in characters. Documents take about twenty times as many bytes. */
  readonly maxCharacters?: number;
};

export function createAdmittedOperations(options: AdmittedOptions = {}): AdmittedOperations {
  const { maxCharacters = 4 * 1024 * 1024 } = options;
  const ofGraphs = new WeakMap<Graph, LRUCache<string, DocumentNode>>();
  // No text of an operation begins like this.
  const keyOfHash = (queryHash: string): string => `sha256:${queryHash}`;
  const get = (graph: Graph, key: string) => ofGraphs.get(graph)?.get(key);
  return {
    add(graph, text, queryHash, document) {
      const known = ofGraphs.get(graph) ?? new LRUCache({ maxSize: maxCharacters });
      ofGraphs.set(graph, known);
      known.set(text, document, { size: Math.max(1, text.length) });
      known.set(keyOfHash(queryHash), document, { size: 64 });
    },
    byText: get,
    byHash: (graph, queryHash) => get(graph, keyOfHash(queryHash)),
  };
}
