/** Hive Gateway's configuration; BENCH_MODE says what of an answer is shared. */
import { defineConfig } from "@graphql-hive/gateway";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

const mode = process.env.BENCH_MODE;

export const gatewayConfig = defineConfig({
  unifiedGraphHandler,
  inboundInflightRequestDeduplication: mode === "shared",
  ...(mode === "cached" ? { responseCaching: { session: () => null, ttl: 3_600_000 } } : {}),
  logging: "error",
});
