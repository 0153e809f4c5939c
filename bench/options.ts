/** The command line of the benchmark. */
import { parseArgs } from "node:util";
import { type Peer, peers } from "./peers/peers.ts";
import { type Workload, workloads } from "./workloads.ts";

export const usage = `Usage: npm run bench [-- --seconds N] [--rounds N] [--connections N] [--peers a,b] [--workloads a,b]

Compares gateways on one supergraph, in one run, in rounds that alternate between them.
  --seconds N       of load on each peer in a round (5)
  --rounds N        for each workload (3)
  --connections N   that ask at once (50)
  --peers           ${peers.map(({ name }) => name).join(", ")} (all)
  --workloads       ${workloads.map(({ name }) => name).join(", ")} (all)
The table goes to the terminal and to bench/results/latest.md. Linux only: CPU time is read from /proc.`;

export class UsageError extends Error {}

export type Options = {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly peers: readonly Peer[];
  readonly workloads: readonly Workload[];
};

export function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new UsageError(`--${name} must be a number above 0, not "${text}".\n\n${usage}`);
}

export function chosen<T extends { readonly name: string }>(
  option: string,
  all: readonly T[],
  names: string | undefined,
): readonly T[] {
  if (names === undefined) return all;
  return names.split(",").map((name) => {
    const found = all.find((one) => one.name === name.trim());
    if (found) return found;
    throw new UsageError(`--${option} has no "${name}".\n\n${usage}`);
  });
}

/** @throws UsageError that says what is wrong, and how it is used. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const { seconds, rounds, connections, ...names } = parseArgs({
    args: [...args],
    options: {
      seconds: text,
      rounds: text,
      connections: text,
      peers: text,
      workloads: text,
      help: { type: "boolean" },
    },
  }).values;
  if (names.help) throw new UsageError(usage);
  return {
    seconds: positive("seconds", seconds ?? "5"),
    rounds: positive("rounds", rounds ?? "3"),
    connections: positive("connections", connections ?? "50"),
    peers: chosen("peers", peers, names.peers),
    workloads: chosen("workloads", workloads, names.workloads),
  };
}
