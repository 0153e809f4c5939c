import { type RequestListener } from "node:http";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBody } from "../../../gateway/fetch/decode-body.ts";
import { testContext } from "../../support/federation.ts";
import { call, query, withSubgraph } from "./fake-subgraph.ts";

const answer = '{"data":{"a":"مدينة"}}';
const codings = {
  gzip: (text: string) => gzipSync(text),
  "x-gzip": (text: string) => gzipSync(text),
  deflate: (text: string) => deflateSync(text),
  br: (text: string) => brotliCompressSync(text),
  zstd: (text: string) => zstdCompressSync(text),
} as const;

const sending =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

/** Zeros that fill `megabytes` when unfolded. */
const zeros = (megabytes: number) => "0".repeat(megabytes * 1024 * 1024);

describe("a compressed answer", () => {
  test.each(Object.entries(codings))("in %s is read", async (coding, compress) => {
    await using subgraph = await withSubgraph(
      sending(compress(answer), { "content-encoding": coding }),
    );
    expect((await subgraph.fetch(query, testContext())).data).toEqual({ a: "مدينة" });
  });

  test("of any size, small or beyond what is unfolded at once, comes out as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.entries(codings)),
        fc.string({ maxLength: 50 }),
        fc.constantFrom(1, 10, 30_000),
        async ([coding, compress], text, times) => {
          const whole = text.repeat(times);
          const decoded = await decodeBody(compress(whole), coding, 2 ** 26);
          expect(decoded.equals(Buffer.from(whole))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("in two codings is undone from the last to the first", async () => {
    const bytes = brotliCompressSync(gzipSync(answer));
    expect((await decodeBody(bytes, "gzip, BR", 1_000)).toString()).toBe(answer);
  });

  test.each(Object.entries(codings))(
    "in %s that unfolds beyond the limit is refused",
    async (coding, compress) => {
      const bomb = compress(zeros(4));
      expect(bomb.length).toBeLessThan(5_000);
      await using subgraph = await withSubgraph(sending(bomb, { "content-encoding": coding }), {
        subgraph: { maxResponseBytes: 1024 * 1024 },
      });
      await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
        code: "SUBGRAPH_INVALID_RESPONSE",
        message: expect.stringContaining("more than is taken"),
      });
    },
  );

  test("exactly at the limit is taken", async () => {
    const text = zeros(1);
    expect(await decodeBody(gzipSync(text), "gzip", text.length)).toHaveLength(text.length);
    await expect(decodeBody(gzipSync(text), "gzip", text.length - 1)).rejects.toMatchObject({
      reason: "too-large",
    });
  });

  test("whose zstd frame asks for a window of 128 MB is refused", async () => {
    const params = { [constants.ZSTD_c_windowLog]: 27 };
    const bytes = zstdCompressSync(Buffer.alloc(20 * 1024 * 1024, "ab"), { params });
    await expect(decodeBody(bytes, "zstd", 2 ** 30)).rejects.toThrow();
  });

  test.each([
    ["damaged", Buffer.from("no gzip at all"), "gzip"],
    ["cut off", gzipSync(answer).subarray(0, 20), "gzip"],
    ["in a coding that nobody asked for", Buffer.from(answer), "compress"],
    ["in a coding named like a property of objects", Buffer.from(answer), "constructor"],
    ["wrapped three times", Buffer.from(answer), "gzip, gzip, gzip"],
  ])("that is %s is SUBGRAPH_INVALID_RESPONSE", async (_what, bytes, coding) => {
    await using subgraph = await withSubgraph(sending(bytes, { "content-encoding": coding }));
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
  });

  test.each([
    [true, "zstd, br, gzip"],
    [false, "identity"],
  ])("is asked for when compression is %s: %s", async (compression, expected) => {
    let asked: unknown;
    await using subgraph = await withSubgraph(
      (request, response) => {
        asked = request.headers["accept-encoding"];
        response.end("{}");
      },
      { subgraph: { compression } },
    );
    await subgraph.send(call, testContext());
    expect(asked).toBe(expected);
  });
});

describe("the size of an answer", () => {
  test("is known to be too much from its first line: nothing of it is read", async () => {
    let written = 0;
    await using subgraph = await withSubgraph(
      (_request, response) => {
        response.writeHead(200, { "content-length": String(2 ** 40) });
        const chunk = Buffer.alloc(64 * 1024);
        const pour = () => {
          while (!response.destroyed && response.write(chunk)) written += chunk.length;
        };
        response.on("drain", pour);
        pour();
      },
      { subgraph: { maxResponseBytes: 10_000 } },
    );
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
    await new Promise((resolve) => subgraph.server.getConnections(resolve));
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  test("is counted when it is not told: an endless answer ends at the limit", async () => {
    await using subgraph = await withSubgraph(
      (_request, response) => {
        const chunk = Buffer.alloc(64 * 1024, "x");
        const pour = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", pour);
        pour();
      },
      { subgraph: { maxResponseBytes: 1024 * 1024, timeoutMs: 60_000 } },
    );
    await expect(subgraph.send(call, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
  });
});

describe("the content type of an answer", () => {
  test.each([
    "application/json",
    "application/graphql-response+json",
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
    "application/graphql-response+json ; charset=utf8",
    "application/json; charset=us-ascii",
  ])("%s is taken", async (type) => {
    await using subgraph = await withSubgraph(sending(answer, { "content-type": type }));
    expect((await subgraph.fetch(query, testContext())).data).toEqual({ a: "مدينة" });
  });

  test.each([
    "text/html",
    "text/plain; charset=utf-8",
    "application/jsonp",
    "application/xml",
    "multipart/mixed; boundary=x",
    "application/json; charset=iso-8859-1",
    "application/json; charset=utf-16",
    "text/html, application/json",
  ])("%s is refused, even over what looks like an answer", async (type) => {
    await using subgraph = await withSubgraph(sending(answer, { "content-type": type }));
    await expect(subgraph.fetch(query, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
    });
  });

  test("with a byte order mark before the JSON is taken, as RFC 8259 allows", async () => {
    await using subgraph = await withSubgraph(sending(`\uFEFF${answer}`));
    expect((await subgraph.fetch(query, testContext())).data).toEqual({ a: "مدينة" });
  });

  test("that says UTF-8 over other bytes is refused, not guessed at", async () => {
    await using subgraph = await withSubgraph(
      sending(Buffer.from('{"data":{"a":"Stra\xdfe"}}', "latin1")),
    );
    await expect(subgraph.fetch(query, testContext())).rejects.toMatchObject({
      code: "SUBGRAPH_INVALID_RESPONSE",
      message: expect.stringContaining("UTF-8"),
    });
  });
});

test("an answer brings the headers that caches need, and how long it took", async () => {
  await using subgraph = await withSubgraph(
    sending(answer, {
      "content-type": "application/graphql-response+json",
      "cache-control": "max-age=60",
      age: "7",
      "retry-after": "3",
    }),
  );
  expect(await subgraph.send(call, testContext())).toMatchObject({
    status: 200,
    contentType: "application/graphql-response+json",
    cacheControl: "max-age=60",
    age: "7",
    retryAfter: "3",
    body: Buffer.from(answer),
    durationMs: expect.any(Number),
  });
});
