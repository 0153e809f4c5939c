/** One process of the city: started, watched until it answers, started again when it dies, stopped. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { openChildLog } from "./child-log.ts";
import { ToolError } from "./tool.ts";

export type ChildOptions = {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string;
  /** What to look at when it does not start. */
  readonly advice: string;
  readonly say: (line: string) => void;
  /** Waited before the first restart, then doubled up to `longestBackoffMs`. */
  readonly firstBackoffMs?: number;
  /** One that lived this long before it died starts again at the first back-off. */
  readonly steadyMs?: number;
};

export type Child = {
  readonly name: string;
  /** Resolves when it answers for the first time. @throws ToolError when it ends before. */
  readonly ready: Promise<void>;
  /** SIGTERM; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  /** SIGKILL. */
  readonly kill: () => void;
};

type Run = {
  readonly signal: (signal: NodeJS.Signals) => void;
  /** How it ended, for people; undefined while it lives. */
  readonly ending: () => string | undefined;
  readonly ended: Promise<void>;
  readonly startedMs: number;
};

const longestBackoffMs = 10_000;
const pollMs = 50;
const probeTimeoutMs = 2_000;

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

export function startChild(options: ChildOptions): Child {
  const { name, script, args, env, logFile, readyUrl, advice, say } = options;
  const { firstBackoffMs = 500, steadyMs = 60_000 } = options;
  const log = openChildLog(logFile, (text) => say(`${name}: ${text}`));
  const stopping = new AbortController();

  function launch(): Run {
    // A group of its own: Ctrl-C in the terminal reaches only the launcher, which stops all in order.
    // The IPC channel closes when the launcher dies, however it dies, and the process ends by itself.
    const child = spawn(process.execPath, ["--enable-source-maps", script, ...args], {
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    let ending: string | undefined;
    const ended = new Promise<void>((resolve) => {
      const end = (how: string) => {
        ending ??= how;
        resolve();
      };
      child.once("error", (error) => end(error.message));
      child.once("close", (code, signal) => end(signal ? `by ${signal}` : `with code ${code}`));
    });
    if (child.stdout) log.take(child.stdout);
    if (child.stderr) log.take(child.stderr);
    return {
      signal: (signal) => void child.kill(signal),
      ending: () => ending,
      ended,
      startedMs: Date.now(),
    };
  }

  let run = launch();

  /** @returns false when it ended before it answered. */
  async function untilReady(one: Run): Promise<boolean> {
    while (one.ending() === undefined) {
      if ((await answers(readyUrl)) && one.ending() === undefined) return true;
      await Promise.race([sleep(pollMs), one.ended]);
    }
    return false;
  }

  async function live(): Promise<void> {
    let backoffMs = firstBackoffMs;
    for (;;) {
      await run.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - run.startedMs > steadyMs) backoffMs = firstBackoffMs;
      say(`${name} ended ${run.ending()}; starting it again in ${backoffMs} ms. Log: ${log.file}`);
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      run = launch();
      void untilReady(run).then((isBack) => isBack && say(`${name} is back.`));
    }
  }

  async function firstReady(): Promise<void> {
    if (await untilReady(run)) return void live();
    const how = `${name} ended ${run.ending()} before it was ready.`;
    throw new ToolError(`${how} The end of ${log.file}:\n${log.tail()}\n${advice}`);
  }

  return {
    name,
    ready: firstReady(),
    async stop() {
      stopping.abort();
      run.signal("SIGTERM");
      await run.ended;
      log.close();
    },
    kill: () => run.signal("SIGKILL"),
  };
}
