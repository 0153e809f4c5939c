/** Runs one clean-up when the process is told to end, then ends it. */
import type { Log } from "./log.ts";

/** A terminal and a launcher may both pass the same Ctrl-C on: that is one signal. */
const sameSignalMs = 1_000;

/** On SIGTERM, SIGINT, or when the launcher that started this process is gone. A later second signal ends at once. */
export function onShutdown(log: Log, stop: () => Promise<void>): void {
  let stoppingSinceMs: number | undefined;
  const handle = (reason: string): void => {
    if (stoppingSinceMs !== undefined) {
      if (Date.now() - stoppingSinceMs > sameSignalMs) process.exit(130);
      return;
    }
    stoppingSinceMs = Date.now();
    log.info({ reason }, "stopping");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", handle);
  process.on("SIGINT", handle);
  process.on("disconnect", () => handle("the launcher is gone"));
}
