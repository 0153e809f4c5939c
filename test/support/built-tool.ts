/** Command line tools as they are run: built, each in a process of its own. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { fromRoot } from "../../platform/root.ts";

/** Brings dist/ up to date; `npm test` looks for mistakes in types by itself. */
export async function build(): Promise<void> {
  await promisify(execFile)(
    fromRoot("node_modules/.bin/tsc"),
    ["-p", "tsconfig.build.json", "--noCheck"],
    { cwd: fromRoot() },
  );
}

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningTool = {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Closes this end of what it prints to, as a terminal does that is closed. */
  readonly hangUp: () => void;
  /** Resolves when it has printed this on standard output. */
  readonly prints: (text: string) => Promise<void>;
  /** What it has printed on standard output so far. */
  readonly printed: () => string;
  readonly ended: Promise<Ended>;
};

/** Killed at the end of the test when it still runs. */
export function startTool(
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningTool {
  const child = spawn(process.execPath, [fromRoot(`dist/tools/${tool}.js`), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  const watchers = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const watch of watchers) watch();
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    hangUp() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    prints: (text) =>
      new Promise((resolve, reject) => {
        const watch = () => stdout.includes(text) && resolve();
        watchers.add(watch);
        watch();
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before it printed "${text}":\n${stdout}${stderr}`)),
        );
      }),
    printed: () => stdout,
    ended,
  };
}

export const runTool = (
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => startTool(tool, args, env).ended;
