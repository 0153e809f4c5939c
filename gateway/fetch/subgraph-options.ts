/**
 * What can be set for each subgraph, with defaults and limits. Operators write it in one file (YAML or
 * JSON): `all` for every subgraph, and a section for each that differs; docs/operator.md explains it.
 */
import { z } from "zod";

const milliseconds = (fallback: number) => z.number().int().min(1).max(600_000).default(fallback);
const count = (fallback: number, most = 100_000) =>
  z.number().int().min(1).max(most).default(fallback);

export const subgraphOptionsSchema = z.strictObject({
  timeoutMs: milliseconds(5_000),
  maxResponseBytes: count(32 * 1024 * 1024, 2 ** 30),
  connections: count(64, 10_000),
  pipelining: count(1, 100),
  streams: count(100, 1_000),
  connectTimeoutMs: milliseconds(2_000),
  compression: z.boolean().default(false),
  ca: z.string().optional(),
});

export type SubgraphOptions = Readonly<z.infer<typeof subgraphOptionsSchema>>;
