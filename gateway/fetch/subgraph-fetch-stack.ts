/**
 * The stack that every subgraph fetch goes through, one stack a subgraph: here, and only here, the
 * order is decided. Outermost first.
 */
import type { Clock } from "../../platform/clock.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createParsedFetch } from "./parsed-fetch.ts";
import type { SubgraphFetch, SubgraphSend, SubgraphWrapper } from "./subgraph-fetch.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";

export type FetchStackOptions = {
  /** Routing URL by subgraph name. */
  readonly urlOf: (subgraph: string) => string | undefined;
  readonly optionsOf: (subgraph: string) => SubgraphOptions;
  /** Master key; each subgraph's own is derived from it. Without it requests go unsigned. */
  readonly signingKey: string | undefined;
  readonly clock: Clock;
};

export type FetchStack = {
  /** Bytes in, bytes out. */
  readonly send: SubgraphSend;
  /** Bytes in, parsed result out. */
  readonly fetch: SubgraphFetch;
  /** Waits for requests under way, then closes all connections. */
  readonly close: () => Promise<void>;
};

type Stack = { readonly send: SubgraphSend; readonly close: () => Promise<void> };

export function createFetchStack(options: FetchStackOptions): FetchStack {
  const { urlOf, optionsOf, signingKey, clock } = options;
  const stacks = new Map<string, Stack>();

  function openStack(subgraph: string): Stack {
    const own = optionsOf(subgraph);
    const url = () => urlOf(subgraph);
    const transport = createHttpTransport({ ...own, subgraph, url, signingKey, clock });
    const wrappers: readonly SubgraphWrapper[] = [];
    const send = wrappers.reduceRight((inner, wrap) => wrap(inner), transport.send);
    return { send, close: transport.close };
  }

  function stackOf(subgraph: string): Stack {
    const known = stacks.get(subgraph);
    if (known) return known;
    const stack = openStack(subgraph);
    stacks.set(subgraph, stack);
    return stack;
  }

  const send: SubgraphSend = (call, context) => stackOf(call.subgraph).send(call, context);
  return {
    send,
    fetch: createParsedFetch(send),
    async close() {
      await Promise.all([...stacks.values()].map(({ close }) => close()));
    },
  };
}
