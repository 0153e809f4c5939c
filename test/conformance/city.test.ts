/** The city's own subgraphs, judged by the kit that partners are judged by. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { formatOutcome } from "../../conformance/report.ts";
import { runConformance } from "../../conformance/run.ts";
import { readSampleKeys } from "../../conformance/sample-keys.ts";
import { systemClock } from "../../platform/clock.ts";
import { deriveSubgraphKey } from "../../platform/http-signature.ts";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { hasDefinition } from "../../schema/print.ts";
import type { AnySubgraph } from "../../subgraphs/kit/define-subgraph.ts";
import { startSubgraph, testSigningKey } from "../support/start-subgraph.ts";

const { subgraphs } = await readRover(fromRoot("rover.yaml"));
const names = subgraphs.map(({ name }) => name).filter(hasDefinition);

describe.each(names)("%s", (name) => {
  test("conforms", { timeout: 60_000 }, async () => {
    const module = (await import(`../../subgraphs/${name}/subgraph.ts`)) as {
      subgraph: AnySubgraph;
    };
    await using running = await startSubgraph(module.subgraph);
    const samples = await readFile(fromRoot("subgraphs", name, "sample-keys.yaml"), "utf8");
    const { outcomes } = await runConformance({
      url: running.url,
      name,
      key: deriveSubgraphKey(testSigningKey, name),
      samples: readSampleKeys(samples),
      // Machines of tests are busy: the budget is that of a request that hangs.
      budget: { p50Ms: 5_000, p99Ms: 10_000, requests: 20 },
      maxBodyBytes: 11 * 1024 * 1024,
      timeoutMs: 20_000,
      clock: systemClock,
    });
    const failed = outcomes.filter(({ verdict }) => verdict.kind === "failed");
    expect(failed.map(formatOutcome)).toEqual([]);
  });
});
