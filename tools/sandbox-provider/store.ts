/** The sandbox's payments: in memory, and in a journal of lines when it is to remember them after a restart. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { SandboxPayment } from "./payment.rules.ts";

export type Store = {
  readonly get: (reference: string) => SandboxPayment | undefined;
  readonly byPage: (pageToken: string) => SandboxPayment | undefined;
  readonly put: (payment: SandboxPayment) => void;
  readonly all: () => readonly SandboxPayment[];
};

const toLine = (payment: SandboxPayment): string =>
  JSON.stringify(payment, (_, value: unknown) =>
    typeof value === "bigint" ? { minorUnits: `${value}` } : value,
  );

const fromLine = (line: string): SandboxPayment =>
  JSON.parse(line, (_, value: unknown) =>
    typeof value === "object" && value !== null && "minorUnits" in value
      ? BigInt(value.minorUnits as string)
      : value,
  ) as SandboxPayment;

export function createStore(journal?: string): Store {
  const payments = new Map<string, SandboxPayment>();
  const pages = new Map<string, string>();
  const remember = (payment: SandboxPayment): void => {
    payments.set(payment.reference, payment);
    pages.set(payment.pageToken, payment.reference);
  };
  if (journal && existsSync(journal)) {
    // A line that was cut off by a crash is the last one, and was never answered.
    const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1);
    for (const line of lines) remember(fromLine(line));
  }
  return {
    get: (reference) => payments.get(reference),
    byPage: (pageToken) => payments.get(pages.get(pageToken) ?? ""),
    put(payment) {
      if (journal) appendFileSync(journal, `${toLine(payment)}\n`);
      remember(payment);
    },
    all: () => [...payments.values()],
  };
}
