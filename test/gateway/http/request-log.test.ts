import { describe, expect, it } from "vitest";
import { post, startPlainServer } from "./plain-server.ts";

describe("the log", () => {
  it("has one line a request, with what an operator needs", async () => {
    let nowMs = 0;
    await using server = await startPlainServer({ clock: () => (nowMs += 5) });
    const client = { "apollographql-client-name": "kiosk", "apollographql-client-version": "2" };
    await post(server.url, { query: "query Home { hello }" }, client);
    expect(await server.requestLines(1)).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        msg: "request",
        requestId: "made-anew",
        clientName: "kiosk",
        clientVersion: "2",
        operationName: "Home",
        durationMs: expect.any(Number),
        httpStatus: 200,
        outcome: "ok",
        errorCodes: [],
      },
    ]);
    expect((await server.requestLines(1))[0]?.["durationMs"]).toBeGreaterThan(0);
  });

  it("tells errors in data, refusals of operations and refusals of requests apart", async () => {
    await using server = await startPlainServer();
    await post(server.url, { query: "{ hello fail }" });
    await post(server.url, { query: "{ unknown }" });
    await post(server.url, "[]");
    await fetch(`${server.base}/elsewhere`);
    const lines = await server.requestLines(4);
    expect(
      lines.map(({ outcome, httpStatus, errorCodes }) => [outcome, httpStatus, errorCodes]),
    ).toEqual([
      ["errors", 200, ["DOWNSTREAM_SERVICE_ERROR"]],
      ["refused", 200, ["GRAPHQL_VALIDATION_FAILED"]],
      ["refused", 400, ["BAD_REQUEST"]],
      ["refused", 404, ["NOT_FOUND"]],
    ]);
  });

  it("holds no token, no query text, no variable and no person", async () => {
    await using server = await startPlainServer({
      authenticate: async () => ({
        ok: true,
        principal: { kind: "person", id: "person-amal", scopes: ["s3cret"], policies: [] },
      }),
    });
    const authorization = { authorization: "Bearer s3cret" };
    const query = "query Echo($text: String) { s3cret: echo(text: $text) }";
    await post(server.url, { query, variables: { text: "s3cret" } }, authorization);
    await post(server.url, { query, operationName: "s3cret name" }, authorization);
    await post(server.url, '{"query": s3cret', authorization);
    await fetch(`${server.url}?query=s3cret`, { headers: authorization });
    await fetch(`${server.base}/s3cret?s3cret`, { headers: authorization });
    await server.requestLines(5);
    expect(JSON.stringify(server.lines)).not.toMatch(/s3cret|person-amal/);
  });

  it("names the candidate that answers instead of what is live", async () => {
    await using server = await startPlainServer({
      candidateFor: ({ headers }) =>
        headers["city-graph-preview"] === "7" ? { id: 7, isMarked: true } : undefined,
    });
    await post(server.url, { query: "{ hello }" }, { "city-graph-preview": "7" });
    await post(server.url, { query: "{ hello }" });
    expect((await server.requestLines(2)).map(({ candidate }) => candidate)).toEqual([
      7,
      undefined,
    ]);
  });

  it("has health and readiness at debug level only", async () => {
    await using server = await startPlainServer();
    await fetch(`${server.base}/health`);
    await fetch(`${server.base}/ready`);
    const lines = await server.requestLines(2);
    expect(lines.map(({ level }) => level)).toEqual([20, 20]);
  });
});
