/**
 * The supergraph's life in Apollo's terms: ApolloGateway loads it, swaps it, and tells Apollo Server
 * about the new API schema; operations run on our own execution instead of the stock one.
 * A change that cannot be served is refused with a clear log line, and the last good one stays.
 */
import { ApolloGateway } from "@apollo/gateway";
import type { GatewayExecutor, GatewayInterface } from "@apollo/server-gateway-interface";
import type { GraphQLSchema } from "graphql";
import type { Log } from "../../platform/log.ts";
import { type Graph, prepareGraph, SupergraphError } from "./graph.ts";
import type { SupergraphSource } from "./source.ts";

// Read by ApolloGateway's constructor: without it, it probes the cloud's metadata and sends usage home.
process.env["APOLLO_TELEMETRY_DISABLED"] = "1";

/**
 * ApolloGateway refuses a supergraph with `@authenticated`, `@requiresScopes`, `@policy` or `@cacheTag`,
 * because it acts on none of them. Access rules are enforced here, from the SDL as composed
 * (operation/access-rules.ts), and tags mark what a change makes stale: so it is given the links to
 * these without the purpose that makes it refuse.
 */
const withoutPurposes = (supergraphSdl: string): string =>
  supergraphSdl.replace(
    /(@link\(url: "https:\/\/specs\.apollo\.dev\/(?:authenticated|requiresScopes|policy|cacheTag)\/v0\.\d+"[^)]*?), for: (?:SECURITY|EXECUTION)\)/g,
    "$1)",
  );

export type CityGateway = GatewayInterface & {
  /** The graph that new requests get; undefined before the first load. */
  readonly current: () => Graph | undefined;
};

export type CityGatewayOptions = {
  readonly source: SupergraphSource;
  readonly execute: (
    graph: Graph,
    ...request: Parameters<GatewayExecutor>
  ) => ReturnType<GatewayExecutor>;
  readonly log: Log;
};

export function createCityGateway(options: CityGatewayOptions): CityGateway {
  const { source, execute, log } = options;
  // A request keeps the graph that it began with: Apollo Server hands it the schema of that moment.
  const graphs = new WeakMap<GraphQLSchema, Graph>();
  const prepared = new Map<string, Graph>();
  let current: Graph | undefined;

  async function loadAndCheck(): Promise<string> {
    const supergraphSdl = await source.load();
    const graph = prepareGraph(supergraphSdl);
    const forApollo = withoutPurposes(supergraphSdl);
    prepared.clear();
    prepared.set(forApollo, graph);
    return forApollo;
  }

  const apollo = new ApolloGateway({
    supergraphSdl: {
      async initialize({ update }) {
        const supergraphSdl = await loadAndCheck();
        let busy = Promise.resolve();
        const takeUp = async () => {
          try {
            const changed = await loadAndCheck();
            if (prepared.get(changed)?.id !== current?.id) update(changed);
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            log.error(
              { supergraph: current?.id },
              `supergraph refused, the last good one stays: ${reason}`,
            );
          }
        };
        const stop = source.watch(() => {
          busy = busy.then(takeUp);
        });
        return {
          supergraphSdl,
          cleanup: async () => {
            stop();
            await busy;
          },
        };
      },
    },
    // Never called: our executor fetches by itself. Without it ApolloGateway would open HTTP clients.
    buildService: () => ({
      process: () => Promise.reject(new Error("The stock execution is not in use.")),
    }),
    logger: {
      debug() {},
      info() {},
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
  });

  return {
    current: () => current,
    onSchemaLoadOrUpdate: (callback) =>
      apollo.onSchemaLoadOrUpdate((change) => {
        const graph = prepared.get(change.coreSupergraphSdl);
        if (!graph) throw new SupergraphError("This supergraph was not checked.");
        // Ours, which has `@defer`.
        const { apiSchema } = graph;
        graphs.set(apiSchema, graph);
        callback({ ...change, apiSchema });
        // The first one is part of starting, which says when it is done.
        if (current) log.info({ supergraph: graph.id }, "supergraph taken up");
        current = graph;
      }),
    async load(loadOptions) {
      await apollo.load(loadOptions);
      return {
        executor: (requestContext) => {
          const graph = graphs.get(requestContext.schema);
          if (!graph) throw new Error("This schema belongs to no supergraph that was taken up.");
          return execute(graph, requestContext);
        },
      };
    },
    stop: () => apollo.stop(),
  };
}
