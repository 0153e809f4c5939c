/** The four workloads: an operation, and what of its answer may be shared. */
import type { Mode } from "./peers/peers.ts";
import type { OperationName } from "./shop/operations.ts";

export type Workload = {
  readonly name: string;
  readonly label: string;
  readonly operation: OperationName;
  readonly mode: Mode;
};

export const workloads: readonly Workload[] = [
  { name: "deep", label: "deep query, nothing shared", operation: "deep", mode: "alone" },
  { name: "small", label: "small query, nothing shared", operation: "small", mode: "alone" },
  { name: "shared", label: "deep query, in-flight sharing", operation: "deep", mode: "shared" },
  { name: "cached", label: "deep query, answer cached", operation: "deep", mode: "cached" },
];
