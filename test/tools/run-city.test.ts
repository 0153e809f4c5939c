import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCityHome } from "../../tools/city-home.ts";
import { planCity, type ProcessPlan } from "../../tools/city-plan.ts";
import { runCity } from "../../tools/run-city.ts";
import { fakeProcess } from "../support/fake-process.ts";
import { freePorts } from "../support/free-ports.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);

type Behaviours = Readonly<Partial<Record<"shop" | "courier" | "gateway", string>>>;

/** A city of fake processes; they are gone at the end of the test, whatever happens in it. */
async function startCity(
  folder: TempFolder,
  behaviours: Behaviours = {},
  options: { readyTimeoutMs?: number } = {},
) {
  const [shop, courier, gateway] = await freePorts(3);
  const home = openCityHome(folder.path);
  const script = folder.file("fake.mjs");
  const planned = await planCity({
    rover: folder.file("rover.yaml"),
    env: {
      ...process.env,
      SHOP_PORT: `${shop}`,
      COURIER_PORT: `${courier}`,
      GATEWAY_PORT: `${gateway}`,
    },
    home,
    signingKey: "a-master-key-of-at-least-32-characters",
    jwksFile: "/nowhere",
    scripts: { subgraph: script, gateway: script, provider: script, biller: script },
    isOurs: () => true,
  });
  const behave = (one: ProcessPlan): ProcessPlan => ({
    ...one,
    env: { ...one.env, BEHAVIOUR: behaviours[one.name as keyof Behaviours] ?? "" },
  });
  const plan = {
    ...planned,
    subgraphs: planned.subgraphs.map(behave),
    gateway: behave(planned.gateway),
  };
  const said: string[] = [];
  const city = runCity({ plan, home, say: (line) => void said.push(line), ...options });
  onTestFinished(() => city.stop());
  const ask = async (name: string, path: string): Promise<string> => {
    const one = [...plan.subgraphs, plan.gateway].find((each) => each.name === name);
    return (await fetch(new URL(path, one?.url))).text();
  };
  return { city, said, ask, home };
}

const cityFolder = (): Promise<TempFolder> =>
  tempFolder({
    "fake.mjs": fakeProcess,
    "rover.yaml": `subgraphs:
  shop: { routing_url: "http://127.0.0.1:1/graphql", schema: { file: s.graphql } }
  courier: { routing_url: "http://127.0.0.1:2/graphql", schema: { file: c.graphql } }
`,
  });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const names = ["shop", "courier", "gateway"] as const;
type Running = Awaited<ReturnType<typeof startCity>>;
const pidsOf = ({ ask }: Running) =>
  Promise.all(names.map(async (name) => Number(await ask(name, "/pid"))));

describe("a running city", () => {
  test("is a process each, in a group of its own, that are all gone after a stop", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder);
    await running.city.ready;
    const pids = await pidsOf(running);
    expect(new Set(pids).size).toBe(3);
    for (const pid of pids) {
      const { stdout: group } = await run("ps", ["-o", "pgid=", "-p", `${pid}`]);
      expect(Number(group)).toBe(pid);
    }
    await running.city.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    for (const name of names) {
      expect(await readFile(running.home.logOf(name), "utf8")).toContain("ended by SIGTERM");
    }
  });

  test("is stopped although one process takes no SIGTERM", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder, { courier: "deaf", gateway: "deaf" });
    await running.city.ready;
    const pids = await pidsOf(running);
    await running.city.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await readFile(running.home.logOf("courier"), "utf8")).toContain("not now");
    expect(await readFile(running.home.logOf("shop"), "utf8")).toContain("ended by SIGTERM");
  });

  test("can be stopped twice, and before it is ready", async () => {
    await using folder = await cityFolder();
    const { city, ask } = await startCity(folder, { shop: "never-ready" });
    city.ready.catch(() => {});
    await until(() => ask("courier", "/pid").then(Boolean, () => false));
    const pid = Number(await ask("courier", "/pid"));
    await Promise.all([city.stop(), city.stop()]);
    expect(isAlive(pid)).toBe(false);
  });

  test("writes down what the processes print, and shows warnings and errors only", async () => {
    await using folder = await cityFolder();
    const { city, said, home } = await startCity(folder, { shop: "warns", courier: "errs" });
    await city.ready;
    await until(() => said.length === 2);
    expect(said.toSorted()).toEqual([
      "courier: error: it broke: no disk",
      "shop: warning: the disk is nearly full",
    ]);
    await city.stop();
    expect(await readFile(home.logOf("shop"), "utf8")).toContain('"msg":"hello"');
  });
});

describe("a process that does not start", () => {
  test("is named with the end of its log and what to do; the others are there until the stop", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder, { courier: "dies-at-start" });
    const error = await running.city.ready.catch((reason: unknown) => reason as Error);
    expect(String(error)).toContain("courier ended with code 3 before it was ready.");
    expect(String(error)).toContain(running.home.logOf("courier"));
    expect(String(error)).toContain("  The database is on fire.");
    expect(String(error)).toContain("npm start -- --reset");
  });

  test("is not started again: only one that was ready is", async () => {
    await using folder = await cityFolder();
    const { city, said } = await startCity(folder, { courier: "dies-at-start" });
    await city.ready.catch(() => {});
    await city.stop();
    expect(said).toEqual([]);
  });

  test("but lives without an answer is waited for with a line now and then, not for ever", async () => {
    await using folder = await cityFolder();
    const { city, said, home } = await startCity(
      folder,
      { gateway: "never-ready" },
      { readyTimeoutMs: 3_000 },
    );
    await expect(city.ready).rejects.toThrow(
      `gateway did not answer within 3 s. See:\n  ${home.logOf("gateway")}`,
    );
    expect(said).toContain("  2 s: waiting for gateway (starting)");
  });
});

describe("a process that dies while the city runs", () => {
  test("is started again, told both times, and the others live on", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder);
    await running.city.ready;
    const before = await pidsOf(running);
    process.kill(before[0] ?? 0, "SIGKILL");
    await until(() => running.said.includes("shop is back."));
    expect(running.said[0]).toBe(
      `shop ended by SIGKILL; starting it again in 500 ms. Log: ${running.home.logOf("shop")}`,
    );
    const after = await pidsOf(running);
    expect(after[0]).not.toBe(before[0]);
    expect(after.slice(1)).toEqual(before.slice(1));
    await running.city.stop();
    expect([...before, ...after].filter(isAlive)).toEqual([]);
  });

  test("waits longer each time", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder);
    await running.city.ready;
    for (const [times, waitMs] of [500, 1_000, 2_000].entries()) {
      await running.ask("courier", "/die").catch(() => {});
      await until(() => running.said.filter((line) => line.includes("is back")).length > times);
      expect(running.said).toContain(
        `courier ended with code 9; starting it again in ${waitMs} ms. Log: ${running.home.logOf("courier")}`,
      );
    }
  });

  test("stays gone when the city is stopped while it waits", async () => {
    await using folder = await cityFolder();
    const running = await startCity(folder);
    await running.city.ready;
    const [shop = 0] = await pidsOf(running);
    process.kill(shop, "SIGKILL");
    await until(() => running.said.length > 0);
    await running.city.stop();
    expect(running.said).toHaveLength(1);
    await expect(running.ask("shop", "/pid")).rejects.toThrow("fetch failed");
  });
});
