/** One gateway on several cores, as its own process with worker processes. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { build, startTool } from "../support/built-tool.ts";
import { freePorts } from "../support/free-ports.ts";

const operatorKey = "an operator's key of thirty-two characters";
const gateway = "../gateway/main";
const patience = { timeout: 20_000, interval: 100 };

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A gateway of three processes with a supergraph whose subgraphs are not there. */
async function startThree() {
  const [port = 0] = await freePorts(1);
  const tool = startTool(gateway, ["--port", String(port)], {
    WORKERS: "3",
    REDIS_URL: inject("redisUrl"),
    CACHE_NAMESPACE: randomUUID(),
    OPERATOR_KEY: operatorKey,
    LOG_LEVEL: "info",
    WARM_OPERATIONS: "0",
  });
  const url = `http://127.0.0.1:${port}`;
  const read = async (path: string, init: RequestInit = {}) => {
    const headers = { connection: "close", "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { headers, ...init });
    return { status: response.status, text: await response.text() };
  };
  const ask = (query: string) =>
    read("/graphql", { method: "POST", body: JSON.stringify({ query }) });
  // The primary says it when all of them answer.
  await tool.prints(`"pid":${tool.pid},"name":"gateway","url"`);
  /** By what each says when it is ready. */
  const workers = () =>
    [...tool.printed().matchAll(/"pid":(\d+),"name":"gateway","url".*"msg":"ready"/g)]
      .map(([, pid]) => Number(pid))
      .filter((pid) => pid !== tool.pid && isAlive(pid));
  await expect.poll(workers, patience).toHaveLength(3);
  return { ...tool, read, ask, workers };
}

describe("several gateway processes", () => {
  beforeAll(build);

  test("share a port and answer; their metrics are the sum of all, whichever is asked", async () => {
    const city = await startThree();
    expect(await city.ask("{ __typename }")).toEqual({
      status: 200,
      text: '{"data":{"__typename":"Query"}}',
    });
    // Each on a connection of its own: each process gets some of them.
    for (let times = 0; times < 6; times += 1) await city.ask("{ datasets { totalCount } }");
    const headers = { authorization: `Bearer ${operatorKey}` };
    const { text } = await city.read("/metrics", { headers });
    const counts = text.matchAll(/^city_graph_subgraph_fetch_seconds_count\{.*\} (\d+)$/gm);
    expect([...counts].reduce((sum, [, count]) => sum + Number(count), 0)).toBe(6);
    city.kill("SIGTERM");
    expect((await city.ended).code).toBe(0);
  });

  test("one that dies is replaced, and the others answer meanwhile", async () => {
    const city = await startThree();
    const [first = 0, ...others] = city.workers();
    process.kill(first, "SIGKILL");
    await expect.poll(() => city.workers().filter((pid) => pid !== first).length, patience).toBe(3);
    expect(city.workers()).toEqual(expect.arrayContaining(others));
    expect((await city.ask("{ __typename }")).status).toBe(200);
  });

  test("none outlives the first process, however that ends", async () => {
    const city = await startThree();
    const workers = city.workers();
    city.kill("SIGKILL");
    await city.ended;
    await expect.poll(() => workers.filter(isAlive), patience).toEqual([]);
  });

  test("a supergraph that cannot be served is told once, and ends all", async () => {
    const tool = startTool(gateway, ["--supergraph", "/no/such/file.graphql", "--port", "0"], {
      WORKERS: "3",
      CACHE: "false",
      LOG_LEVEL: "error",
    });
    const { code, stderr } = await tool.ended;
    expect(code).toBe(1);
    expect(stderr.match(/no\/such\/file/g)).toHaveLength(1);
  });

  test("without Redis they are refused where they would have to forget together", async () => {
    const { code, stderr } = await startTool(gateway, [], { WORKERS: "2", REDIS_URL: "" }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("WORKERS: several processes need REDIS_URL");
  });
});
