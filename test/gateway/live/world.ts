/** A gateway before a subgraph of a few lines, whose streams are in the test's hands; all over real sockets. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import { compose } from "../../support/federation.ts";

export const sdl = `
  type Query { thing: Thing }
  type Subscription { ticks(from: Int = 1): Int secret: Int @authenticated thingChanged: Thing }
  type Thing @key(fields: "id") { id: ID! }`;
const names = `type Thing @key(fields: "id") { id: ID! name: String }`;

/** Closed after each test, the last first. */
export const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

/** A subgraph whose streams are in the test's hands, and one that knows names. */
async function startSubgraph() {
  const streams: ServerResponse[] = [];
  const bodies: any[] = [];
  let hungUp = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      if (incoming.headers.accept === "text/event-stream") {
        bodies.push(body);
        response.once("close", () => void (response.writableFinished || (hungUp += 1)));
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.flushHeaders();
        streams.push(response);
        return;
      }
      response.setHeader("content-type", "application/json");
      const { representations } = body.variables ?? {};
      const data = representations
        ? { _entities: representations.map(({ id }: any) => ({ name: `name of ${id}` })) }
        : { thing: { id: "1" } };
      response.end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  toClose.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = (data: unknown, at = streams.length - 1) =>
    streams[at]?.write(`event: next\ndata: ${JSON.stringify({ data })}\n\n`);
  return { url: `http://127.0.0.1:${port}/graphql`, streams, bodies, send, hungUp: () => hungUp };
}

export async function startWorld(env: Readonly<Record<string, string>> = {}) {
  const subgraph = await startSubgraph();
  const folder = await mkdtemp(join(tmpdir(), "city-graph-live-"));
  toClose.push(() => rm(folder, { recursive: true }));
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), alg: "ES256" };
  await writeFile(join(folder, "jwks.json"), JSON.stringify({ keys: [jwk] }));
  const supergraph = join(folder, "supergraph.graphql");
  const put = (changed: string) =>
    writeFile(supergraph, compose({ things: { sdl: changed }, names: { sdl: names } }));
  await put(sdl);
  const config = readConfig([], {
    SUPERGRAPH: supergraph,
    SUBGRAPH_URLS: `things=${subgraph.url},names=${subgraph.url}`,
    PORT: "0",
    JWKS_URL: join(folder, "jwks.json"),
    JWT_ISSUER: "test",
    JWT_AUDIENCE: "test",
    ...env,
  });
  let aheadMs = 0;
  const gateway = await startGateway(config, silentLog, () => Date.now() + aheadMs);
  toClose.push(gateway.stop);
  const tokenFor = (seconds: number) =>
    new SignJWT({ kind: "person" })
      .setProtectedHeader({ alg: "ES256" })
      .setSubject("person-amal")
      .setIssuer("test")
      .setAudience("test")
      .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
      .sign(privateKey);

  async function subscribe(query: string, headers: Record<string, string> = {}) {
    const controller = new AbortController();
    toClose.push(() => controller.abort());
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
      body: JSON.stringify({ query }),
      signal: controller.signal,
    });
    let text = "";
    const ended = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array);
    })().catch(() => {});
    const events = () =>
      text
        .split("\n\n")
        .filter((one) => one.startsWith("event: "))
        .map((one) => {
          const [event = "", data = ""] = one.split("\n");
          return event === "event: next" ? JSON.parse(data.slice("data: ".length)) : event;
        });
    return { response, events, ended, text: () => text, leave: () => controller.abort() };
  }
  return {
    subgraph,
    gateway,
    put,
    subscribe,
    tokenFor,
    pass: (ms: number) => void (aheadMs += ms),
  };
}
