import { describe, expect, it } from "vitest";
import type { RequestContext } from "../../../gateway/context.ts";
import { errorOf, executePlain, post, startPlainServer } from "./plain-server.ts";
import { openRaw, rawPost } from "./raw-socket.ts";

const hello = { query: "query Slow { hello }", operationName: "Slow" };

/** Never answers; hands out the context it was given. */
function hanging() {
  const { promise: started, resolve } = Promise.withResolvers<RequestContext>();
  const execute = (_request: unknown, context: RequestContext): Promise<never> => {
    resolve(context);
    return new Promise(() => {});
  };
  return { execute, started };
}

const aborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted
    ? Promise.resolve(signal.reason)
    : new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve(signal.reason), { once: true }),
      );

describe("the deadline of a request", () => {
  it("ends it with 504 and aborts the work", async () => {
    const { execute, started } = hanging();
    await using server = await startPlainServer({ execute }, { requestTimeoutMs: 50 });
    const response = await post(server.url, hello);
    expect(response.status).toBe(504);
    expect((await errorOf(response)).code).toBe("REQUEST_TIMEOUT");
    const { signal } = await started;
    expect((signal.reason as Error).name).toBe("TimeoutError");
    expect((await server.requestLines(1))[0]).toMatchObject({
      outcome: "timeout",
      httpStatus: 504,
      operationName: "Slow",
      errorCodes: ["REQUEST_TIMEOUT"],
    });
  });

  it("is 504 as well when the work fails because of it", async () => {
    await using server = await startPlainServer(
      {
        execute: async (_request, { signal }) => {
          throw await aborted(signal);
        },
      },
      { requestTimeoutMs: 50 },
    );
    expect((await post(server.url, hello)).status).toBe(504);
  });

  it("holds for authentication too, which is told", async () => {
    const told = Promise.withResolvers<AbortSignal>();
    await using server = await startPlainServer(
      {
        authenticate: (_header, signal) => {
          told.resolve(signal);
          return new Promise(() => {});
        },
      },
      { requestTimeoutMs: 50 },
    );
    const headers = { authorization: "Bearer somebody" };
    expect((await post(server.url, hello, headers)).status).toBe(504);
    expect((await told.promise).aborted).toBe(true);
  });

  it("is told to the work as a time", async () => {
    const { execute, started } = hanging();
    await using server = await startPlainServer(
      { execute, clock: () => 1_000_000 },
      { requestTimeoutMs: 70 },
    );
    await post(server.url, hello);
    expect((await started).deadlineMs).toBe(1_000_070);
  });

  it("is 408, and the end of the connection, for a body that does not arrive", async () => {
    await using server = await startPlainServer({}, { requestTimeoutMs: 50 });
    using client = await openRaw(server.port);
    client.write(rawPost(JSON.stringify(hello)).slice(0, -10));
    const received = await client.ended;
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(received).toMatch(/connection: close/i);
    expect(received).toContain("REQUEST_TIMEOUT");
  });

  it("does not abort what has been answered in time", async () => {
    let context: RequestContext | undefined;
    await using server = await startPlainServer(
      {
        execute: (request, given, http) => {
          context = given;
          return executePlain(request, given, http);
        },
      },
      { requestTimeoutMs: 50 },
    );
    expect((await post(server.url, hello)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(context?.signal.aborted).toBe(false);
  });
});

describe("a client that hangs up", () => {
  it("aborts the work and is logged as such, not as an error", async () => {
    const { execute, started } = hanging();
    await using server = await startPlainServer({ execute });
    using client = await openRaw(server.port);
    client.write(rawPost(JSON.stringify(hello)));
    const { signal } = await started;
    client.socket.destroy();
    expect(((await aborted(signal)) as Error).name).toBe("AbortError");
    expect((await server.requestLines(1))[0]).toMatchObject({
      outcome: "aborted",
      httpStatus: 499,
      operationName: "Slow",
    });
    expect(server.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it("in the middle of its body is logged as such, not as an error", async () => {
    await using server = await startPlainServer();
    using client = await openRaw(server.port);
    client.write(rawPost(JSON.stringify(hello)).slice(0, -10));
    // The health check is answered after the first bytes were read.
    await fetch(`${server.base}/health`);
    client.socket.destroy();
    const lines = await server.requestLines(2);
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(["aborted", "ok"]));
    expect(server.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});

describe("a client that sends its headers a byte at a time", () => {
  it("is cut off", async () => {
    await using server = await startPlainServer({}, { headersTimeoutMs: 100 });
    using client = await openRaw(server.port);
    client.write("POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ");
    const drip = setInterval(() => client.write("x"), 20);
    const received = await client.ended;
    clearInterval(drip);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
  });
});
