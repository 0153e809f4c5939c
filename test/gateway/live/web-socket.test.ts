/** Operations over WebSocket, with graphql-ws's own client and with sockets that break the rules. */
import { once } from "node:events";
import { createHash } from "node:crypto";
import { type Client, type ClientOptions, createClient } from "graphql-ws";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { sdl, startWorld, toClose } from "./world.ts";

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

function connect(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...options,
  });
  clients.push(client);
  return client;
}

/** Reads in the background. */
function read(client: Client, query: string, more: object = {}) {
  const results: any[] = [];
  let failure: any;
  let done = false;
  const end = client.subscribe(
    { query, ...more },
    {
      next: (result) => void results.push(result),
      error: (error) => void (failure = error),
      complete: () => void (done = true),
    },
  );
  return { results, end, failure: () => failure, isDone: () => done };
}

/** A socket without a client library. */
async function raw(url: string, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws", options);
  toClose.push(() => socket.terminate());
  const messages: any[] = [];
  socket.on("message", (data: Buffer) => void messages.push(JSON.parse(data.toString())));
  const closed = new Promise<[code: number]>((resolve) =>
    socket.once("close", (code) => resolve([code])),
  );
  await once(socket, "open");
  return {
    socket,
    messages,
    closed,
    send: (message: object) => socket.send(JSON.stringify(message)),
  };
}

test("events come as they happen, completed from other subgraphs, until the subgraph ends them", async () => {
  const { subgraph, gateway } = await startWorld();
  const { results, isDone } = read(
    connect(gateway.url),
    "subscription { t: thingChanged { id name } }",
  );
  await expect.poll(() => subgraph.streams.length).toBe(1);
  const asked = /\w+(?=: ?thingChanged)/.exec(JSON.stringify(subgraph.bodies[0]))?.[0] ?? "t";
  subgraph.send({ [asked]: { __typename: "Thing", id: "7" } });
  subgraph.send({ [asked]: { __typename: "Thing", id: "8" } });
  const thing = (id: string) => ({ data: { t: { id, name: `name of ${id}` } } });
  await expect.poll(() => results).toEqual([thing("7"), thing("8")]);
  subgraph.streams[0]?.end("event: complete\ndata:\n\n");
  await expect.poll(isDone).toBe(true);
});

test("several operations share a socket, and one that ends leaves the others", async () => {
  const { subgraph, gateway } = await startWorld();
  const client = connect(gateway.url);
  const one = read(client, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  const other = read(client, "subscription { ticks(from: 2) }");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  one.end();
  await expect.poll(subgraph.hungUp).toBe(1);
  subgraph.send({ ticks: 5 }, 1);
  await expect.poll(() => other.results).toEqual([{ data: { ticks: 5 } }]);
  expect(one.results).toEqual([]);
});

test("a client that goes away ends its subgraph's streams at once", async () => {
  const { subgraph, gateway } = await startWorld();
  const client = connect(gateway.url);
  read(client, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  await client.dispose();
  await expect.poll(subgraph.hungUp).toBe(1);
});

test("queries are answered, by their text or as persisted operations; what is wrong is told", async () => {
  const { gateway } = await startWorld();
  const client = connect(gateway.url);
  const query = "{ thing { id } }";
  const answer = { data: { thing: { id: "1" } } };
  const asked = read(client, query);
  await expect.poll(asked.isDone).toBe(true);
  expect(asked.results).toEqual([answer]);

  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const kept = read(client, query, { extensions });
  await expect.poll(kept.isDone).toBe(true);
  const persisted = read(client, "", { extensions });
  await expect.poll(persisted.isDone).toBe(true);
  expect(persisted.results).toEqual([answer]);

  const wrong = read(client, "{ nothing }");
  await expect.poll(() => wrong.failure()?.[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  const deep = read(client, `{ ${"a: thing { ".repeat(30)} id ${"} ".repeat(30)} }`);
  await expect.poll(() => deep.failure()?.[0].extensions.code).toMatch(/LIMIT|VALIDATION/);
});

test("connection_init carries the token: without one, protected fields are not streamed", async () => {
  const { subgraph, gateway, tokenFor, pass } = await startWorld();
  const nobody = read(connect(gateway.url), "subscription { secret }");
  await expect.poll(() => nobody.results[0]?.errors[0].extensions.code).toBe("UNAUTHENTICATED");

  const token = await tokenFor(60);
  const closes: any[] = [];
  const client = connect(gateway.url, {
    connectionParams: { Authorization: `Bearer ${token}` },
    on: { closed: (event) => void closes.push(event) },
  });
  const somebody = read(client, "subscription { secret }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  subgraph.send({ secret: 1 });
  await expect.poll(() => somebody.results).toEqual([{ data: { secret: 1 } }]);
  // After the token's end nothing more is told, and the client is asked for a new token.
  pass(10 * 60_000);
  subgraph.send({ secret: 2 });
  await expect.poll(() => closes[0]?.code).toBe(4403);
  expect(somebody.results).toHaveLength(1);

  const refused = await raw(gateway.url);
  refused.send({ type: "connection_init", payload: { authorization: "Bearer nonsense" } });
  expect((await refused.closed)[0]).toBe(4403);
});

test("a new supergraph and a gateway that stops close the socket, and the client comes back by itself", async () => {
  const { subgraph, gateway, put } = await startWorld();
  const closes: any[] = [];
  const client = connect(gateway.url, {
    retryAttempts: 5,
    retryWait: async () => {},
    on: { closed: (event) => void closes.push(event) },
  });
  const { results } = read(client, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  await put(`${sdl} type New { id: ID } extend type Query { n: New }`);
  await expect.poll(() => closes[0]?.code, { timeout: 10_000 }).toBe(1012);
  await expect.poll(() => subgraph.streams.length).toBe(2);
  subgraph.send({ ticks: 9 });
  await expect.poll(() => results).toEqual([{ data: { ticks: 9 } }]);

  await client.dispose();
  const plain = await raw(gateway.url);
  const stopped = gateway.stop();
  expect((await plain.closed)[0]).toBe(1001);
  await stopped;
  toClose.splice(toClose.indexOf(gateway.stop), 1);
});

test("operations, sockets and messages are bounded", async () => {
  const { gateway } = await startWorld({
    MAX_SUBSCRIPTIONS_PER_CLIENT: "2",
    MAX_BODY_BYTES: "2000",
  });
  const client = connect(gateway.url);
  read(client, "subscription { ticks }");
  read(client, "subscription { ticks }");
  const third = read(client, "subscription { ticks }");
  await expect.poll(() => third.failure()?.[0].extensions.code).toBe("TOO_MANY_SUBSCRIPTIONS");

  const large = await raw(gateway.url);
  large.send({ type: "connection_init", payload: { text: "x".repeat(3_000) } });
  expect((await large.closed)[0]).toBe(1009);

  await expect
    .poll(async () => {
      const open = await raw(gateway.url);
      open.send({ type: "connection_init" });
      return Promise.race([
        open.closed.then(([code]) => code),
        new Promise((resolve) => setTimeout(() => resolve("open"), 100)),
      ]);
    })
    .toBe(1013);
});

test("what breaks the protocol closes the socket with its code", async () => {
  const { gateway } = await startWorld();
  const codeOf = async (message: string) => {
    const { socket, closed } = await raw(gateway.url);
    socket.send(message);
    return (await closed)[0];
  };
  expect(await codeOf("no JSON")).toBe(4400);
  expect(await codeOf('{"type":"subscribe","id":"1","payload":{"query":"{ thing { id } }"}}')).toBe(
    4401,
  );
  const twice = await raw(gateway.url);
  twice.send({ type: "connection_init" });
  twice.send({ type: "connection_init" });
  expect((await twice.closed)[0]).toBe(4429);
  const other = new WebSocket(gateway.url.replace("http", "ws"), "graphql-ws");
  const [error] = (await once(other, "close").catch((cause: unknown) => [cause])) as [unknown];
  expect(error).toBeDefined();
});

test("a page of another origin is refused, unless CORS allows it", async () => {
  const { gateway } = await startWorld({ CORS_ORIGINS: "https://app.example" });
  const allowed = await raw(gateway.url, { origin: "https://app.example" });
  expect(allowed.socket.readyState).toBe(WebSocket.OPEN);
  await expect(raw(gateway.url, { origin: "https://evil.example" })).rejects.toThrow("403");
  await expect(raw(gateway.url.replace("/graphql", "/other"))).rejects.toThrow("404");
});

test("a client that does not read slows its subgraph down", async () => {
  const { subgraph, gateway } = await startWorld();
  const { socket, send } = await raw(gateway.url);
  send({ type: "connection_init" });
  const payload = { query: "subscription { thingChanged { id } }" };
  await new Promise((resolve) => socket.once("message", resolve));
  send({ type: "subscribe", id: "1", payload });
  await expect.poll(() => subgraph.streams.length).toBe(1);
  socket.pause();
  const [stream] = subgraph.streams;
  const id = "x".repeat(100_000);
  let isStuck = false;
  for (let sent = 0; sent < 1_000 && !isStuck; sent += 1) {
    if (subgraph.send({ thingChanged: { __typename: "Thing", id } })) continue;
    const moved = await Promise.race([
      new Promise((resolve) => stream?.once("drain", () => resolve(true))),
      new Promise((resolve) => setTimeout(() => resolve(false), 500)),
    ]);
    isStuck = moved === false;
  }
  expect(isStuck).toBe(true);
});
