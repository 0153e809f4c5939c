/**
 * What operators count, for Prometheus: answers by outcome, fetches by subgraph, the cache by subgraph
 * and type. Labels come from the schema and from the configuration only, never from clients.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CacheLabels, CacheObserver } from "../cache/cache-types.ts";
import type { FetchObserver } from "../fetch/observer.ts";

export type Metrics = {
  readonly cache: CacheObserver;
  readonly fetches: FetchObserver;
  /** Answers while a candidate is open, its own and those of what is live. */
  readonly canary: (contract: string, lane: string, isOk: boolean, durationMs: number) => void;
  /** Asked at the time of reading. */
  readonly watchMemory: (usage: () => { readonly entries: number; readonly bytes: number }) => void;
  readonly watchSubscriptions: (open: {
    readonly subscriptions: () => number;
    readonly webSockets: () => number;
    /** Reserved or open: each carries several operations over server-sent events. */
    readonly streams: () => number;
  }) => void;
  readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
};

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param join How the process's metrics become those of all processes; default: it is the only one. */
export function createMetrics(join?: (registry: Registry) => () => Promise<string>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const readAll = join?.(registry) ?? (() => registry.metrics());
  collectDefaultMetrics({ register: registry });
  // An answer may be of thousands of look-ups: they are counted here and labelled when they are read.
  const lookUps = new Map<CacheLabels, Map<string, number>>();
  const answered = new Counter({
    name: "city_graph_cache_answers_total",
    help: "Look-ups in the cache, by what came of them and where it was found.",
    labelNames: ["subgraph", "type", "status", "source"],
    registers,
    collect() {
      for (const [{ subgraph, type }, counts] of lookUps)
        for (const [text, count] of counts) {
          const [status = "", source = ""] = text.split(" ");
          answered.inc({ subgraph, type, status, source }, count);
        }
      lookUps.clear();
    },
  });
  const loaded = new Histogram({
    name: "city_graph_cache_load_seconds",
    help: "Time to load what was missing or to be refreshed.",
    labelNames: ["subgraph", "reason", "ok"],
    buckets,
    registers,
  });
  const fetched = new Histogram({
    name: "city_graph_subgraph_fetch_seconds",
    help: "Requests to subgraphs, retries and waiting included.",
    labelNames: ["subgraph", "kind", "outcome"],
    buckets,
    registers,
  });
  const beside = new Histogram({
    name: "city_graph_canary_seconds",
    help: "Requests while a candidate is open, by what served them.",
    labelNames: ["contract", "lane", "ok"],
    buckets,
    registers,
  });
  const events = new Counter({
    name: "city_graph_subgraph_events_total",
    help: "Retries, shared requests and changes of circuit breakers.",
    labelNames: ["subgraph", "event"],
    registers,
  });
  return {
    cache: {
      answered(labels, status, source) {
        const counts = lookUps.get(labels) ?? new Map<string, number>();
        lookUps.set(labels, counts);
        const text = `${status} ${source}`;
        counts.set(text, (counts.get(text) ?? 0) + 1);
      },
      loaded: ({ subgraph }, reason, ok, durationMs) =>
        loaded.observe({ subgraph, reason, ok: String(ok) }, durationMs / 1_000),
    },
    fetches(event) {
      const { subgraph } = event;
      if (event.type === "fetch") {
        const { kind, outcome, durationMs } = event;
        fetched.observe({ subgraph, kind, outcome }, durationMs / 1_000);
      } else {
        const name = event.type === "breaker" ? `breaker ${event.state}` : event.type;
        events.inc({ subgraph, event: name });
      }
    },
    canary: (contract, lane, isOk, durationMs) =>
      beside.observe({ contract, lane, ok: String(isOk) }, durationMs / 1_000),
    watchMemory(usage) {
      const entries: Gauge = new Gauge({
        name: "city_graph_cache_memory_entries",
        help: "Entries of the cache in this process.",
        registers,
        collect: (): void => entries.set(usage().entries),
      });
      const bytes: Gauge = new Gauge({
        name: "city_graph_cache_memory_bytes",
        help: "Bytes of the cache in this process.",
        registers,
        collect: (): void => bytes.set(usage().bytes),
      });
    },
    watchSubscriptions(count) {
      const watch = (name: string, help: string, read: () => number): void => {
        const open: Gauge = new Gauge({
          name,
          help,
          registers,
          collect: (): void => open.set(read()),
        });
      };
      const { subscriptions, webSockets, streams } = count;
      watch(
        "city_graph_subscriptions_open",
        "Subscriptions that are open in this process.",
        subscriptions,
      );
      watch(
        "city_graph_websockets_open",
        "WebSockets of clients that are open in this process.",
        webSockets,
      );
      watch(
        "city_graph_operation_streams_open",
        "Streams of several operations over server-sent events in this process, reserved ones included.",
        streams,
      );
    },
    read: async () => ({ contentType: registry.contentType, text: await readAll() }),
  };
}
