/** The registry's answers as text for people. */
import { formatTable } from "../table.ts";
import type { Told } from "./told.ts";

export const tellFindings = ({ findings = [] }: Told): readonly string[] =>
  findings.map(({ level, code, message, mend }) => `${level} ${code}: ${message}\n  ${mend}`);

/** What came of a publish, a promotion or a contract. */
export function tellDone({ kind = "done", launch, candidate }: Told): string {
  if (launch !== undefined) return `${kind}: launch ${launch}`;
  return typeof candidate === "number" ? `${kind} ${candidate}` : kind;
}

export const tellLaunches = ({ launches = [] }: Told): readonly string[] =>
  launches.map(({ id, kind, subgraph, launchedAt, launchedBy }) =>
    [id, kind, subgraph, launchedAt, launchedBy].join("\t"),
  );

export const tellContracts = ({ contracts = [] }: Told): string =>
  formatTable(
    ["contract", "include", "exclude", "unreachable types"],
    contracts.map(({ name, include, exclude, hideUnreachable }) => [
      name,
      include.join(", ") || "everything",
      exclude.join(", ") || "nothing",
      hideUnreachable ? "hidden" : "kept",
    ]),
  );

const milliseconds = (value: number | null): string =>
  value === null ? "-" : `${value.toFixed(1)} ms`;

export function tellCanary({ candidate, lanes = [], verdict }: Told): readonly string[] {
  if (typeof candidate !== "object" || candidate === null) return ["There never was a candidate."];
  const { id, subgraph, share, state, reason } = candidate;
  const rows = lanes.map(({ lane, requests, errors, errorShare, p50Ms, p95Ms }) => [
    lane,
    `${requests}`,
    `${errors}`,
    `${(errorShare * 100).toFixed(2)} %`,
    milliseconds(p50Ms),
    milliseconds(p95Ms),
  ]);
  return [
    `candidate ${id} of ${subgraph}, for ${share} % of the clients: ${reason ?? state}`,
    formatTable(["", "requests", "errors", "", "50 % within", "95 % within"], rows),
    `${verdict?.kind ?? ""}. ${verdict?.message ?? ""}`,
  ];
}
