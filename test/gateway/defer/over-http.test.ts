/** Deferred answers over real sockets: byte by byte, and with Apollo Client in both formats. */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { Defer20220824Handler, GraphQL17Alpha9Handler } from "@apollo/client/incremental";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import { compose } from "../../support/federation.ts";

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

const things = `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! }
  type Mutation { touch: Thing }`;
const names = `type Thing @key(fields: "id") { id: ID! name: String! }`;

/** The subgraph of names waits until it is let go. */
async function startWorld(env: Record<string, string> = {}) {
  const gate = Promise.withResolvers<void>();
  let nameOf: (id: string) => string | null = (id) => `name of ${id}`;
  async function answer(response: ServerResponse, chunks: readonly Buffer[]) {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString());
    const representations = variables?.representations as { id: string }[] | undefined;
    if (representations) await gate.promise;
    response.setHeader("content-type", "application/json");
    const data = representations
      ? { _entities: representations.map(({ id }) => ({ name: nameOf(id) })) }
      : { thing: { __typename: "Thing", id: "1" }, touch: { __typename: "Thing", id: "1" } };
    response.end(JSON.stringify({ data }));
  }
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => void answer(response, chunks));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  toClose.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const folder = await mkdtemp(join(tmpdir(), "city-graph-defer-"));
  toClose.push(() => rm(folder, { recursive: true }));
  const supergraph = join(folder, "supergraph.graphql");
  await writeFile(supergraph, compose({ things: { sdl: things }, names: { sdl: names } }));
  const config = readConfig([], {
    SUPERGRAPH: supergraph,
    SUBGRAPH_URLS: `things=${url},names=${url}`,
    PORT: "0",
    ...env,
  });
  const gateway = await startGateway(config, silentLog);
  toClose.push(gateway.stop);

  async function ask(body: object, accept: string) {
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept },
      body: JSON.stringify(body),
    });
    let text = "";
    const ended = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array);
    })();
    const parts = () =>
      text
        .split("\r\n--graphql")
        .filter((part) => part.includes("\r\n\r\n"))
        .map((part) => JSON.parse(part.slice(part.indexOf("\r\n\r\n"))));
    return { response, text: () => text, parts, ended };
  }
  return {
    url: gateway.url,
    ask,
    letGo: () => gate.resolve(),
    name: (given: typeof nameOf) => void (nameOf = given),
  };
}

const query = `query Deferred { thing { id ... @defer(label: "name") { name } } }`;
const current = "multipart/mixed;incrementalSpec=v0.2,application/json";
const of2022 = "multipart/mixed;deferSpec=20220824,application/json";

test("the current format announces, tells and completes each part", async () => {
  const { ask, letGo } = await startWorld();
  const { response, parts, text, ended } = await ask({ query }, current);
  expect(response.headers.get("content-type")).toBe(
    'multipart/mixed; boundary="graphql"; incrementalSpec=v0.2',
  );
  const initial = {
    data: { thing: { id: "1" } },
    pending: [{ id: "1", path: ["thing"], label: "name" }],
    hasNext: true,
  };
  // The subgraph of names has not answered yet.
  await expect.poll(parts).toEqual([initial]);
  letGo();
  await ended;
  const last = {
    incremental: [{ id: "1", data: { name: "name of 1" } }],
    completed: [{ id: "1" }],
    hasNext: false,
  };
  expect(parts()).toEqual([initial, last]);
  expect(text().endsWith("\r\n--graphql--\r\n")).toBe(true);
});

test("the format of 2022 tells each part by its path and label", async () => {
  const { ask, letGo } = await startWorld();
  const { response, parts, ended } = await ask({ query }, of2022);
  expect(response.headers.get("content-type")).toContain("deferSpec=20220824");
  await expect.poll(parts).toEqual([{ data: { thing: { id: "1" } }, hasNext: true }]);
  letGo();
  await ended;
  expect(parts()[1]).toEqual({
    incremental: [{ path: ["thing"], label: "name", data: { name: "name of 1" } }],
    hasNext: false,
  });
});

test("an error that nulls a part is told with it, in each format's way", async () => {
  const { ask, letGo, name } = await startWorld();
  name(() => null);
  letGo();
  const error = { path: ["thing", "name"], extensions: { code: "SUBGRAPH_INVALID_RESPONSE" } };
  const now = await ask({ query }, current);
  await now.ended;
  expect(now.parts()[1]).toMatchObject({ completed: [{ id: "1", errors: [error] }] });
  expect(now.parts()[1]).not.toHaveProperty("incremental");
  const then = await ask({ query }, of2022);
  await then.ended;
  expect(then.parts()[1]).toMatchObject({ incremental: [{ data: null, errors: [error] }] });
});

test("who accepts neither has the whole answer at once, and so has what cannot be deferred", async () => {
  const { ask, letGo } = await startWorld();
  letGo();
  const whole = { data: { thing: { id: "1", name: "name of 1" } } };
  for (const accept of [
    "application/json",
    "*/*",
    "multipart/mixed;deferSpec=1,application/json",
  ]) {
    const { response, text, ended } = await ask({ query }, accept);
    await ended;
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(JSON.parse(text())).toEqual(whole);
  }
  const plain = await ask({ query: "{ thing { id } }" }, current);
  await plain.ended;
  expect(JSON.parse(plain.text())).toEqual({ data: { thing: { id: "1" } } });
  const mutation = await ask({ query: "mutation { touch { id ... @defer { name } } }" }, current);
  await mutation.ended;
  expect(JSON.parse(mutation.text())).toEqual({ data: { touch: whole.data.thing } });
  const only = await ask({ query: "{ thing { id } }" }, "multipart/mixed;incrementalSpec=v0.2");
  await only.ended;
  expect(only.parts()).toEqual([{ data: { thing: { id: "1" } }, hasNext: false }]);
});

test("limits, validation and persisted operations are those of any query", async () => {
  const { ask, letGo } = await startWorld({ MAX_DEPTH: "2" });
  letGo();
  const wrong = await ask({ query: "{ thing { ... @defer { nothing } } }" }, current);
  await wrong.ended;
  expect(JSON.parse(wrong.text()).errors[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  await (
    await ask({ query, extensions }, "application/json")
  ).ended;
  const persisted = await ask({ extensions, operationName: "Deferred" }, current);
  await persisted.ended;
  expect(persisted.parts()).toHaveLength(2);
});

test.each([
  ["20220824", new Defer20220824Handler()],
  // Its types are not made for exact optional properties.
  ["v0.2", new GraphQL17Alpha9Handler() as unknown as Defer20220824Handler],
])("Apollo Client shows what is there first (%s)", async (_, incrementalHandler) => {
  const { url, letGo } = await startWorld();
  const client = new ApolloClient({
    link: new HttpLink({ uri: url }),
    cache: new InMemoryCache(),
    incrementalHandler,
  });
  const seen: any[] = [];
  const watched = client
    .watchQuery({ query: gql(query) })
    .subscribe(({ data, dataState }) => void seen.push({ data, dataState }));
  toClose.push(() => watched.unsubscribe());
  const thing = { __typename: "Thing", id: "1" };
  await expect.poll(() => seen.at(-1)).toEqual({ data: { thing }, dataState: "streaming" });
  letGo();
  await expect
    .poll(() => seen.at(-1))
    .toEqual({ data: { thing: { ...thing, name: "name of 1" } }, dataState: "complete" });
});
