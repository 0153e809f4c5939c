/** Several operations on one stream, with graphql-sse's own client and request by request. */
import { createClient } from "graphql-sse";
import { afterEach, expect, test } from "vitest";
import { startWorld, toClose } from "./world.ts";

const clients: ReturnType<typeof createClient>[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function connect(url: string, headers: Record<string, string> = {}) {
  const client = createClient({
    singleConnection: true,
    url,
    headers,
    retryAttempts: 0,
  });
  clients.push(client);
  return client;
}

function read(client: ReturnType<typeof createClient>, query: string) {
  const results: any[] = [];
  let failure: any;
  let done = false;
  const end = client.subscribe(
    { query },
    {
      next: (result) => void results.push(result),
      error: (error) => void (failure = error),
      complete: () => void (done = true),
    },
  );
  return { results, end, failure: () => failure, isDone: () => done };
}

test("operations share one stream, and one that ends leaves the others", async () => {
  const { subgraph, gateway } = await startWorld();
  const client = connect(gateway.url);
  const one = read(client, "subscription { thingChanged { id name } }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  const other = read(client, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  subgraph.send({ thingChanged: { __typename: "Thing", id: "7" } }, 0);
  subgraph.send({ ticks: 1 }, 1);
  await expect
    .poll(() => one.results)
    .toEqual([{ data: { thingChanged: { id: "7", name: "name of 7" } } }]);
  await expect.poll(() => other.results).toEqual([{ data: { ticks: 1 } }]);
  one.end();
  await expect.poll(subgraph.hungUp).toBe(1);
  subgraph.send({ ticks: 2 }, 1);
  await expect.poll(() => other.results.length).toBe(2);
  subgraph.streams[1]?.end("event: complete\ndata:\n\n");
  await expect.poll(other.isDone).toBe(true);
  const query = read(client, "{ thing { id } }");
  await expect.poll(query.isDone).toBe(true);
  expect(query.results).toEqual([{ data: { thing: { id: "1" } } }]);
});

test("a client that goes away ends all of its operations", async () => {
  const { subgraph, gateway } = await startWorld();
  const client = connect(gateway.url);
  read(client, "subscription { ticks }");
  read(client, "subscription { ticks(from: 2) }");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  client.dispose();
  await expect.poll(subgraph.hungUp).toBe(2);
});

test("what its operations say last is sent before a stopping gateway ends the stream", async () => {
  const { subgraph, gateway } = await startWorld();
  const { results, isDone } = read(connect(gateway.url), "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  await gateway.stop();
  toClose.splice(toClose.indexOf(gateway.stop), 1);
  await expect.poll(() => results[0]?.errors[0].extensions.code).toBe("SHUTTING_DOWN");
  await expect.poll(isDone).toBe(true);
});

test("a stream is its owner's, opened once, and names operations by ids of their own", async () => {
  const { gateway, tokenFor, subgraph } = await startWorld({ MAX_SUBSCRIPTIONS_PER_CLIENT: "2" });
  const authorization = `Bearer ${await tokenFor(60)}`;
  const put = await fetch(gateway.url, { method: "PUT", headers: { authorization } });
  expect(put.status).toBe(201);
  const token = await put.text();
  const headers = { authorization, "x-graphql-event-stream-token": token };
  const events = { ...headers, accept: "text/event-stream" };
  const nobody = { "x-graphql-event-stream-token": token, accept: "text/event-stream" };
  expect((await fetch(gateway.url, { headers: nobody })).status).toBe(404);
  const controller = new AbortController();
  toClose.push(() => controller.abort());
  const open = await fetch(`${gateway.url}?token=${token}`, {
    headers: { authorization, accept: "text/event-stream" },
    signal: controller.signal,
  });
  expect([open.status, open.headers.get("content-type")]).toEqual([
    200,
    "text/event-stream; charset=utf-8",
  ]);
  expect((await fetch(gateway.url, { headers: events })).status).toBe(409);

  const post = async (query: string, operationId?: string) => {
    const body = JSON.stringify({ query, extensions: { operationId } });
    const json = { ...headers, "content-type": "application/json" };
    const response = await fetch(gateway.url, { method: "POST", headers: json, body });
    const text = await response.text();
    return { status: response.status, code: text && JSON.parse(text).errors[0].extensions.code };
  };
  expect(await post("subscription { ticks }")).toEqual({ status: 400, code: "BAD_REQUEST" });
  expect(await post("subscription { nothing }", "1")).toMatchObject({ status: 400 });
  expect((await post("subscription { ticks }", "1")).status).toBe(202);
  expect(await post("subscription { ticks }", "1")).toEqual({
    status: 409,
    code: "STREAM_CONFLICT",
  });
  expect((await post("subscription { ticks }", "2")).status).toBe(202);
  expect((await post("subscription { ticks }", "3")).status).toBe(429);
  await expect.poll(() => subgraph.streams.length).toBe(2);
  const complete = (id: string) =>
    fetch(`${gateway.url}?operationId=${id}`, { method: "DELETE", headers });
  expect((await complete("1")).status).toBe(200);
  await expect.poll(subgraph.hungUp).toBe(1);
  expect((await complete("")).status).toBe(400);
  controller.abort();
  await expect.poll(subgraph.hungUp).toBe(2);
  await expect.poll(async () => (await complete("2")).status).toBe(404);
});

test("a reservation that nobody opens is forgotten, and reservations are bounded", async () => {
  const { gateway } = await startWorld({
    MAX_SUBSCRIPTIONS_PER_CLIENT: "1",
    REQUEST_TIMEOUT_MS: "200",
  });
  const reserve = () => fetch(gateway.url, { method: "PUT" });
  const first = await reserve();
  expect(first.status).toBe(201);
  expect((await reserve()).status).toBe(429);
  await expect.poll(async () => (await reserve()).status).toBe(201);
  const headers = {
    "x-graphql-event-stream-token": await first.text(),
    accept: "text/event-stream",
  };
  expect((await fetch(gateway.url, { headers })).status).toBe(404);
});
