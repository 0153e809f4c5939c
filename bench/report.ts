/** The result as markdown: one table for each workload, with every peer's distance to City Graph. */
import { cpus } from "node:os";
import type { Row } from "./measure.ts";
import type { Options } from "./options.ts";
import type { Workload } from "./workloads.ts";

const digits = (value: number) => (value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
export const number = (value: number) =>
  Number.isFinite(value) ? value.toFixed(digits(value)).replace(/\.0+$/, "") : "-";

/** Columns padded, so that the table reads as text too. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join("\n");
}

export function tableOfWorkload(rows: readonly Row[]): string {
  const city = rows.find(({ peer }) => peer === "city");
  return table([
    [
      "gateway",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "CPU ms/request",
      "CPU ÷ City's",
      "RSS MiB",
      "fetches/request",
      "failures",
    ],
    ...rows.map((row) => [
      row.label,
      number(row.requestsPerSecond),
      number(row.p50Ms),
      number(row.p99Ms),
      number(row.cpuMsPerRequest),
      city ? number(row.cpuMsPerRequest / city.cpuMsPerRequest) : "-",
      number(row.rssMiB),
      number(row.fetchesPerRequest),
      String(row.failures),
    ]),
  ]);
}

export function report(
  results: readonly (readonly [Workload, readonly Row[]])[],
  { seconds, rounds, connections }: Options,
): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
  const sections = results.map(
    ([{ label }, rows]) =>
      `## ${label[0]?.toUpperCase()}${label.slice(1)}\n\n${tableOfWorkload(rows)}\n`,
  );
  return `# Gateways side by side

${machine}. ${connections} connections; for each workload a warm-up, then ${rounds} rounds of ${seconds} s for each peer, alternating; medians of the rounds. Every peer's answer was checked against one graphql-js schema over the same rows. CPU and memory are those of the gateway's process tree.

${sections.join("\n")}`;
}
