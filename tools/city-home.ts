/**
 * The folder where a local city keeps what is its own: data, logs, keys. Git ignores it.
 * `.city` in the project's root, or CITY_GRAPH_HOME.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../platform/root.ts";
import { ToolError } from "./tool.ts";

export type CityHome = {
  readonly path: string;
  readonly dataOf: (subgraph: string) => string;
  readonly logOf: (process: string) => string;
  /** Master key that subgraph requests are signed with; made at the first start. */
  readonly signingKey: () => string;
  /** @throws ToolError when another city runs on this folder. @returns how to give it free. */
  readonly lock: () => () => void;
  readonly removeData: () => void;
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes a file that only its owner may read, unless it is there; returns what it holds. */
function keepSecret(file: string, make: () => string): string {
  try {
    writeFileSync(file, make(), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}

/**
 * Process id of who holds the lock; undefined when its holder is gone. In a container every launcher
 * may have the same id: a lock with our own is a predecessor's.
 */
function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function takeLock(file: string, home: string): () => void {
  try {
    writeFileSync(file, `${process.pid}`, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const pid = holderOf(file);
    if (pid !== undefined) {
      throw new ToolError(
        `A city already runs in ${home} (process ${pid}). Stop it first, or set CITY_GRAPH_HOME to another folder. If process ${pid} is something else, remove ${file}.`,
      );
    }
    writeFileSync(file, `${process.pid}`);
  }
  return () => rmSync(file, { force: true });
}

export function openCityHome(path = process.env["CITY_GRAPH_HOME"] || fromRoot(".city")): CityHome {
  for (const folder of ["logs", "data"]) mkdirSync(join(path, folder), { recursive: true });
  return {
    path,
    dataOf: (subgraph) => join(path, "data", subgraph),
    logOf: (name) => join(path, "logs", `${name}.log`),
    signingKey: () =>
      keepSecret(join(path, "signing-key"), () => randomBytes(32).toString("base64url")),
    lock: () => takeLock(join(path, "lock"), path),
    removeData() {
      rmSync(join(path, "data"), { recursive: true, force: true });
      mkdirSync(join(path, "data"));
    },
  };
}
