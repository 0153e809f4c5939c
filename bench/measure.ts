/** One workload: every peer started, warmed up, then loaded in rounds that alternate between them. */
import { bodyOf, type Lab, type StartedPeer } from "./lab.ts";
import type { Options } from "./options.ts";
import type { Workload } from "./workloads.ts";

export type Row = {
  readonly peer: string;
  readonly label: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerRequest: number;
  readonly rssMiB: number;
  readonly fetchesPerRequest: number;
  readonly failures: number;
};

/** The middle of an odd number of rounds: one disturbed round does not count. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

type Round = Omit<Row, "peer" | "label">;

async function measureRound(
  lab: Lab,
  { url, usage }: StartedPeer,
  workload: Workload,
  { connections, seconds }: Pick<Options, "connections" | "seconds">,
): Promise<Round> {
  const fetchesBefore = await lab.fetches();
  const before = usage();
  const measured = await lab.load({ url, body: bodyOf(workload.operation), connections, seconds });
  const after = usage();
  const fetches = (await lab.fetches()) - fetchesBefore;
  return {
    requestsPerSecond: measured.requests / measured.seconds,
    p50Ms: measured.p50Ms,
    p99Ms: measured.p99Ms,
    cpuMsPerRequest: (after.cpuMs - before.cpuMs) / measured.requests,
    rssMiB: after.rssBytes / 1024 ** 2,
    fetchesPerRequest: fetches / measured.requests,
    failures: measured.failures,
  };
}

export async function measureWorkload(
  lab: Lab,
  workload: Workload,
  options: Options,
  say: (line: string) => void,
): Promise<readonly Row[]> {
  const started: StartedPeer[] = [];
  try {
    for (const peer of options.peers) {
      if (!peer.modes.includes(workload.mode)) continue;
      started.push(await lab.start(peer, workload.operation, workload.mode));
    }
    const rounds = new Map<StartedPeer, Round[]>(started.map((one) => [one, []]));
    for (const one of started) await measureRound(lab, one, workload, options); // Warm-up.
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const [one, kept] of rounds) {
        const result = await measureRound(lab, one, workload, options);
        kept.push(result);
        say(
          `${workload.name} ${round}/${options.rounds} ${one.peer.name}: ${result.requestsPerSecond.toFixed(0)}/s, ${result.cpuMsPerRequest.toFixed(3)} ms CPU`,
        );
      }
    }
    return [...rounds].map(([{ peer }, kept]) => {
      const of = (key: keyof Round) => median(kept.map((round) => round[key]));
      return {
        peer: peer.name,
        label: peer.label,
        requestsPerSecond: of("requestsPerSecond"),
        p50Ms: of("p50Ms"),
        p99Ms: of("p99Ms"),
        cpuMsPerRequest: of("cpuMsPerRequest"),
        rssMiB: of("rssMiB"),
        fetchesPerRequest: of("fetchesPerRequest"),
        failures: kept.reduce((sum, { failures }) => sum + failures, 0),
      };
    });
  } finally {
    for (const { stop } of started) await stop();
  }
}
