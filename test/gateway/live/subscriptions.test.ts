/** Subscriptions over server-sent events, between a client and a subgraph of a few lines. */
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { sdl, startWorld, toClose } from "./world.ts";

const complete = "event: complete";

test("events come as they happen, under the client's names, until the subgraph ends them", async () => {
  const { subgraph, subscribe } = await startWorld();
  const { response, events, ended } = await subscribe("subscription { n: ticks(from: 4) }");
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  await expect.poll(() => subgraph.bodies.length).toBe(1);
  expect(JSON.stringify(subgraph.bodies[0])).toContain("4");
  const asked = /\w+(?=: ?ticks)/.exec(JSON.stringify(subgraph.bodies[0]))?.[0] ?? "ticks";
  subgraph.send({ [asked]: 4 });
  await expect.poll(events).toEqual([{ data: { n: 4 } }]);
  subgraph.send({ [asked]: 5 });
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
