/** Hive Gateway's configuration; BENCH_MODE says what of an answer is shared. */
import { defineConfig } from "@graphql-hive/gateway";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

const mode = process.env.BENCH_MODE;

export const gatewayConfig = defineConfig({
  unifiedGraphHandler,
  inboundInflightRequestDeduplication: mode === "shared",
  ...(mode === "cached" ? { responseCaching: { session: () => null, ttl: 3_600_000 } } : {}),
  // Hive joins equal subgraph requests that are under way unless it is told not to.
  transportEntries: { "*.http": { options: { deduplicateInflightRequests: mode !== "alone" } } },
  logging: "error",
});
