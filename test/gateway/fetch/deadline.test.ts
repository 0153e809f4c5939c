import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import { testContext } from "../../support/federation.ts";
import { call, mutation, stackTo, withSubgraph } from "./fake-subgraph.ts";

const told = async (
  settings: object,
  remainingMs: number,
  given: typeof call | typeof mutation,
) => {
  let headers: IncomingHttpHeaders = {};
  await using subgraph = await withSubgraph(
    (request, response) => {
      headers = request.headers;
      response.end("{}");
    },
    { subgraph: settings },
  );
  await subgraph.send(given, { ...testContext(), deadlineMs: Date.now() + remainingMs });
  return Number(headers["x-envoy-expected-rq-timeout-ms"]);
};

describe("the remaining time", () => {
  test("is told to the subgraph: its own limit, when the request has more", async () => {
    expect(await told({ timeoutMs: 700, shareInFlight: false }, 60_000, call)).toBeGreaterThan(500);
    expect(await told({ timeoutMs: 700, shareInFlight: false }, 60_000, call)).toBeLessThanOrEqual(
      700,
    );
  });

  test.each([call, mutation])(
    "is told to the subgraph: the request's, when that is less",
    async (given) => {
      const ms = await told({ timeoutMs: 60_000, shareInFlight: false }, 2_000, given);
      expect(ms).toBeGreaterThan(500);
      expect(ms).toBeLessThanOrEqual(2_000);
    },
  );

  test("has ended before the subgraph is asked: it is not asked", async () => {
    let asked = 0;
    await using subgraph = await withSubgraph((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    const client = new AbortController();
    client.abort();
    const context = { ...testContext(), signal: client.signal };
    for (const given of [call, mutation]) {
      await expect(subgraph.send(given, context)).rejects.toMatchObject({
        code: "SUBGRAPH_TIMEOUT",
      });
    }
    expect(asked).toBe(0);
  });

  test("covers a server that sends its answer drop by drop", async () => {
    await using subgraph = await withSubgraph(
      (_request, response) => {
        const drip = setInterval(() => response.write(" "), 5);
        response.once("close", () => clearInterval(drip));
      },
      { subgraph: { timeoutMs: 100 } },
    );
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_TIMEOUT",
    });
  });

  test("covers all tries together", async () => {
    let asked = 0;
    await using subgraph = await withSubgraph(
      (_request, response) => {
        asked += 1;
        response.writeHead(503, { "retry-after": "0" }).end();
      },
      {
        subgraph: {
          shareInFlight: false,
          timeoutMs: 100,
          retry: { retries: 10, baseDelayMs: 90, budgetBurst: 10 },
        },
      },
    );
    await subgraph.send(call, testContext());
    expect(asked).toBeLessThan(11);
  });
});

test("a mutation whose client hangs up ends at the subgraph too", async () => {
  const client = new AbortController();
  let closed = false;
  await using subgraph = await withSubgraph((request) => {
    request.socket.once("close", () => (closed = true));
    client.abort();
  });
  await expect(
    subgraph.send(mutation, { ...testContext(), signal: client.signal }),
  ).rejects.toMatchObject({ code: "SUBGRAPH_TIMEOUT" });
  await expect.poll(() => closed).toBe(true);
});

test("an address that swallows what is sent to it is given up after the time to connect", async () => {
  // Reserved for documentation (RFC 5737): routed nowhere, or refused at once by a strict network.
  const stack = stackTo("http://192.0.2.1:81/", {
    subgraph: { connectTimeoutMs: 100, timeoutMs: 30_000, retry: false },
  });
  await expect(stack.send(call, testContext())).rejects.toMatchObject({
    code: "SUBGRAPH_UNAVAILABLE",
  });
  await stack.close();
});
