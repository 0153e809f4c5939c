import { createServer as createHttp1, type RequestListener } from "node:http";
import {
  createSecureServer,
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createTls } from "node:https";
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { parseSubgraphUrl } from "../../../gateway/fetch/subgraph-url.ts";
import { silentLog } from "../../../platform/log.ts";
import { testContext } from "../../support/federation.ts";
import { call, listen, mutation, stackTo, type StackSettings } from "./fake-subgraph.ts";
import { localhostCertificate } from "./localhost-certificate.ts";

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;
type Subgraph = StackSettings["subgraph"];

const alone = { shareInFlight: false } as const;

/** The server on a free port or a socket, with its connections counted and a stack in front of it. */
async function serve(
  server: Server,
  urlOf: (port: number) => string,
  subgraph: Subgraph = {},
  where: object = { port: 0, host: "127.0.0.1" },
) {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(where, resolve));
  const port = (server.address() as AddressInfo).port;
  const stack = stackTo(urlOf(port), { subgraph: { ...alone, ...subgraph } });
  return Object.assign(stack, {
    connections: () => connections,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await stack.close();
    },
  });
}

const h1 =
  (text = '{"data":{"a":1}}'): RequestListener =>
  (_request, response) =>
    response.setHeader("content-type", "application/json").end(text);

describe("HTTP/2 without TLS (h2c:)", () => {
  const h2 = (listener: Listener, subgraph?: Subgraph) =>
    serve(createHttp2(listener), (port) => `h2c://127.0.0.1:${port}/graphql?x=1`, subgraph);

  test("carries many calls at a time over one connection", async () => {
    const held: Http2ServerResponse[] = [];
    await using subgraph = await h2((_request, response) => void held.push(response));
    const all = Promise.all(Array.from({ length: 40 }, () => subgraph.send(call, testContext())));
    await expect.poll(() => held.length).toBe(40);
    for (const response of held) response.end('{"data":{}}');
    expect((await all).every(({ status }) => status === 200)).toBe(true);
    expect(subgraph.connections()).toBe(1);
  });

  test("sends path, headers and body as over HTTP/1.1", async () => {
    let seen = {};
    await using subgraph = await h2((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen = { method, url, body, type: headers["content-type"], id: headers["x-request-id"] };
        response.end("{}");
      });
    });
    await subgraph.send(call, testContext());
    expect(seen).toEqual({
      method: "POST",
      url: "/graphql?x=1",
      body: call.body,
      type: "application/json",
      id: "test-request",
    });
  });

  test("resets the stream, and only it, when the client hangs up", async () => {
    let reset = 0;
    const held: Http2ServerResponse[] = [];
    await using subgraph = await h2((request, response) => {
      held.push(response);
      request.stream.once("close", () => void (request.stream.rstCode === 0 || (reset += 1)));
    });
    const client = new AbortController();
    const leaves = subgraph.send(call, { ...testContext(), signal: client.signal });
    const stays = subgraph.send(call, testContext());
    await expect.poll(() => held.length).toBe(2);
    client.abort();
    await expect(leaves).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
    await expect.poll(() => reset).toBe(1);
    for (const response of held) if (!response.stream.destroyed) response.end("{}");
    expect((await stays).status).toBe(200);
  });

  test("gives up a stream at its deadline, and refuses one that is too long", async () => {
    await using hangs = await h2(() => {}, { timeoutMs: 60 });
    await expect(hangs.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_TIMEOUT",
    });
    await using floods = await h2((_request, response) => response.end("x".repeat(5_000)), {
      maxResponseBytes: 1_000,
    });
    await expect(floods.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
  });

  test("lets what is under way end on a connection that says it goes away, and opens another", async () => {
    const held: Http2ServerResponse[] = [];
    const sessions = new Set<unknown>();
    await using subgraph = await h2((request, response) => {
      sessions.add(request.stream.session);
      if (held.push(response) === 1) request.stream.session?.goaway();
      else response.end("{}");
    });
    const first = subgraph.send(call, testContext());
    await expect.poll(() => held.length).toBe(1);
    // The news travels on the connection: once a ping has come back, it has arrived.
    await new Promise((resolve) => held[0]?.stream.session?.ping(resolve));
    expect((await subgraph.send(call, testContext())).status).toBe(200);
    expect(sessions.size).toBe(2);
    held[0]?.end("{}");
    expect((await first).status).toBe(200);
  });

  test("that nobody listens to is SUBGRAPH_UNAVAILABLE", async () => {
    const stack = stackTo("h2c://127.0.0.1:1/", { subgraph: { retry: false } });
    await expect(stack.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
    await stack.close();
  });

  test("connects again after the connection was cut", async () => {
    await using subgraph = await h2((_request, response) => response.end("{}"));
    await subgraph.send(call, testContext());
    subgraph.cut();
    expect((await subgraph.send(call, testContext())).status).toBe(200);
    expect(subgraph.connections()).toBe(2);
  });
});

describe("https:", () => {
  const { key, cert } = localhostCertificate();
  const secured = (server: Server, subgraph: Subgraph = {}) =>
    serve(server, (port) => `https://localhost:${port}/graphql`, { ca: cert, ...subgraph });

  test("speaks HTTP/2 with a server that offers it, many calls to a connection", async () => {
    const held: Http2ServerResponse[] = [];
    const versions = new Set<string>();
    await using subgraph = await secured(
      createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
        versions.add(request.httpVersion);
        if (held.push(response) === 1) held.shift()?.end("{}");
      }),
    );
    await subgraph.send(call, testContext());
    const all = Promise.all(Array.from({ length: 30 }, () => subgraph.send(call, testContext())));
    await expect
      .poll(() => {
        for (const response of held.splice(0)) response.end("{}");
        return Promise.race([all, Promise.resolve()]);
      })
      .toHaveLength(30);
    expect([...versions]).toEqual(["2.0"]);
    expect(subgraph.connections()).toBe(1);
  });

  test("speaks HTTP/1.1 with a server that does not", async () => {
    await using subgraph = await secured(createTls({ key, cert }, h1()));
    const answers = await Promise.all([1, 2, 3].map(() => subgraph.send(call, testContext())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("speaks HTTP/1.1 when HTTP/2 is switched off", async () => {
    const versions = new Set<string>();
    await using subgraph = await secured(
      createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
        versions.add(request.httpVersion);
        response.end("{}");
      }),
      { http2: false },
    );
    await subgraph.send(call, testContext());
    expect([...versions]).toEqual(["1.1"]);
  });

  test("tries the handshake again after one that failed", async () => {
    let broken = true;
    const server = createSecureServer({ key, cert }, (_request, response) => response.end("{}"));
    server.prependListener("connection", (socket: Socket) => broken && socket.destroy());
    await using subgraph = await secured(server, { retry: false });
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
    broken = false;
    expect((await subgraph.send(call, testContext())).status).toBe(200);
  });

  test("waits no longer for a handshake than the call may last", async () => {
    await using subgraph = await serve(createNetServer(), (port) => `https://localhost:${port}/`, {
      timeoutMs: 60,
      connectTimeoutMs: 60_000,
    });
    const ended = vi.fn<(reason: unknown) => void>();
    subgraph.send(call, testContext()).catch(ended);
    await expect.poll(() => ended.mock.calls).toMatchObject([[{ code: "SUBGRAPH_TIMEOUT" }]]);
  });

  test("refuses a certificate that no known authority signed", async () => {
    await using subgraph = await secured(createTls({ key, cert }, h1()), {
      ca: undefined,
      retry: false,
    });
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
  });
});

describe("a Unix socket", () => {
  test("is reached by unix:, at the path that the URL names", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fetch-"));
    const path = join(folder, "pay ments.sock");
    let asked = "";
    const server = createHttp1((request, response) => {
      asked = `${request.method} ${request.url}`;
      h1()(request, response);
    });
    const url = `unix://${folder}/pay%20ments.sock?path=/city/graphql`;
    {
      await using subgraph = await serve(server, () => url, {}, { path });
      expect((await subgraph.send(call, testContext())).status).toBe(200);
    }
    expect(asked).toBe("POST /city/graphql");
    await rm(folder, { recursive: true });
  });
});

describe("a routing URL", () => {
  test.each([
    ["ftp://city.test/graphql", /http:, https:, h2c: or unix:/],
    ["unix://host/run/a.sock", /unix:\/\/\/path/],
    ["unix:///run/a.sock?path=graphql", /unix:\/\/\/path/],
    ["no url", /no URL/],
  ])("%s is refused, and the message keeps the address to itself", (url, reason) => {
    expect(() => parseSubgraphUrl(url)).toThrow(reason);
    expect(() => parseSubgraphUrl(url)).not.toThrow(/city\.test|host/);
  });

  test("that cannot be used fails the fetch, not the gateway", async () => {
    const stack = stackTo("gopher://127.0.0.1/");
    await expect(stack.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
  });

  test("may change while calls are under way: they end where they began", async () => {
    const held: (() => void)[] = [];
    await using old = await listen((_request, response) => {
      held.push(() => response.end('"old"'));
    });
    await using fresh = await listen((_request, response) => response.end('"new"'));
    let url = old.url;
    const stack = stackTo("", { urlOf: () => url, subgraph: alone });
    const before = stack.send(call, testContext());
    await expect.poll(() => held.length).toBe(1);
    url = fresh.url;
    expect((await stack.send(call, testContext())).body.toString()).toBe('"new"');
    for (const answer of held) answer();
    expect((await before).body.toString()).toBe('"old"');
    await stack.close();
  });
});

describe("connections", () => {
  test("are kept and used again", async () => {
    await using subgraph = await serve(createHttp1(h1()), (port) => `http://127.0.0.1:${port}/`);
    for (let sent = 0; sent < 10; sent += 1) await subgraph.send(call, testContext());
    // undici waits a turn of the loop before it reuses a connection: a second one is opened meanwhile.
    expect(subgraph.connections()).toBeLessThanOrEqual(2);
  });

  test("are open before the first query when warmed up", async () => {
    const queries: string[] = [];
    const server = createHttp1((request, response) => {
      request.on("data", (chunk: Buffer) => queries.push(chunk.toString()));
      request.on("end", () => setTimeout(() => h1()(request, response), 20));
    });
    await using subgraph = await serve(server, (port) => `http://127.0.0.1:${port}/`, {
      warmConnections: 3,
    });
    await subgraph.warmUp(["payments"], 1_000, silentLog);
    expect(subgraph.connections()).toBe(3);
    expect(new Set(queries)).toEqual(new Set(['{"query":"{ __typename }"}']));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([1, 2, 3].map(() => subgraph.send(call, testContext())));
    expect(subgraph.connections()).toBe(3);
  });

  test("to a subgraph that is away do not hold up a warm-up, nor open its breaker", async () => {
    const stack = stackTo("http://127.0.0.1:1/", {
      subgraph: { retry: false, breaker: { minCalls: 1 } },
    });
    await stack.warmUp(["payments"], 1_000, silentLog);
    await expect(stack.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
    await stack.close();
  });

  test("carry several queries one behind the other when pipelining is on, and no mutation so", async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const server = createHttp1((request, response) => {
      request.resume().on("end", () => {
        held.push(() => h1()(request, response));
        most = Math.max(most, held.length);
      });
    });
    await using subgraph = await serve(server, (port) => `http://127.0.0.1:${port}/`, {
      connections: 1,
      pipelining: 4,
    });
    const answerAll = async (sent: readonly Promise<unknown>[]) => {
      const all = Promise.all(sent);
      await expect
        .poll(() => {
          for (const answer of held.splice(0)) answer();
          return Promise.race([all, Promise.resolve()]);
        })
        .toHaveLength(sent.length);
    };
    const queries = [1, 2, 3, 4].map(() => subgraph.send(call, testContext()));
    await expect.poll(() => held.length).toBe(4);
    await answerAll(queries);
    most = 0;
    await answerAll([1, 2, 3, 4].map(() => subgraph.send(mutation, testContext())));
    expect(most).toBe(1);
    expect(subgraph.connections()).toBe(1);
  });
});
