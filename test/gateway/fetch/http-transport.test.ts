import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { deriveSubgraphKey, verifyRequest } from "../../../platform/http-signature.ts";
import { encodePrincipal, type Principal } from "../../../platform/principal.ts";
import { testContext } from "../../support/federation.ts";
import { query as request, withSubgraph } from "./fake-subgraph.ts";

const amal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };

const answer =
  (text: string, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end(text);

describe("asking a subgraph", () => {
  test("sends the operation as JSON and returns data and errors", async () => {
    let body = "";
    await using transport = await withSubgraph((incoming, response) => {
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () =>
        response.end('{"data":{"a":1},"errors":[{"message":"m","path":["a",0]}]}'),
      );
    });
    expect(await transport.fetch(request, testContext())).toEqual({
      data: { a: 1 },
      errors: [{ message: "m", path: ["a", 0] }],
    });
    expect(JSON.parse(body)).toEqual({ query: "{ a }", variables: { x: 1 } });
  });

  test("is signed with the subgraph's own key over the very body that it sends", async () => {
    let seen: { headers: IncomingHttpHeaders; body: string } | undefined;
    await using transport = await withSubgraph(
      (incoming, response) => {
        let body = "";
        incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
        incoming.on("end", () => {
          seen = { headers: incoming.headers, body };
          response.end('{"data":{}}');
        });
      },
      { signingKey: "the master key" },
    );
    await transport.fetch(request, testContext(amal));
    const { headers, body } = seen ?? { headers: {}, body: "" };
    const principal = String(headers["city-graph-principal"]);
    expect(principal).toBe(encodePrincipal(amal));
    const path = new URL(transport.url).pathname;
    const parts = { method: "POST", path, body, principal, requestId: "test-request" };
    const options = { nowSeconds: Math.floor(Date.now() / 1_000), toleranceSeconds: 5 };
    expect(
      verifyRequest(parts, headers as object, {
        ...options,
        key: deriveSubgraphKey("the master key", "payments"),
      }),
    ).toEqual({ ok: true });
    expect(
      verifyRequest(parts, headers as object, {
        ...options,
        key: deriveSubgraphKey("the master key", "health"),
      }).ok,
    ).toBe(false);
  });
});

describe("a subgraph that misbehaves", () => {
  test("that is not there is SUBGRAPH_UNAVAILABLE, and its address stays inside", async () => {
    await using transport = await withSubgraph(answer(""), {
      urlOf: () => "http://127.0.0.1:1/graphql",
    });
    const failure = await transport.fetch(request, testContext()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SUBGRAPH_UNAVAILABLE", subgraph: "payments" });
    expect((failure as Error).message).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  test("that never answers is given up with SUBGRAPH_TIMEOUT", async () => {
    await using transport = await withSubgraph(() => {}, { subgraph: { timeoutMs: 60 } });
    await expect(transport.fetch(request, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_TIMEOUT",
    });
  });

  test("is not waited for beyond the request's own deadline", async () => {
    await using transport = await withSubgraph(() => {}, { subgraph: { timeoutMs: 60_000 } });
    const context = { ...testContext(), deadlineMs: Date.now() + 60 };
    await expect(transport.fetch(request, context)).rejects.toMatchObject({
      code: "SUBGRAPH_TIMEOUT",
    });
  });

  test("learns when the client has hung up", async () => {
    const client = new AbortController();
    let closed = false;
    await using transport = await withSubgraph((incoming) => {
      incoming.socket.once("close", () => (closed = true));
      client.abort();
    });
    await expect(
      transport.fetch(request, { ...testContext(), signal: client.signal }),
    ).rejects.toThrow();
    await expect.poll(() => closed).toBe(true);
  });

  test("that dies in the middle of its answer is SUBGRAPH_UNAVAILABLE", async () => {
    await using transport = await withSubgraph((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"data":', () => response.destroy());
    });
    await expect(transport.fetch(request, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
  });

  test.each([
    ["no JSON", answer("<html>")],
    ["a list", answer("[]")],
    ["data that is a list", answer('{"data":[]}')],
    ["errors that are no list", answer('{"data":{},"errors":{}}')],
    ["nothing", answer("{}")],
    ["more than we take", answer(`{"data":{"a":"${"x".repeat(200_000)}"}}`)],
  ])("that sends %s is SUBGRAPH_INVALID_RESPONSE", async (_what, listener) => {
    await using transport = await withSubgraph(listener, {
      subgraph: { maxResponseBytes: 100_000 },
    });
    await expect(transport.fetch(request, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
  });

  test("that answers 503 with a page of its proxy is SUBGRAPH_UNAVAILABLE", async () => {
    await using transport = await withSubgraph(answer("<h1>Service Unavailable</h1>", 503));
    await expect(transport.fetch(request, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_UNAVAILABLE",
    });
  });

  test("keeps serving after it came back", async () => {
    let dead = true;
    await using transport = await withSubgraph((_request, response) => {
      if (dead) response.destroy();
      else response.end('{"data":{"a":1}}');
    });
    await expect(transport.fetch(request, testContext())).rejects.toThrow();
    dead = false;
    expect((await transport.fetch(request, testContext())).data).toEqual({ a: 1 });
  });
});
