/** A report in plain words: a line a check, and for what failed what was seen and how to mend it. */
import type { ConformanceReport, Outcome } from "./run.ts";

const marks = { passed: "✓", failed: "✗", skipped: "–" } as const;

export function formatOutcome({ name, rule, verdict }: Outcome): string {
  const line = `${marks[verdict.kind]} ${name}`;
  if (verdict.kind === "passed") return `${line}: ${verdict.seen}`;
  if (verdict.kind === "skipped") return `${line}: does not apply, ${verdict.why}`;
  const { seen, mend } = verdict;
  return `${line}\n    The rule: ${rule}\n    Seen:     ${seen}\n    Mend it:  ${mend}`;
}

export function formatSummary({ subgraph, url, outcomes, conforms }: ConformanceReport): string {
  const count = (kind: string) => outcomes.filter(({ verdict }) => verdict.kind === kind).length;
  const said = `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} do not apply`;
  return conforms
    ? `"${subgraph}" at ${url} conforms: ${said}.`
    : `"${subgraph}" at ${url} does not conform yet: ${said}. docs/conformance.md explains the rules.`;
}
