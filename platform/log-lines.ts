/**
 * Where log lines wait for each other: a line is one blocking write to standard output, several times the price of
 * making it. They leave together, in order, and at the latest when the process exits (unless it is killed). When
 * nobody reads any more, they are dropped: a process must be able to end without its launcher. (The library's own
 * buffer, sonic-boom 4.2, tries again for ever then.)
 */
import { writeSync } from "node:fs";

const waitMs = 50;
/** Characters. */
const together = 8_192;
const retryMs = 10;

export type LogLines = { readonly write: (line: string) => void };

/** Sleeps: whoever writes more than is read has to wait, as with every blocking write. */
const sleep = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** @returns false when nobody reads any more. */
function writeAll(fd: number, text: string): boolean {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return false;
      sleep(retryMs);
    }
  }
  return true;
}

export function createLogLines(fd = 1): LogLines {
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  let isOpen = true;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = "";
    isOpen &&= writeAll(fd, text);
  }
  process.on("exit", flush);
  return {
    write(line) {
      waiting += line;
      if (waiting.length >= together) flush();
      else timer ??= setTimeout(flush, waitMs).unref();
    },
  };
}
