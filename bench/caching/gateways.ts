/** Gateways of the cache's benchmark, each a process of its own. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, type Running, startServer } from "../processes.ts";

export type Gateway = Running & { readonly url: string };

export const operatorKey = "the benchmark's own operators' key";

const main = join(fileURLToPath(new URL("../..", import.meta.url)), "dist/gateway/main.js");

export const isReady = async (url: string) => (await fetch(url)).status === 200;

export async function startGateway(env: Readonly<Record<string, string>>): Promise<Gateway> {
  const port = await freePort();
  const running = await startServer(
    [main],
    { ...env, PORT: String(port), LOG_LEVEL: "warn", OPERATOR_KEY: operatorKey },
    () => isReady(`http://127.0.0.1:${port}/ready`),
  );
  return { ...running, url: `http://127.0.0.1:${port}` };
}
