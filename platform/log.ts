/**
 * One pino logger per process: JSON lines, or readable lines on a terminal. Secrets never reach a
 * log because nobody logs headers, variables or bodies; the redaction list is the second net.
 */
import { pino, type Logger } from "pino";
import { createLogLines } from "./log-lines.ts";

export type Log = Logger;

export type LogOptions = {
  readonly name: string;
  /** "silent" | "fatal" | "error" | "warn" | "info" | "debug" | "trace" */
  readonly level: string;
  /** Readable lines for people; default: standard output is a terminal. */
  readonly pretty?: boolean;
};

const redact = ["authorization", "token", "*.authorization", "*.token", "headers.*", "*.headers.*"];

/**
 * Of an error only what helps to find it: database drivers hang the statement and its values on
 * theirs, and with them what a person typed.
 */
function err(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  const inner = cause instanceof Error ? { cause: `${cause.name}: ${cause.message}` } : {};
  return { type: name, message, ...(typeof code === "string" ? { code } : {}), ...inner, stack };
}

export function createLog(options: LogOptions): Log {
  const { name, level, pretty = process.stdout.isTTY } = options;
  const base = { name, level, redact, serializers: { err }, base: { pid: process.pid } };
  if (!pretty) return pino(base, createLogLines());
  return pino({ ...base, transport: { target: "pino-pretty", options: { ignore: "pid" } } });
}

export const silentLog: Log = pino({ level: "silent" });
