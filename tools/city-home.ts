/**
 * The folder where a local city keeps what is its own: data, logs, keys. Git ignores it.
 * `.city` in the project's root, or CITY_GRAPH_HOME.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../platform/root.ts";

export type CityHome = {
  readonly path: string;
  readonly dataOf: (subgraph: string) => string;
  readonly logOf: (process: string) => string;
  /** Master key that subgraph requests are signed with; made at the first start. */
  readonly signingKey: () => string;
  /** @throws Error when another city runs on this folder. @returns how to give it free. */
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

export function openCityHome(path = process.env["CITY_GRAPH_HOME"] || fromRoot(".city")): CityHome {
  for (const folder of ["logs", "data"]) mkdirSync(join(path, folder), { recursive: true });
  const lockFile = join(path, "lock");
  return {
    path,
    dataOf: (subgraph) => join(path, "data", subgraph),
    logOf: (name) => join(path, "logs", `${name}.log`),
    signingKey: () =>
      keepSecret(join(path, "signing-key"), () => randomBytes(32).toString("base64url")),
    lock() {
      try {
        writeFileSync(lockFile, `${process.pid}`, { flag: "wx" });
      } catch {
        const pid = Number(readFileSync(lockFile, "utf8"));
        if (pid !== process.pid && isAlive(pid)) {
          throw new Error(
            `A city already runs in ${path} (process ${pid}). Stop it first, or set CITY_GRAPH_HOME to another folder.`,
          );
        }
        writeFileSync(lockFile, `${process.pid}`);
      }
      return () => rmSync(lockFile, { force: true });
    },
    removeData() {
      rmSync(join(path, "data"), { recursive: true, force: true });
      mkdirSync(join(path, "data"));
    },
  };
}
