/**
 * One case of the audit: an operation, and what must come back. Data must be equal; errors must be
 * there or not be there, when the case says so: the audit's own rule (its src/test.ts).
 */
import { type AssertionError, deepStrictEqual } from "node:assert";

export type AuditCase = {
  readonly query: string;
  readonly expected: { readonly data?: unknown; readonly errors?: boolean };
};

type Answer = { readonly data?: unknown; readonly errors?: readonly unknown[] };

/** @returns the difference as text, with the errors' messages; undefined when the answer is right. */
export function differenceOf({ expected }: AuditCase, answer: Answer): string | undefined {
  const hasErrors = (answer.errors?.length ?? 0) > 0;
  const judged = typeof expected.errors === "boolean";
  try {
    deepStrictEqual(
      { data: answer.data ?? null, ...(judged ? { hasErrors } : {}) },
      { data: expected.data ?? null, ...(judged ? { hasErrors: expected.errors } : {}) },
    );
    return undefined;
  } catch (error) {
    const difference = (error as AssertionError).message;
    return hasErrors ? `${difference}\nerrors: ${JSON.stringify(answer.errors)}` : difference;
  }
}
