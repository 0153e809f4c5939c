/** Child processes of the benchmark: started, waited for, stopped by their own id. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

export type Running = { readonly pid: number; readonly stop: () => Promise<void> };

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", () => done());
  });

/** Asks to end, and insists after five seconds. */
async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended(child);
  clearTimeout(insist);
}

/** A helper of the benchmark that talks over IPC. */
export function startHelper(
  file: string,
): ChildProcess & { readonly stopped: () => Promise<void> } {
  const child = fork(file, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return Object.assign(child, { stopped: () => stop(child) });
}

/** The next message. @throws when the helper ends instead. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A helper ended with code ${code}.`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as T);
    });
  });
}

/**
 * Starts a server and waits until it answers `probe` with 200.
 * @throws with what it has printed when it ends, or is not ready in 60 seconds.
 */
export async function startServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  probe: () => Promise<boolean>,
): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const giveUpMs = Date.now() + 60_000;
  while (!(await probe().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > giveUpMs) {
      await stop(child);
      throw new Error(`${args.join(" ")} did not get ready:\n${printed}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { pid: child.pid ?? 0, stop: () => stop(child) };
}
