/**
 * Reports use to the registry from time to time, so that its checks know who would break. What the
 * registry does not take, it is sent later; nothing waits for it. A report whose answer is lost is sent
 * again, and counts twice: too much is harmless.
 */
import type { Log } from "../../platform/log.ts";
import { createUseCounts, type NoteUse, type Use } from "./use-counts.ts";

export type UsageReportsOptions = {
  /** Of the registry, without a path. */
  readonly url: string;
  readonly key: string;
  readonly intervalMs: number;
  /** Different uses that wait for the registry. Default: 20,000. */
  readonly mostWaiting?: number;
};

export type UsageReports = {
  readonly noteIn: (variant: string) => NoteUse;
  /** Reports what is left. */
  readonly stop: () => Promise<void>;
};

const answerTimeoutMs = 10_000;
/** The registry takes 2,000 uses and 4 MiB at once. */
const mostInReport = 500;
const mostCharacters = 1_000_000;
const mostFields = 2_000;

function* reportsOf(uses: readonly Use[]): Generator<readonly Use[]> {
  let report: Use[] = [];
  let characters = 0;
  for (const use of uses) {
    const own = JSON.stringify(use).length;
    if (
      report.length === mostInReport ||
      (report.length > 0 && characters + own > mostCharacters)
    ) {
      yield report;
      report = [];
      characters = 0;
    }
    report.push(use);
    characters += own;
  }
  if (report.length > 0) yield report;
}

export function startUsageReports(log: Log, options: UsageReportsOptions): UsageReports {
  const { url, key, intervalMs, mostWaiting } = options;
  const counts = createUseCounts(mostWaiting === undefined ? {} : { most: mostWaiting });

  /** @returns whether it need not be sent again. */
  async function send(report: readonly Use[]): Promise<boolean> {
    const operations = report.map((use) => ({ ...use, fields: use.fields.slice(0, mostFields) }));
    try {
      const response = await fetch(`${url}/usage`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ operations }),
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      if (response.ok) {
        await response.body?.cancel();
        return true;
      }
      // One that it calls wrong would be wrong again, and hold up all others.
      const isWrong = response.status === 400 || response.status === 413;
      const answer = (await response.text()).slice(0, 1_000);
      const told = { status: response.status, answer, uses: report.length };
      log[isWrong ? "error" : "warn"](told, "the registry did not take a report of use");
      return isWrong;
    } catch (error) {
      log.warn(
        { err: error, uses: report.length },
        "the registry was not there for a report of use",
      );
      return false;
    }
  }

  async function reportAll(): Promise<void> {
    const reports = [...reportsOf(counts.take())];
    const dropped = counts.takeDropped();
    if (dropped > 0) log.warn({ dropped }, "uses that found no place were not recorded");
    for (const [index, report] of reports.entries()) {
      if (await send(report)) continue;
      counts.giveBack(reports.slice(index).flat());
      return;
    }
  }

  let busy = Promise.resolve();
  const next = (): Promise<void> => (busy = busy.then(reportAll));
  const timer = setInterval(() => void next(), intervalMs);
  timer.unref();

  return {
    noteIn: counts.noteIn,
    async stop() {
      clearInterval(timer);
      await next();
    },
  };
}
