/** Entry of the benchmark: options, workloads one after another, the table. See README.md. */
import { mkdir, writeFile } from "node:fs/promises";
import { openLab } from "./lab.ts";
import { measureWorkload, type Row } from "./measure.ts";
import { readOptions, UsageError } from "./options.ts";
import { report } from "./report.ts";
import type { Workload } from "./workloads.ts";

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const results: (readonly [Workload, readonly Row[]])[] = [];
  const folder = new URL("results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  const lab = await openLab();
  try {
    for (const workload of options.workloads) {
      const say = (line: string) => process.stderr.write(`${line}\n`);
      results.push([workload, await measureWorkload(lab, workload, options, say)]);
      // After each workload, so that a run that is cut short leaves what it has.
      await writeFile(new URL("latest.md", folder), report(results, options));
    }
  } finally {
    await lab.close();
  }
  process.stdout.write(report(results, options));
}

main().catch((error: unknown) => {
  const { message, stack } = error as Error;
  process.stderr.write(`${error instanceof UsageError ? message : stack}\n`);
  process.exitCode = 1;
});
