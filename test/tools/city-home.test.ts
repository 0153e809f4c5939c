import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCityHome } from "../../tools/city-home.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** A process that lives on, and its end. */
function sleeper() {
  const child = spawn("sleep", ["60"]);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { pid: child.pid, end: () => (child.kill("SIGKILL"), gone) };
}

describe("the home of a city", () => {
  test("has one signing key, for ever, that only its owner may read", async () => {
    await using folder = await tempFolder();
    const key = openCityHome(folder.path).signingKey();
    expect(Buffer.from(key, "base64url")).toHaveLength(32);
    expect(openCityHome(folder.path).signingKey()).toBe(key);
    expect((await stat(folder.file("signing-key"))).mode & 0o777).toBe(0o600);
  });

  test("is for one city at a time: the second is told who has it and what to do", async () => {
    await using folder = await tempFolder();
    const other = sleeper();
    await writeFile(folder.file("lock"), `${other.pid}`);
    const home = openCityHome(folder.path);
    expect(() => home.lock()).toThrow(
      `A city already runs in ${folder.path} (process ${other.pid}). Stop it first, or set CITY_GRAPH_HOME`,
    );
    expect(await readFile(folder.file("lock"), "utf8")).toBe(`${other.pid}`);
    await other.end();
    const unlock = home.lock();
    expect(await readFile(folder.file("lock"), "utf8")).toBe(`${process.pid}`);
    unlock();
    expect(existsSync(folder.file("lock"))).toBe(false);
  });

  test.each(["", "nonsense", "0", "-1"])("is not held by a lock that says %j", async (text) => {
    await using folder = await tempFolder({ lock: text });
    openCityHome(folder.path).lock()();
    expect(existsSync(folder.file("lock"))).toBe(false);
  });

  test("loses its data but not its keys when it is reset", async () => {
    await using folder = await tempFolder();
    const home = openCityHome(folder.path);
    const key = home.signingKey();
    await mkdir(home.dataOf("health"));
    home.removeData();
    expect(existsSync(home.dataOf("health"))).toBe(false);
    expect(existsSync(folder.file("data"))).toBe(true);
    expect(home.signingKey()).toBe(key);
  });
});
