/** How often which client has asked which operation of which variant, until that is taken away to be reported. */
import type { DocumentNode } from "graphql";
import type { RequestContext } from "../context.ts";
import type { Graph } from "../supergraph/graph.ts";
import { type Signature, signatureOf } from "./signature.ts";

export type Use = Signature & {
  readonly client: string;
  readonly clientVersion: string;
  /** The contract that was asked; `current` is the whole graph. */
  readonly variant: string;
  readonly count: number;
};

/** Told of every operation that was answered. */
export type NoteUse = (
  graph: Graph,
  document: DocumentNode,
  operationName: string | undefined,
  context: RequestContext,
) => void;

export type UseCounts = {
  readonly noteIn: (variant: string) => NoteUse;
  /** What was counted since the last time; what is alike is one. */
  readonly take: () => readonly Use[];
  /** Puts back what could not be reported. */
  readonly giveBack: (uses: readonly Use[]) => void;
  /** Uses that found no place since the last time. */
  readonly takeDropped: () => number;
};

/** Uses of one operation of one document. */
type Counter = { readonly signature: Signature; readonly uses: Map<string, Counted> };
type Counted = {
  readonly client: string;
  readonly clientVersion: string;
  readonly variant: string;
  count: number;
};

/**
 * @param most Different uses that wait to be taken: whoever writes a new text or client name with every
 * request does not fill the memory.
 */
export function createUseCounts({ most = 20_000 } = {}): UseCounts {
  const counters = new WeakMap<DocumentNode, Map<string, Counter>>();
  const used = new Set<Counter>();
  let waiting = 0;
  let dropped = 0;
  let back: readonly Use[] = [];

  function counterOf(graph: Graph, document: DocumentNode, name: string | undefined): Counter {
    const ofDocument = counters.get(document) ?? new Map<string, Counter>();
    if (ofDocument.size === 0) counters.set(document, ofDocument);
    const key = name ?? "";
    const known = ofDocument.get(key);
    if (known) return known;
    const signature = signatureOf(document, name, graph.apiSchema);
    const counter = { signature, uses: new Map<string, Counted>() };
    ofDocument.set(key, counter);
    return counter;
  }

  const noteIn =
    (variant: string): NoteUse =>
    (graph, document, name, { clientName: client, clientVersion }) => {
      const known = counters.get(document)?.get(name ?? "");
      const key = `${client}\n${clientVersion}\n${variant}`;
      const counted = known?.uses.get(key);
      if (counted) {
        counted.count += 1;
        return;
      }
      if (waiting >= most) {
        dropped += 1;
        return;
      }
      waiting += 1;
      const counter = known ?? counterOf(graph, document, name);
      counter.uses.set(key, { client, clientVersion, variant, count: 1 });
      used.add(counter);
    };

  function take(): readonly Use[] {
    const merged = new Map<string, Use>();
    // The registry has an empty name for who gives none.
    const named = (text: string): string => (text === "unknown" ? "" : text);
    const add = (use: Use): void => {
      const key = JSON.stringify([use.operation, use.client, use.clientVersion, use.variant]);
      merged.set(key, { ...use, count: use.count + (merged.get(key)?.count ?? 0) });
    };
    back.forEach(add);
    for (const { signature, uses } of used) {
      for (const { client, clientVersion, ...counted } of uses.values())
        add({
          ...signature,
          ...counted,
          client: named(client),
          clientVersion: named(clientVersion),
        });
      uses.clear();
    }
    used.clear();
    back = [];
    waiting = 0;
    return [...merged.values()];
  }

  return {
    noteIn,
    take,
    giveBack(uses) {
      const kept = uses.slice(0, Math.max(0, most - waiting));
      for (const { count } of uses.slice(kept.length)) dropped += count;
      back = [...back, ...kept];
      waiting += kept.length;
    },
    takeDropped() {
      const lost = dropped;
      dropped = 0;
      return lost;
    },
  };
}
