import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Answer, errorOf, post, startPlainServer } from "./plain-server.ts";
import { openRaw, rawPost } from "./raw-socket.ts";

const limits = { maxBodyBytes: 10_000 };
const hello = { query: "{ hello }" };
const helloText = JSON.stringify(hello);

/** A well-formed request of exactly so many bytes. */
function requestOf(bytes: number): string {
  const frame = JSON.stringify({ query: "{ hello }", variables: { pad: "" } });
  return JSON.stringify({
    query: "{ hello }",
    variables: { pad: "x".repeat(bytes - frame.length) },
  });
}

const codings = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

describe("a body within the limit", () => {
  it("is accepted up to the last byte", async () => {
    await using server = await startPlainServer({}, limits);
    expect((await post(server.url, requestOf(10_000))).status).toBe(200);
    expect((await post(server.url, requestOf(10_001))).status).toBe(413);
  });

  it.each(Object.entries(codings))("is accepted compressed by %s", async (coding, compress) => {
    await using server = await startPlainServer({}, limits);
    const body = new Uint8Array(compress(helloText));
    const response = await post(server.url, body, { "content-encoding": coding });
    expect(((await response.json()) as Answer).data).toEqual({ hello: "world" });
  });

  it("may begin with a byte order mark and hold any character", async () => {
    await using server = await startPlainServer({}, limits);
    const query = '{ echo(text: "فاتورة 🏙️") }';
    const response = await post(server.url, `\uFEFF${JSON.stringify({ query })}`);
    expect(((await response.json()) as Answer).data).toEqual({ echo: "فاتورة 🏙️" });
  });
});

describe("a body over the limit", () => {
  it("is refused by its content-length, and the connection serves the next request", async () => {
    await using server = await startPlainServer({}, limits);
    using client = await openRaw(server.port);
    client.write(rawPost("x".repeat(300_000)));
    expect(await client.until(/BODY_TOO_LARGE.*\}/)).toMatch(/^HTTP\/1\.1 413 /);
    client.write(rawPost(helloText));
    expect(await client.until(/world/)).toMatch(/HTTP\/1\.1 200 OK/);
  });

  it("is refused by its content-length before any of it has arrived", async () => {
    await using server = await startPlainServer({}, limits);
    using client = await openRaw(server.port);
    client.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10001\r\n\r\n",
    );
    expect(await client.until(/BODY_TOO_LARGE/)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("is refused in chunks of unknown number, and the connection serves the next request", async () => {
    await using server = await startPlainServer({}, limits);
    using client = await openRaw(server.port);
    client.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    const chunk = `1000\r\n${"x".repeat(4_096)}\r\n`;
    for (let sent = 0; sent < 5; sent += 1) client.write(chunk);
    expect(await client.until(/BODY_TOO_LARGE/)).toMatch(/^HTTP\/1\.1 413 /);
    for (let sent = 0; sent < 20; sent += 1) client.write(chunk);
    client.write("0\r\n\r\n");
    client.write(rawPost(helloText));
    expect(await client.until(/world/)).toMatch(/HTTP\/1\.1 200 OK/);
  });

  it("is cut off when it goes on without end", async () => {
    await using server = await startPlainServer({}, limits);
    using client = await openRaw(server.port);
    client.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    const chunk = `100000\r\n${"x".repeat(1_048_576)}\r\n`;
    for (let sent = 0; sent < 20; sent += 1) client.write(chunk);
    expect(await client.ended).toContain("BODY_TOO_LARGE");
  });

  it.each(Object.entries(codings))(
    "is refused when it grows from a few bytes of %s",
    async (coding, compress) => {
      await using server = await startPlainServer({}, limits);
      const bomb = new Uint8Array(compress(Buffer.alloc(5_000_000, " ")));
      expect(bomb.length).toBeLessThan(limits.maxBodyBytes);
      const response = await post(server.url, bomb, { "content-encoding": coding });
      expect(response.status).toBe(413);
      expect((await errorOf(response)).code).toBe("BODY_TOO_LARGE");
    },
  );
});

describe("a body that cannot be read", () => {
  it.each(Object.entries(codings))(
    "is refused when its %s is damaged or cut short",
    async (coding, compress) => {
      await using server = await startPlainServer({}, limits);
      const whole = new Uint8Array(compress(helloText));
      for (const body of [new Uint8Array(Buffer.from("not compressed")), whole.slice(0, -8)]) {
        const response = await post(server.url, body, { "content-encoding": coding });
        expect(response.status).toBe(400);
        expect((await errorOf(response)).message).toMatch(/damaged, cut short/);
      }
    },
  );

  it.each(["compress", "gzip, br"])(
    "is refused in the coding %j, naming those accepted",
    async (coding) => {
      await using server = await startPlainServer({}, limits);
      const response = await post(server.url, helloText, { "content-encoding": coding });
      expect(response.status).toBe(415);
      expect(response.headers.get("accept-encoding")).toBe("gzip, deflate, br, zstd");
    },
  );

  it("is refused when it is not UTF-8", async () => {
    await using server = await startPlainServer({}, limits);
    const body = new Uint8Array(Buffer.from('{"query":"{ é }"}', "latin1"));
    const response = await post(server.url, body);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain("not valid UTF-8");
  });

  it.each([
    "text/plain",
    "application/json; charset=latin1",
    "application/graphql",
    "application/json5",
  ])("is refused as %s", async (type) => {
    await using server = await startPlainServer({}, limits);
    const response = await post(server.url, helloText, { "content-type": type });
    expect(response.status).toBe(415);
    expect((await errorOf(response)).code).toBe("UNSUPPORTED_MEDIA_TYPE");
  });

  it.each([
    "application/json; charset=UTF-8",
    'application/json;charset="utf-8"',
    "Application/JSON",
  ])("is read as %s", async (type) => {
    await using server = await startPlainServer({}, limits);
    expect((await post(server.url, helloText, { "content-type": type })).status).toBe(200);
  });
});

describe("headers over the limit", () => {
  it("are refused with 431", async () => {
    await using server = await startPlainServer({}, { maxHeaderBytes: 2_048 });
    expect((await post(server.url, hello, { "x-pad": "x".repeat(1_000) })).status).toBe(200);
    expect((await post(server.url, hello, { "x-pad": "x".repeat(3_000) })).status).toBe(431);
  });
});
