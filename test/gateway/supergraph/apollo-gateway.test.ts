import { mkdtemp, writeFile, mkdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../../gateway/server.ts";
import { compose } from "../../support/federation.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const first = { one: { sdl: "type Query { hello: String }" } };
const second = { one: { sdl: "type Query { hello: String news: String }" } };

/** Answers every operation with what it knows. */
async function subgraph(): Promise<string> {
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { query } = JSON.parse(body) as { query: string };
      const data = Object.fromEntries(
        ["hello", "news"].filter((name) => query.includes(name)).map((name) => [name, name]),
      );
      response.end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(async () => (server.closeAllConnections(), server.close()));
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}/graphql`;
}

async function start(supergraph: string, env: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const url = await subgraph();
  const config = readConfig([], {
    SUPERGRAPH: supergraph,
    PORT: "0",
    SUBGRAPH_URLS: `one=${url}`,
    ...env,
  });
  const gateway: RunningGateway = await startGateway(config, log);
  cleanups.push(gateway.stop);
  const ask = async (query: string): Promise<any> => {
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  return { ask, lines, gateway };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "supergraph-"));
  cleanups.push(() => rm(path, { recursive: true }));
  return path;
}

describe("a supergraph file", () => {
  test("that changes is taken up while running, without losing a request", async () => {
    const file = join(await folder(), "supergraph.graphql");
    await writeFile(file, compose(first));
    const { ask } = await start(file);
    expect((await ask("{ news }")).errors[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    let stop = false;
    const failures: unknown[] = [];
    const load = (async () => {
      while (!stop) {
        const { data, errors } = await ask("{ hello }");
        if (data?.hello !== "hello") failures.push(errors);
      }
    })();
    await writeFile(file, compose(second));
    await expect
      .poll(async () => (await ask("{ news }")).data, { timeout: 5_000 })
      .toEqual({ news: "news" });
    stop = true;
    await load;
    expect(failures).toEqual([]);
  });

  test.each([
    ["no SDL", "this is { no schema", "Syntax Error"],
    ["a schema, but no supergraph", "type Query { a: Int }", "not a"],
  ])(
    "that becomes %s is refused with a reason, and the last good one stays",
    async (_what, text, reason) => {
      const file = join(await folder(), "supergraph.graphql");
      await writeFile(file, compose(first));
      const { ask, lines } = await start(file);
      await writeFile(file, text);
      await expect
        .poll(() => lines.join("").includes("the last good one stays"), { timeout: 5_000 })
        .toBe(true);
      expect(lines.join("").toLowerCase()).toContain(reason.toLowerCase());
      expect((await ask("{ hello }")).data).toEqual({ hello: "hello" });
      await writeFile(file, compose(second));
      await expect
        .poll(async () => (await ask("{ news }")).data, { timeout: 5_000 })
        .toEqual({ news: "news" });
    },
  );

  test("that is broken or missing at the start keeps the gateway from starting, with the reason", async () => {
    const file = join(await folder(), "supergraph.graphql");
    await expect(start(file)).rejects.toThrow(`Cannot read the supergraph "${file}"`);
    await writeFile(file, "type Query { a: Int }");
    await expect(start(file)).rejects.toThrow("not a supergraph that can be served");
  });
});

describe("a rover.yaml", () => {
  async function rover(sdl: string) {
    const path = await folder();
    await mkdir(join(path, "sdl"));
    await writeFile(join(path, "sdl/one.graphql"), sdl);
    const file = join(path, "rover.yaml");
    await writeFile(
      file,
      "federation_version: =2.14.4\nsubgraphs:\n  one:\n    routing_url: http://127.0.0.1:1/graphql\n    schema:\n      file: ./sdl/one.graphql\n",
    );
    return { file, sdl: join(path, "sdl/one.graphql") };
  }

  test("is composed by the gateway, and composed again when a subgraph's SDL changes", async () => {
    const { file, sdl } = await rover("type Query { hello: String }");
    const { ask } = await start(file);
    expect((await ask("{ hello }")).data).toEqual({ hello: "hello" });
    await sleep(100);
    await writeFile(sdl, "type Query { hello: String news: String }");
    await expect
      .poll(async () => (await ask("{ news }")).data, { timeout: 5_000 })
      .toEqual({ news: "news" });
  });

  test("whose subgraph breaks is refused naming the subgraph, and the last good one stays", async () => {
    const { file, sdl } = await rover("type Query { hello: String }");
    const { ask, lines } = await start(file);
    await sleep(100);
    await writeFile(sdl, "type Query { hello: Strin }");
    await expect.poll(() => lines.join(""), { timeout: 5_000 }).toContain("[one]");
    expect((await ask("{ hello }")).data).toEqual({ hello: "hello" });
  });
});

describe("access directives", () => {
  test("are enforced, in either way that is configured", async () => {
    const file = join(await folder(), "supergraph.graphql");
    await writeFile(
      file,
      compose({ one: { sdl: "type Query { hello: String news: String @authenticated }" } }),
    );
    const lenient = await start(file);
    expect(await lenient.ask("{ hello news }")).toEqual({
      data: { hello: "hello", news: null },
      errors: [
        expect.objectContaining({
          path: ["news"],
          extensions: expect.objectContaining({ code: "UNAUTHENTICATED" }),
        }),
      ],
    });
    const strict = await start(file, { FORBIDDEN_FIELDS: "refuse" });
    const refused = await strict.ask("{ hello news }");
    expect(refused.data).toBeUndefined();
    expect(refused.errors[0].extensions.code).toBe("UNAUTHENTICATED");
    expect((await strict.ask("{ hello }")).data).toEqual({ hello: "hello" });
  });
});

test("a gateway whose subgraph cannot be reached starts, says so, and serves as soon as it can", async () => {
  const file = join(await folder(), "supergraph.graphql");
  await writeFile(file, compose(first));
  const { ask, gateway } = await start(file, { SUBGRAPH_URLS: "one=http://127.0.0.1:1/graphql" });
  expect(await ask("{ hello }")).toEqual({
    data: { hello: null },
    errors: [
      expect.objectContaining({
        path: ["hello"],
        extensions: { code: "SUBGRAPH_UNAVAILABLE", subgraph: "one" },
      }),
    ],
  });
  const ready = await fetch(gateway.url.replace("/graphql", "/ready"));
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ready: false, unreachable: ["one"] });
  expect((await fetch(gateway.url.replace("/graphql", "/health"))).status).toBe(200);
});
