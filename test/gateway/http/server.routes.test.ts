import { request } from "undici";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { RequestContext } from "../../../gateway/context.ts";
import { graphError } from "../../../gateway/errors.ts";
import { type Answer, errorOf, executePlain, post, startPlainServer } from "./plain-server.ts";
import { openRaw } from "./raw-socket.ts";

const hello = { query: "{ hello }" };

describe("the routes", () => {
  it("say that the process is alive", async () => {
    await using server = await startPlainServer();
    const response = await fetch(`${server.base}/health`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"status":"alive"}');
    expect((await fetch(`${server.base}/health`, { method: "HEAD" })).status).toBe(200);
    const wrong = await fetch(`${server.base}/health`, { method: "POST" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("say whether the gateway is ready, with every detail given", async () => {
    let readiness = { ready: true, unreachable: ["health"] };
    await using server = await startPlainServer({ ready: async () => readiness });
    const good = await fetch(`${server.base}/ready`);
    expect([good.status, await good.json()]).toEqual([200, readiness]);
    readiness = { ready: false, unreachable: ["health", "payments"] };
    const bad = await fetch(`${server.base}/ready`);
    expect([bad.status, await bad.json()]).toEqual([503, readiness]);
  });

  it("serve the graph where they are told to, with or without a query string", async () => {
    await using server = await startPlainServer({}, { path: "/api" });
    expect((await post(`${server.base}/api?trace=1`, hello)).status).toBe(200);
    const elsewhere = await post(`${server.base}/graphql`, hello);
    expect(elsewhere.status).toBe(404);
    const { code, message } = await errorOf(elsewhere);
    expect(code).toBe("NOT_FOUND");
    expect(message).toContain("/api");
  });

  it("understand the absolute form of a proxy, and no path that only looks alike", async () => {
    await using server = await startPlainServer();
    const statusOf = async (target: string) => {
      using client = await openRaw(server.port);
      client.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      return (await client.ended).slice(9, 12);
    };
    expect(await statusOf("http://graph.example/graphql?query=%7Bhello%7D")).toBe("200");
    expect(await statusOf("//graphql?query=%7Bhello%7D")).toBe("404");
    expect(await statusOf("/graphql/?query=%7Bhello%7D")).toBe("404");
  });

  it.each(["PUT", "DELETE", "PATCH", "HEAD"])("refuse %s on the graph", async (method) => {
    await using server = await startPlainServer();
    const response = await fetch(server.url, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST, OPTIONS"]);
  });
});

describe("an operation", () => {
  it("by GET may be a query, never a mutation", async () => {
    await using server = await startPlainServer();
    const get = (query: string, accept: string) =>
      fetch(`${server.url}?${new URLSearchParams({ query }).toString()}`, { headers: { accept } });
    expect(await (await get("{ hello }", "*/*")).json()).toEqual({ data: { hello: "world" } });
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      const response = await get("mutation { change }", accept);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await errorOf(response)).code).toBe("METHOD_NOT_ALLOWED");
    }
  });

  it("that the executor refuses by throwing a coded error is answered with its status", async () => {
    await using server = await startPlainServer({
      execute: async () => {
        throw graphError("METHOD_NOT_ALLOWED", "Send mutations by POST.");
      },
    });
    const response = await post(server.url, hello);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await errorOf(response)).message).toBe("Send mutations by POST.");
  });

  it.each([
    new Error("secret of the database"),
    graphError("INTERNAL_SERVER_ERROR", "secret of the database"),
    "secret of the database",
  ])("that fails unforeseen tells the client nothing, and the log everything", async (thrown) => {
    await using server = await startPlainServer({
      execute: () => {
        throw thrown;
      },
    });
    const response = await post(server.url, hello);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain("INTERNAL_SERVER_ERROR");
    expect(text).not.toMatch(/secret|\.ts|stack/);
    const error = server.lines.find(({ level }) => level === 50);
    expect(JSON.stringify(error)).toContain("secret of the database");
    expect(error).toMatchObject({ requestId: "made-anew" });
    expect((await server.requestLines(1))[0]).toMatchObject({ outcome: "errors", httpStatus: 500 });
  });

  it("whose answer has a header that HTTP does not allow ends its own connection only", async () => {
    await using server = await startPlainServer({
      execute: async (request, context, http) => {
        const answer = await executePlain(request, context, http);
        return request.operationName ? { ...answer, headers: { "x-bad": "a\r\nb" } } : answer;
      },
    });
    await expect(
      post(server.url, { query: "query Bad { hello }", operationName: "Bad" }),
    ).rejects.toThrow("fetch failed");
    expect((await post(server.url, hello)).status).toBe(200);
  });
});

describe("a token", () => {
  it("that is refused ends the request with 401 and the reason, before its body is read", async () => {
    let executed = false;
    await using server = await startPlainServer({
      authenticate: async (header) =>
        header === "Bearer good"
          ? { ok: true, principal: { kind: "person", id: "person-amal", scopes: [], policies: [] } }
          : { ok: false, message: "The token has expired: get a new one." },
      execute: (...given) => {
        executed = true;
        expect(given[1].principal?.id).toBe("person-amal");
        return executePlain(...given);
      },
    });
    const response = await post(server.url, "not even JSON", { authorization: "Bearer bad" });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(await errorOf(response)).toEqual({
      code: "UNAUTHENTICATED",
      message: "The token has expired: get a new one.",
    });
    expect(executed).toBe(false);
    expect((await post(server.url, hello, { authorization: "Bearer good" })).status).toBe(200);
  });
});

describe("the response", () => {
  it.each([
    ["zstd", zstdDecompressSync],
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const)("is compressed by %s when it is large enough", async (coding, decompress) => {
    await using server = await startPlainServer();
    const ask = async (length: number) => {
      const query = `query { long(length: ${length}) }`;
      const response = await request(server.url, {
        method: "POST",
        headers: { "content-type": "application/json", "accept-encoding": coding },
        body: JSON.stringify({ query }),
      });
      return { headers: response.headers, body: Buffer.from(await response.body.arrayBuffer()) };
    };
    const large = await ask(5_000);
    expect(large.headers["content-encoding"]).toBe(coding);
    expect(large.headers["content-length"]).toBe(String(large.body.length));
    expect(large.body.length).toBeLessThan(1_000);
    const answer = JSON.parse(decompress(large.body).toString()) as Answer;
    expect(answer.data.long).toHaveLength(5_000);
    const small = await ask(500);
    expect(small.headers["content-encoding"]).toBeUndefined();
    expect(small.headers["content-length"]).toBe(String(small.body.length));
  });

  it("is not to be stored, nor guessed at, and has no superfluous space", async () => {
    await using server = await startPlainServer();
    const response = await post(server.url, hello);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).toBe('{"data":{"hello":"world"}}');
  });

  it("with data is 200 even when that is null", async () => {
    await using server = await startPlainServer();
    const accept = "application/graphql-response+json";
    const response = await post(server.url, { query: "{ must }" }, { accept });
    expect(response.status).toBe(200);
    expect(((await response.json()) as Answer).data).toBeNull();
  });
});

describe("the context of a request", () => {
  it("holds the client's id and name as far as they are well-formed, and is frozen", async () => {
    const contexts: RequestContext[] = [];
    await using server = await startPlainServer({
      execute: (request, context, http) => {
        contexts.push(context);
        return executePlain(request, context, http);
      },
    });
    const headers = [
      { "x-request-id": "abc_DEF-123", "apollographql-client-name": "city app/web" },
      {
        "x-request-id": "short",
        "graphql-client-name": "kiosk",
        "graphql-client-version": "1.2.3",
      },
      { "x-request-id": "x".repeat(65), "apollographql-client-name": "x".repeat(65) },
      { "x-request-id": "with spaces in", "apollographql-client-name": "<script>" },
    ] as const;
    const echoed: (string | null)[] = [];
    for (const given of headers) {
      const response = await post(server.url, hello, given);
      echoed.push(response.headers.get("x-request-id"));
    }
    expect(echoed).toEqual(["abc_DEF-123", "made-anew", "made-anew", "made-anew"]);
    expect(contexts.map(({ requestId }) => requestId)).toEqual(echoed);
    expect(contexts.map(({ clientName }) => clientName)).toEqual([
      "city app/web",
      "kiosk",
      "unknown",
      "unknown",
    ]);
    expect(contexts[1]?.clientVersion).toBe("1.2.3");
    expect(contexts.every((context) => Object.isFrozen(context))).toBe(true);
  });
});
