/**
 * A supergraph that follows the registry: asked from time to time, and at once when Redis says that
 * there is a new launch. What comes is taken only when its signature verifies, its launch is not older
 * than the last one, and it can be served; the last good one is kept in a file, for a start without the
 * registry. Nothing here makes a request wait.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Log } from "../../platform/log.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { verifySupergraph } from "../../platform/supergraph-signature.ts";
import { type Graph, prepareGraph, SupergraphError } from "./graph.ts";
import { SmokeAnswerError, type SmokeTest } from "./smoke-test.ts";
import type { SupergraphSource } from "./source.ts";

export type RegistrySourceOptions = {
  /** Of the registry, without a path. */
  readonly url: string;
  /** The gateways' key to the registry. */
  readonly key: string;
  /** PEM of the registry's public key. */
  readonly publicKey: string;
  readonly variant: string;
  /** Where the last good supergraph is kept. */
  readonly keptFile: string;
  readonly pollIntervalMs: number;
  readonly smokeTest: SmokeTest;
  /** Where launches are announced; without it they are found by asking. */
  readonly push?: {
    readonly redis: Omit<RedisConnectionOptions, "log">;
    readonly channel: string;
  };
};

const keptSchema = z.object({
  variant: z.string(),
  launch: z.number().int(),
  supergraph: z.string(),
  signature: z.string(),
});
type Kept = Readonly<z.infer<typeof keptSchema>>;

const answerTimeoutMs = 5_000;

/** @throws SupergraphError with the reason. */
function check(kept: Kept, { variant, publicKey, smokeTest }: RegistrySourceOptions): Graph {
  if (kept.variant !== variant || !verifySupergraph(kept, kept.signature, publicKey))
    throw new SupergraphError("Its signature is not the registry's, for this variant and launch.");
  const graph = prepareGraph(kept.supergraph);
  smokeTest.assertPlans(graph);
  return graph;
}

export function registrySource(log: Log, options: RegistrySourceOptions): SupergraphSource {
  const { url, key, variant, keptFile, pollIntervalMs, push } = options;
  let last: Kept | undefined;
  // Also of what was refused: it is not fetched and checked again and again.
  let seen: string | undefined;
  let refusal = "";
  let isAway = false;

  async function keep(kept: Kept): Promise<void> {
    try {
      await mkdir(dirname(keptFile), { recursive: true });
      const temporary = `${keptFile}.${randomUUID()}`;
      await writeFile(temporary, JSON.stringify(kept));
      await rename(temporary, keptFile);
    } catch (error) {
      log.warn({ err: error }, "the supergraph could not be kept for a start without the registry");
    }
  }

  async function readKept(): Promise<Kept> {
    try {
      const kept = keptSchema.parse(JSON.parse(await readFile(keptFile, "utf8")));
      check(kept, options);
      return kept;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `The registry ${url} gave no supergraph, and none that can be used is kept in "${keptFile}": ${why}`;
      throw new SupergraphError(message, { cause: error });
    }
  }

  /** @returns whether there is a new one. @throws when the registry is away or what it gave is refused. */
  async function pull(): Promise<boolean> {
    const asked = `${url}/supergraph?variant=${encodeURIComponent(variant)}`;
    const response = await fetch(asked, {
      headers: { authorization: `Bearer ${key}`, ...(seen ? { "if-none-match": seen } : {}) },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const supergraph = await response.text();
    if (response.status === 304) return false;
    if (response.status !== 200) throw new Error(`the registry answered ${response.status}`);
    const kept = {
      variant,
      launch: Number(response.headers.get("city-graph-launch")),
      supergraph,
      signature: response.headers.get("city-graph-signature") ?? "",
    };
    seen = response.headers.get("etag") ?? undefined;
    if (last && kept.launch < last.launch)
      throw new SupergraphError(`Launch ${kept.launch} is older than ${last.launch}.`);
    const graph = check(kept, options);
    // A start cannot wait for subgraphs: nothing would be served meanwhile.
    const live = last;
    if (live) await options.smokeTest.assertAnswers(graph, () => prepareGraph(live.supergraph));
    last = kept;
    await keep(kept);
    return true;
  }

  async function tryPull(): Promise<boolean> {
    try {
      const isNew = await pull();
      if (isAway) log.info("the registry is back");
      isAway = false;
      refusal = "";
      return isNew;
    } catch (error) {
      const launch = last?.launch;
      // It is tried again with each look: subgraphs may come later than their launch.
      if (error instanceof SmokeAnswerError) seen = undefined;
      if (error instanceof SupergraphError) {
        const isTold = error.message === refusal;
        refusal = error.message;
        if (!isTold)
          log.error({ launch }, `supergraph refused, the last good one stays: ${refusal}`);
      } else if (!isAway)
        log.warn({ err: error, launch }, "the registry is away; going on with the last good one");
      isAway = !(error instanceof SupergraphError);
      return false;
    }
  }

  return {
    async load() {
      if (!last) await tryPull();
      last ??= await readKept();
      return last.supergraph;
    },
    watch(onChange) {
      let busy = Promise.resolve();
      const look = (): void => {
        busy = busy.then(async () => {
          if (await tryPull()) onChange();
        });
      };
      const timer = setInterval(look, pollIntervalMs);
      timer.unref();
      const connection = push && connectRedis({ ...push.redis, log });
      connection?.client.on("message", look);
      connection?.client.on("ready", () => {
        // Whatever was announced while Redis was away is found by looking.
        connection.client.subscribe(push?.channel ?? "").then(look, () => {});
      });
      return () => {
        clearInterval(timer);
        void connection?.close();
      };
    },
  };
}
