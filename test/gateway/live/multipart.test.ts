/** Subscriptions over multipart/mixed (subscriptionSpec=1.0), with Apollo Client and byte by byte. */
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { CombinedProtocolErrors } from "@apollo/client/errors";
import { expect, test } from "vitest";
import { sdl, startWorld, toClose } from "./world.ts";

const accept = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json";

function apollo(url: string, query: string) {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
  const results: any[] = [];
  let isDone = false;
  const subscribed = client.subscribe({ query: gql(query) }).subscribe({
    next: (result) => void results.push(result),
    complete: () => void (isDone = true),
  });
  toClose.push(() => subscribed.unsubscribe());
  return { results, subscribed, isDone: () => isDone };
}

test("Apollo Client has each event when it happens, and the end", async () => {
  const { subgraph, gateway } = await startWorld();
  const { results, isDone } = apollo(gateway.url, "subscription { thingChanged { id name } }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  const thing = (id: string) => ({ __typename: "Thing", id });
  subgraph.send({ thingChanged: thing("7") });
  await expect
    .poll(() => results[0]?.data)
    .toEqual({ thingChanged: { ...thing("7"), name: "name of 7" } });
  subgraph.send({ thingChanged: thing("8") });
  await expect.poll(() => results.length).toBe(2);
  subgraph.streams[0]?.end("event: complete\ndata:\n\n");
  await expect.poll(isDone).toBe(true);
});

test("Apollo Client is told why a stream ends, and a client that leaves ends the subgraph's", async () => {
  const { subgraph, gateway, put } = await startWorld();
  const { results } = apollo(gateway.url, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(1);
  await put(`${sdl} type New { id: ID } extend type Query { n: New }`);
  await expect
    .poll(() => results[0]?.error, { timeout: 10_000 })
    .toBeInstanceOf(CombinedProtocolErrors);
  expect(results[0].error.errors[0].extensions.code).toBe("SUBSCRIPTION_SCHEMA_RELOAD");

  const before = subgraph.hungUp();
  const { subscribed } = apollo(gateway.url, "subscription { ticks }");
  await expect.poll(() => subgraph.streams.length).toBe(2);
  subscribed.unsubscribe();
  await expect.poll(subgraph.hungUp).toBe(before + 1);
});

test("the body is parts with payloads; an end that is not the subgraph's has errors beside a null payload", async () => {
  const { subgraph, gateway, subscribe } = await startWorld();
  const { response, text, ended } = await subscribe("subscription { ticks }", { accept });
  expect(response.headers.get("content-type")).toBe(
    'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  );
  await expect.poll(() => subgraph.streams.length).toBe(1);
  subgraph.send({ ticks: 1 });
  const head = "content-type: application/json; charset=utf-8";
  const first = `\r\n--graphql\r\n${head}\r\n\r\n{"payload":{"data":{"ticks":1}}}\r\n--graphql`;
  await expect.poll(text).toBe(first);
  subgraph.streams[0]?.destroy();
  await ended;
  expect(text().slice(first.length)).toMatch(
    /^\r\ncontent-type: application\/json; charset=utf-8\r\n\r\n\{"payload":null,"errors":\[\{.*"code":"SUBGRAPH_UNAVAILABLE".*\}\]\}\r\n--graphql--\r\n$/,
  );
  expect(gateway.url).toContain("/graphql");
});

test("queries are answered as JSON where that is accepted too, and what is wrong is refused", async () => {
  const { subscribe } = await startWorld();
  const query = await subscribe("{ thing { id } }", { accept });
  await query.ended;
  expect(JSON.parse(query.text())).toEqual({ data: { thing: { id: "1" } } });
  const only = await subscribe("{ thing { id } }", {
    accept: "multipart/mixed;subscriptionSpec=1.0",
  });
  await only.ended;
  expect(only.text()).toContain('{"payload":{"data":{"thing":{"id":"1"}}}}');
  const wrong = await subscribe("subscription { nothing }", { accept });
  expect(wrong.response.status).toBe(400);
  const other = await subscribe("subscription { ticks }", {
    accept: "multipart/mixed;subscriptionSpec=2.0",
  });
  expect(other.response.status).toBe(406);
});
