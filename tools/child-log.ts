/**
 * What a child prints: every line goes to its log file, warnings and errors to the terminal too, and
 * the last lines are kept for the message about its death.
 */
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const keptLines = 12;
const warnLevel = 40;
const errorLevel = 50;

export type ChildLog = {
  readonly file: string;
  /** Takes in a stream of the child, line by line. */
  readonly take: (stream: Readable) => void;
  /** The last lines, indented. */
  readonly tail: () => string;
  readonly close: () => void;
};

type PinoLine = { level?: number; msg?: string; err?: { message?: string } };

/** A pino line that a person should see → that sentence. */
function toWarning(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level = 0, msg = "", err } = JSON.parse(line) as PinoLine;
    if (level < warnLevel) return undefined;
    const reason = err?.message ? `: ${err.message}` : "";
    return `${level < errorLevel ? "warning" : "error"}: ${msg}${reason}`;
  } catch {
    return undefined;
  }
}

export function openChildLog(file: string, warn: (text: string) => void): ChildLog {
  const out = createWriteStream(file);
  // A full disk must not end the city; the terminal still shows what matters.
  out.on("error", () => {});
  const last: string[] = [];
  return {
    file,
    take(stream) {
      createInterface({ input: stream }).on("line", (line) => {
        out.write(`${line}\n`);
        last.push(line);
        if (last.length > keptLines) last.shift();
        const warning = toWarning(line);
        if (warning !== undefined) warn(warning);
      });
    },
    tail: () => last.map((line) => `  ${line}`).join("\n"),
    close: () => out.end(),
  };
}
