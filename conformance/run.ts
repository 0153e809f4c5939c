/** Runs checks against an endpoint, one after another, and collects what they found. */
import type { Check, Verdict } from "./check.ts";
import { checks as allChecks } from "./checks.ts";
import { openSubject, type SubjectOptions } from "./subject.ts";

export type Outcome = Pick<Check, "name" | "rule"> & { readonly verdict: Verdict };

export type ConformanceReport = {
  readonly url: string;
  readonly subgraph: string;
  /** Nothing failed; what was skipped does not apply, or was left out on purpose. */
  readonly conforms: boolean;
  readonly outcomes: readonly Outcome[];
};

export type RunOptions = SubjectOptions & {
  readonly checks?: readonly Check[];
  /** Called after each check. */
  readonly onOutcome?: (outcome: Outcome) => void;
};

/** `fetch failed` and the like hide the reason in their cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause, name } = error;
  return cause instanceof Error ? cause.message : message || name;
}

const noAnswer = (error: unknown): Verdict => ({
  kind: "failed",
  seen: `no answer: ${reasonOf(error)}`,
  mend: "See that the endpoint listens at this URL and answers every request; its log may say why it did not.",
});

/** Never throws because of the endpoint: what it does wrong is in the report. */
export async function runConformance(options: RunOptions): Promise<ConformanceReport> {
  const { checks = allChecks, onOutcome, ...rest } = options;
  const subject = await openSubject(rest);
  const outcomes: Outcome[] = [];
  try {
    for (const { name, rule, run } of checks) {
      const verdict = await run(subject).catch(noAnswer);
      const outcome = { name, rule, verdict };
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
  } finally {
    await subject.close();
  }
  const conforms = outcomes.every(({ verdict }) => verdict.kind !== "failed");
  return { url: rest.url, subgraph: rest.name, conforms, outcomes };
}

/** `signature-*` means all that begin so. */
export function chooseChecks(
  only: readonly string[],
  skip: readonly string[],
  checks: readonly Check[] = allChecks,
): { readonly chosen: readonly Check[]; readonly unknown: readonly string[] } {
  const matches = (pattern: string, name: string): boolean =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const unknown = [...only, ...skip].filter(
    (pattern) => !checks.some(({ name }) => matches(pattern, name)),
  );
  const chosen = checks.filter(
    ({ name }) =>
      (only.length === 0 || only.some((pattern) => matches(pattern, name))) &&
      !skip.some((pattern) => matches(pattern, name)),
  );
  return { chosen, unknown };
}
