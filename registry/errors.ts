/** What the registry refuses, by a stable code; each code's HTTP status is in one table. */
import type { Problem } from "./checks/problem.ts";

/** Documented in docs/registry.md, which a test compares with this table. */
export const statusOf = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  CHECKS_FAILED: 422,
  INTERNAL_SERVER_ERROR: 500,
} as const;

export type RegistryErrorCode = keyof typeof statusOf;

export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  /** What the checks found, with CHECKS_FAILED. */
  readonly problems: readonly Problem[];
  /** @param message What is wrong and how to mend it, for the person who reads it. */
  constructor(code: RegistryErrorCode, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}

/** SQLSTATE of a broken unique constraint, and which one; both drivers tell it alike. */
export function brokenConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const isIntegrity = typeof code === "string" && code.startsWith("23");
  return isIntegrity && typeof constraint === "string" ? constraint : undefined;
}
