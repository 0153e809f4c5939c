/** `npm start`: the whole city on this machine, each subgraph and the gateway a process of its own. */
import { openCityHome } from "./city-home.ts";
import { runSession, stopSignal } from "./city-session.ts";
import { runTool } from "./tool.ts";

const usage = `Usage: npm start [-- --reset]

Starts the subgraphs of rover.yaml and the gateway, and stops all of them on Ctrl-C.
  --reset         forget the data of the embedded databases first
  DATABASE_URL    use this PostgreSQL, a schema for each subgraph (default: embedded PGlite)
  REDIS_URL       let the gateway use this Redis (default: memory)
  PROVIDER_URL    take cards by this provider (default: a sandbox, with one for a biller beside it)
  GATEWAY_PORT, SERVICES_PORT, …  other ports
  HOST            where to listen (default 127.0.0.1)
  CITY_GRAPH_HOME where data, logs and keys are kept (default .city)`;

await runTool({ usage, options: { reset: { type: "boolean" } } }, async ({ values }) => {
  const stop = stopSignal();
  const home = openCityHome();
  const unlock = home.lock();
  try {
    await runSession({ home, reset: values.reset ?? false, stop });
  } finally {
    unlock();
  }
  return 0;
});
process.exit();
