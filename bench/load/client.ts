/**
 * Process: a closed loop of N connections that each send one request after another for some seconds.
 * Takes a `Load` from its parent, answers a `Measured`. In its own process, so that its work is not
 * in any peer's numbers.
 */
import { performance } from "node:perf_hooks";
import { Pool } from "undici";

export type Load = {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
};

export type Measured = {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 200, broken connections, and answers of another length than the first. */
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function run({ url, body, connections, seconds }: Load): Promise<Measured> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const headers = { "content-type": "application/json", accept: "application/json" };
  const latencies: number[] = [];
  let failures = 0;
  let expectedLength: number | undefined;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;

  const exchange = () =>
    new Promise<void>((done) => {
      const sentMs = performance.now();
      let length = 0;
      let status = 0;
      pool.dispatch(
        { path: pathname, method: "POST", headers, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, statusCode) {
            status = statusCode;
          },
          onResponseData(_controller, chunk) {
            length += chunk.length;
          },
          onResponseEnd() {
            expectedLength ??= length;
            if (status !== 200 || length !== expectedLength) failures += 1;
            latencies.push(performance.now() - sentMs);
            done();
          },
          onResponseError() {
            failures += 1;
            done();
          },
        },
      );
    });
  const connection = async () => {
    while (performance.now() < endMs) await exchange();
  };
  return Promise.all(Array.from({ length: connections }, connection)).then(async () => {
    const elapsed = (performance.now() - startMs) / 1000;
    await pool.close();
    const sorted = Float64Array.from(latencies).sort();
    return {
      requests: latencies.length,
      seconds: elapsed,
      failures,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
    };
  });
}

process.on("message", async (load: Load) => {
  process.send?.(await run(load));
});
process.on("disconnect", () => process.exit(0));
