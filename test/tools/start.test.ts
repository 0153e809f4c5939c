/** `npm start` for real: the city's own processes on free ports, with a home of their own. */
import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { listen } from "../../platform/listen.ts";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { portVariable } from "../../tools/ports.ts";
import { build, runTool, startTool } from "../support/built-tool.ts";
import { freePorts } from "../support/free-ports.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);
/** On a busy machine with two cores a first start takes long. */
const timeoutMs = 180_000;

let names: readonly string[];
beforeAll(async () => {
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  names = [...subgraphs.map(({ name }) => name), "gateway", "provider", "biller"];
  await build();
});

async function environment(home: TempFolder): Promise<Record<string, string>> {
  const ports = await freePorts(names.length);
  return {
    ...Object.fromEntries(names.map((name, index) => [portVariable(name), `${ports[index]}`])),
    CITY_GRAPH_HOME: home.path,
    DATABASE_URL: "",
    REDIS_URL: "",
  };
}

/** Ids of the processes that a launcher started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/ +/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function ask(env: Record<string, string>, query: string, token?: string) {
  const response = await fetch(`http://127.0.0.1:${env["GATEWAY_PORT"]}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as any;
}

/** By a card of the sandbox provider, of a bill that the sandbox biller presents and has to accept. */
async function payByCard(env: Record<string, string>, token: string, billId: string) {
  const due = await ask(env, `{ bill(id: "${billId}") { amountDue { amount } } }`, token);
  const input = `{ billId: "${billId}", expectedAmount: ${due.data.bill.amountDue.amount},
    idempotencyKey: "first run", method: CARD, cardToken: "tok_approve" }`;
  const pay = `mutation { payBill(input: ${input}) { ... on PaymentStarted { payment { id } } } }`;
  const { id } = (await ask(env, pay, token)).data.payBill.payment;
  for (;;) {
    const query = `{ payment(id: "${id}") { state receipt { number } } }`;
    const { payment } = (await ask(env, query, token)).data;
    if (payment.state !== "AUTHORISED" && payment.state !== "CREATED") return payment;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const ready = "Stop: Ctrl-C";

describe("npm start", () => {
  test(
    "starts a city that answers, takes its tokens, mends itself, keeps others out, and ends on Ctrl-C",
    async () => {
      await using home = await tempFolder();
      const env = await environment(home);
      const city = startTool("start", [], env);
      await city.prints(ready);
      const children = await childrenOf(city.pid);
      expect(children.length).toBe(names.length);

      const services = await ask(env, "{ services(first: 1) { totalCount } }");
      expect(services.data.services.totalCount).toBeGreaterThanOrEqual(116);
      const token = (await runTool("token", ["person"], env)).stdout.trim();
      expect((await ask(env, "{ me { id } }", token)).data).toEqual({ me: { id: "person-amal" } });
      const paid = await payByCard(env, token, "bill_amal_du_2020_04");
      expect(paid.state).toBe("CAPTURED");
      expect(paid.receipt.number).toMatch(/^DU-\d{8}$/);
      expect((await stat(home.file("signing-key"))).mode & 0o777).toBe(0o600);

      const second = await runTool("start", [], env);
      expect(second.code).toBe(1);
      expect(second.stderr).toContain(`A city already runs in ${home.path} (process ${city.pid})`);
      await using otherHome = await tempFolder();
      const third = await runTool("start", [], { ...env, CITY_GRAPH_HOME: otherHome.path });
      expect(third.code).toBe(1);
      for (const name of names) {
        expect(third.stderr).toContain(
          `Port ${env[portVariable(name)]}, which ${name} would listen on, is taken`,
        );
      }
      expect(existsSync(otherHome.file("data/empty"))).toBe(false);

      process.kill(children[0] ?? 0, "SIGKILL");
      await city.prints("is back.");

      const now = await childrenOf(city.pid);
      city.kill("SIGINT");
      // A terminal's Ctrl-C arrives from the terminal, from npm and from the launcher.
      city.kill("SIGINT");
      const { code, stdout } = await city.ended;
      expect(code).toBe(0);
      expect(stdout).toMatch(/Stopping …\n$/);
      expect([...children, ...now].filter(isAlive)).toEqual([]);
      expect(existsSync(home.file("lock"))).toBe(false);

      // The second start finds the data, unless it is told to forget it.
      const again = startTool("start", [], env);
      await again.prints(ready);
      const left = await childrenOf(again.pid);
      again.hangUp();
      again.kill("SIGHUP");
      expect((await again.ended).code).toBe(0);
      expect(left.filter(isAlive)).toEqual([]);
    },
    timeoutMs,
  );

  test(
    "leaves nothing behind when the launcher is killed, and can be reset after that",
    async () => {
      await using home = await tempFolder({ "data/health": "a file, no database" });
      const env = await environment(home);
      const broken = await runTool("start", [], env);
      expect(broken.code).toBe(1);
      expect(broken.stderr).toContain("health ended with code 1 before it was ready.");
      expect(broken.stderr).toContain("npm start -- --reset");
      expect(existsSync(home.file("lock"))).toBe(false);

      const city = startTool("start", ["--reset"], env);
      await city.prints(ready);
      const children = await childrenOf(city.pid);
      expect(children.length).toBe(names.length);
      city.kill("SIGKILL");
      await until(() => !children.some(isAlive));
      // Left there, and of no effect: city-home.test.ts.
      expect(await readFile(home.file("lock"), "utf8")).toBe(`${city.pid}`);
    },
    timeoutMs,
  );

  test(
    "can be stopped while it starts",
    async () => {
      await using home = await tempFolder();
      const city = startTool("start", [], await environment(home));
      await until(async () => (await childrenOf(city.pid)).length > 0);
      const children = await childrenOf(city.pid);
      city.kill("SIGTERM");
      expect((await city.ended).code).toBe(0);
      expect(children.filter(isAlive)).toEqual([]);
    },
    timeoutMs,
  );

  test("refuses a port that is taken before it starts or writes anything", async () => {
    await using home = await tempFolder();
    const env = await environment(home);
    const server = createServer();
    const taken = await listen(server, { host: "127.0.0.1", port: 0, portSetting: "it" });
    const { code, stderr } = await runTool("start", [], { ...env, PAYMENTS_PORT: `${taken}` });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^Port ${taken}, which payments would listen on, is taken\\. Choose another: PAYMENTS_PORT=\\d+ npm start\n$`,
      ),
    );
    expect(existsSync(home.file("data/empty"))).toBe(false);
  });

  test("refuses a variable that holds no port", async () => {
    await using home = await tempFolder();
    const { code, stderr } = await runTool("start", [], {
      CITY_GRAPH_HOME: home.path,
      HEALTH_PORT: "http",
    });
    expect(code).toBe(1);
    expect(stderr).toBe('HEALTH_PORT must be a port from 1 to 65535, not "http".\n');
  });
});
