/** Entry of the gateway: configuration, server or several of them, signals. */
import cluster from "node:cluster";
import { setFlagsFromString } from "node:v8";
import { ConfigError } from "../platform/env.ts";
import { PortTakenError } from "../platform/listen.ts";
import { createLog } from "../platform/log.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { readConfig } from "./config.ts";
import { startGateway } from "./server.ts";
import { SupergraphError } from "./supergraph/graph.ts";
import { startWorkers, tellReady, WorkerError } from "./workers.ts";

// A process has one core: threads that collect garbage together would wait for each other (docs/performance.md).
setFlagsFromString("--no-parallel-scavenge");

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const log = createLog({ name: "gateway", level: config.LOG_LEVEL });
  const isAlone = config.WORKERS === 1 || cluster.isWorker;
  const running = await (isAlone ? startGateway(config, log) : startWorkers(config.WORKERS, log));
  if (cluster.isWorker) tellReady(running.url);
  log.info({ url: running.url }, "ready");
  onShutdown(log, running.stop);
}

main().catch((error: unknown) => {
  const known =
    error instanceof ConfigError ||
    error instanceof PortTakenError ||
    error instanceof SupergraphError ||
    error instanceof WorkerError;
  process.stderr.write(`${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
