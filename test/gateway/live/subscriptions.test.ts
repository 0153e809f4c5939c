/** Subscriptions between a client and a subgraph of a few lines, both over real sockets. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import { compose } from "../../support/federation.ts";

const sdl = `
  type Query { thing: Thing }
  type Subscription { ticks(from: Int = 1): Int secret: Int @authenticated thingChanged: Thing }
  type Thing @key(fields: "id") { id: ID! }`;
const names = `type Thing @key(fields: "id") { id: ID! name: String }`;

const toClose: (() => unknown)[] = [];
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

async function startWorld(env: Readonly<Record<string, string>> = {}) {
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

const complete = "event: complete";

test("events come as they happen, under the client's names, until the subgraph ends them", async () => {
  const { subgraph, subscribe } = await startWorld();
  const { response, events, ended } = await subscribe("subscription { n: ticks(from: 4) }");
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  await expect.poll(() => subgraph.bodies.length).toBe(1);
  expect(JSON.stringify(subgraph.bodies[0])).toContain("4");
  subgraph.send({ n: 4 });
  await expect.poll(events).toEqual([{ data: { n: 4 } }]);
  subgraph.send({ n: 5 });
  await expect.poll(events).toEqual([{ data: { n: 4 } }, { data: { n: 5 } }]);
  subgraph.streams[0]?.end("event: complete\ndata:\n\n");
  await ended;
  expect(events().at(-1)).toBe(complete);
});

test("each event is completed with what other subgraphs know", async () => {
  const { subgraph, subscribe } = await startWorld();
  const { events } = await subscribe("subscription { thingChanged { id name } }");
  await expect.poll(() => subgraph.bodies.length).toBe(1);
  subgraph.send({ thingChanged: { __typename: "Thing", id: "7" } });
  await expect.poll(events).toEqual([{ data: { thingChanged: { id: "7", name: "name of 7" } } }]);
});

test("a client that hangs up ends the subgraph's stream at once", async () => {
  const { subgraph, subscribe } = await startWorld();
  const { leave } = await subscribe("subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  leave();
  await expect.poll(subgraph.hungUp).toBe(1);
});

test("a subgraph that breaks off is told as such, and the stream ends", async () => {
  const { subgraph, subscribe } = await startWorld();
  const { events, ended } = await subscribe("subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  subgraph.streams[0]?.destroy();
  await ended;
  expect(events()).toMatchObject([
    { errors: [{ extensions: { code: "SUBGRAPH_UNAVAILABLE", subgraph: "things" } }] },
    complete,
  ]);
});

test("what only some may see is not streamed to others, nor after the token's end", async () => {
  const { subgraph, subscribe, tokenFor, pass } = await startWorld();
  const nobody = await subscribe("subscription { secret }");
  await nobody.ended;
  expect(nobody.events()).toMatchObject([
    { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
    complete,
  ]);
  expect(subgraph.bodies).toEqual([]);
  const authorization = `Bearer ${await tokenFor(600)}`;
  const amal = await subscribe("subscription { secret }", { authorization });
  await expect.poll(() => subgraph.streams.length).toBe(1);
  subgraph.send({ secret: 1 });
  await expect.poll(amal.events).toEqual([{ data: { secret: 1 } }]);
  pass(700_000);
  subgraph.send({ secret: 2 });
  await amal.ended;
  expect(amal.events().slice(1)).toMatchObject([
    { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
    complete,
  ]);
  await expect.poll(subgraph.hungUp).toBe(1);
});

test("a new supergraph and a gateway that stops end it with a reason", async () => {
  const { subgraph, subscribe, put, gateway } = await startWorld();
  const before = await subscribe("subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  await put(sdl.replace("type Query {", "type Query { more: Int"));
  await before.ended;
  expect(before.events()).toMatchObject([
    { errors: [{ extensions: { code: "SUBSCRIPTION_SCHEMA_RELOAD" } }] },
    complete,
  ]);
  const after = await subscribe("subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  const stopped = gateway.stop();
  await after.ended;
  expect(after.events()).toMatchObject([
    { errors: [{ extensions: { code: "SHUTTING_DOWN" } }] },
    complete,
  ]);
  await stopped;
  toClose.splice(toClose.indexOf(gateway.stop), 1);
});

test("nobody has more than his share of subscriptions", async () => {
  const { subgraph, subscribe } = await startWorld({ MAX_SUBSCRIPTIONS_PER_CLIENT: "2" });
  const [one] = [
    await subscribe("subscription { ticks }"),
    await subscribe("subscription { ticks }"),
  ];
  const third = await subscribe("subscription { ticks }");
  expect(third.response.status).toBe(429);
  expect(third.response.headers.get("retry-after")).toBe("5");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  one?.leave();
  await expect
    .poll(async () => (await subscribe("subscription { ticks }")).response.status)
    .toBe(200);
});

test("queries and what is wrong are answered to clients of streams, too", async () => {
  const { subscribe } = await startWorld();
  const query = await subscribe("{ thing { id } }");
  await query.ended;
  expect(query.events()).toEqual([{ data: { thing: { id: "1" } } }, complete]);
  const wrong = await subscribe("subscription { nothing }");
  expect(wrong.response.status).toBe(400);
  await wrong.ended;
  expect(JSON.parse(wrong.text())).toMatchObject({
    errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
  });
});

test("a client that does not read slows its subgraph down, and nothing piles up in between", async () => {
  const { subgraph, gateway } = await startWorld();
  const url = new URL(gateway.url);
  const client = request({
    host: url.hostname,
    port: url.port,
    path: url.pathname,
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
  });
  client.on("error", () => {});
  client.end(JSON.stringify({ query: "subscription { thingChanged { id } }" }));
  toClose.push(() => client.destroy());
  const response = await new Promise<IncomingMessage>((resolve) =>
    client.once("response", resolve),
  );
  response.pause();
  await expect.poll(() => subgraph.streams.length).toBe(1);
  const [stream] = subgraph.streams as [ServerResponse];
  // Far more than the sockets in between hold.
  const id = "x".repeat(100_000);
  let sent = 0;
  const isStuck = async () => {
    while (sent < 1_000) {
      sent += 1;
      if (subgraph.send({ thingChanged: { __typename: "Thing", id } })) continue;
      const moved = await Promise.race([
        new Promise((resolve) => stream.once("drain", () => resolve(true))),
        new Promise((resolve) => setTimeout(() => resolve(false), 500)),
      ]);
      if (moved === false) return true;
    }
    return false;
  };
  expect(await isStuck()).toBe(true);
});
