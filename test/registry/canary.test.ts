/** A candidate beside what is live, at a gateway, over real sockets. */
import { createClient } from "graphql-ws";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { people } from "../support/city.ts";
import { linkOf } from "../support/registry.ts";
import {
  type RegistryWorld,
  type SmallSubgraph,
  startRegistryWorld,
  startSmallSubgraph,
} from "../support/registry-world.ts";

const sdlWith = (field: string) => `${linkOf("@key")}
type Query {
  "One bench."
  bench: Bench @cacheControl(maxAge: 60)
}
type Mutation {
  "Has it painted."
  paint: String
}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
  "Who answers."
  answeredBy: String${field}
}
`;
const sdl = sdlWith("");
const nextSdl = sdlWith('\n  "Its colour."\n  colour: String');
const operatorKey = "an operators' key of enough characters";

let world: RegistryWorld;
let old: SmallSubgraph;
let next: SmallSubgraph;
let gateway: Awaited<ReturnType<RegistryWorld["startGateway"]>>;
let operator: string;

beforeEach(async () => {
  world = await startRegistryWorld({
    candidateRules: { minRequests: 20, errorRisePoints: 5, slowdown: 1.5, withdrawsItself: true },
  });
  const answering = (answeredBy: string) => ({
    Query: { bench: () => ({ id: "1", answeredBy, colour: "green" }) },
    Mutation: { paint: () => `by ${answeredBy}` },
  });
  old = await startSmallSubgraph(nextSdl, answering("the old one"));
  next = await startSmallSubgraph(nextSdl, answering("the next one"));
  await world.registry.join("benches");
  await world.publish("benches", sdl, old.url);
  gateway = await world.startGateway({ OPERATOR_KEY: operatorKey, REQUEST_TIMEOUT_MS: "2000" });
  operator = await world.tokenOf(people.noura);
}, 60_000);
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await old[Symbol.asyncDispose]();
  await next[Symbol.asyncDispose]();
});

async function openCandidate(share: number): Promise<number> {
  const url = encodeURIComponent(next.url);
  const route = `POST /publish?subgraph=benches&routingUrl=${url}&candidate=${share}`;
  const { body } = await world.registry.ask(route, { body: nextSdl });
  expect(body.kind).toBe("candidate");
  await vi.waitFor(async () => expect((await marked("{ bench { id } }")).status).toBe(200), {
    timeout: 10_000,
    interval: 30,
  });
  return body.candidate;
}

const who = "{ bench { answeredBy } }";
const marked = async (query: string, token = operator) => {
  const { candidate } = (await world.registry.ask("GET /canary")).body;
  const headers = { "city-graph-preview": `${candidate?.id}` };
  return gateway.ask("/graphql", query, { headers, ...(token ? { token } : {}) });
};
const plain = async (query: string, token?: string) =>
  gateway.ask("/graphql", query, token ? { token } : {});

it("answers marked requests, to those who may, from where the candidate's subgraph is, and nobody else", async () => {
  const id = await openCandidate(0);
  old.state.cacheControl = next.state.cacheControl = "public, max-age=60";
  // Asked twice: the second time by what is cached of the first.
  for (const query of [who, who]) {
    expect((await marked(query)).data).toEqual({ bench: { answeredBy: "the next one" } });
    expect((await plain(query)).data).toEqual({ bench: { answeredBy: "the old one" } });
    expect((await plain(query, operator)).data).toEqual({ bench: { answeredBy: "the old one" } });
  }
  expect((await marked("mutation { paint }")).data).toEqual({ paint: "by the next one" });
  expect((await plain("mutation { paint }")).data).toEqual({ paint: "by the old one" });
  expect((await marked("{ bench { colour } }")).data).toEqual({ bench: { colour: "green" } });
  expect((await plain("{ bench { colour } }")).errors?.[0]?.extensions.code).toBe(
    "GRAPHQL_VALIDATION_FAILED",
  );
  const notAllowed = await marked(who, await world.tokenOf(people.amal));
  expect([notAllowed.status, notAllowed.errors?.[0]?.extensions.code]).toEqual([403, "FORBIDDEN"]);
  const headers = { "city-graph-preview": "4711" };
  const unknown = await gateway.ask("/graphql", who, { token: operator, headers });
  expect(unknown.errors?.[0]).toMatchObject({
    message: expect.stringContaining(`candidate ${id} is open`),
    extensions: { code: "NO_CANDIDATE" },
  });
});

it("serves marked requests whatever carries them: WebSockets and answers in parts; no shared cache keeps any", async () => {
  const id = await openCandidate(0);
  const overSocket = (params: object) =>
    new Promise<unknown>((resolve, reject) => {
      const client = createClient({
        url: `${gateway.origin.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${operator}`, ...params },
      });
      let last: unknown;
      client.subscribe(
        { query: who },
        { next: (value) => void (last = value), error: reject, complete: () => resolve(last) },
      );
    });
  const mark = { "city-graph-preview": `${id}` };
  expect(await overSocket({})).toMatchObject({ data: { bench: { answeredBy: "the old one" } } });
  expect(await overSocket(mark)).toMatchObject({ data: { bench: { answeredBy: "the next one" } } });
  await expect(overSocket({ "city-graph-preview": "4711" })).rejects.toMatchObject([
    { extensions: { code: "NO_CANDIDATE" } },
  ]);

  const send = (headers: Record<string, string>, query: string) =>
    fetch(`${gateway.origin}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${operator}`,
        ...headers,
      },
      body: JSON.stringify({ query }),
    });
  const accept = "multipart/mixed;deferSpec=20220824";
  const inParts = await send({ ...mark, accept }, "{ bench { id ... @defer { answeredBy } } }");
  expect(inParts.headers.get("content-type")).toContain("multipart/mixed");
  expect(await inParts.text()).toContain("the next one");

  next.state.cacheControl = old.state.cacheControl = "public, max-age=60";
  const kept = [await send({}, "{ bench { id } }"), await send(mark, "{ bench { id } }")];
  expect(kept[0]?.headers.get("cache-control")).toMatch(/^public, max-age/);
  expect(kept[1]?.headers.get("cache-control")).toBe("no-store");
});

it("gives the candidate its share of the clients, whatever and however often they ask", async () => {
  await openCandidate(20);
  const tokens = await Promise.all(
    Array.from({ length: 100 }, (_none, index) =>
      world.tokenOf({ kind: "person", id: `p-${index}`, scopes: [], policies: [] }),
    ),
  );
  const answeredBy = async (query: string) =>
    Promise.all(tokens.map(async (token) => (await plain(query, token)).data.bench.answeredBy));
  const first = await answeredBy(who);
  const share = first.filter((one) => one === "the next one").length;
  expect(share).toBeGreaterThan(8);
  expect(share).toBeLessThan(33);
  expect(await answeredBy("{ bench { id answeredBy } }")).toEqual(first);
});

it("is promoted under load without one failed request, and withdrawn without one", async () => {
  await openCandidate(50);
  const tokens = await Promise.all(
    Array.from({ length: 8 }, (_none, index) =>
      world.tokenOf({ kind: "person", id: `p-${index}`, scopes: [], policies: [] }),
    ),
  );
  let isOn = true;
  let asked = 0;
  const failures: unknown[] = [];
  const client = async (token: string) => {
    while (isOn) {
      asked += 1;
      const answer = await plain(`{ bench { id answeredBy } # ${asked}\n}`, token).catch(
        (error: unknown) => ({ errors: [error], data: undefined }),
      );
      if (answer.errors || !answer.data.bench.answeredBy) failures.push(answer);
    }
  };
  // Those who use what only the candidate has go on, too.
  const previewer = async () => {
    const headers = { "city-graph-preview": "1" };
    while (isOn) {
      const query = "{ bench { colour } }";
      const answer = await gateway.ask("/graphql", query, { token: operator, headers });
      const code = answer.errors?.[0]?.extensions.code;
      if (code !== undefined && code !== "NO_CANDIDATE") failures.push(answer);
    }
  };
  const load = Promise.all([...tokens.map(client), previewer()]);
  expect((await world.registry.ask("POST /canary/promote")).body.kind).toBe("published");
  await vi.waitFor(
    async () => expect((await plain("{ bench { colour answeredBy } }")).data?.bench).toBeDefined(),
    { timeout: 10_000, interval: 30 },
  );
  expect((await plain(who)).data.bench.answeredBy).toBe("the next one");

  // The next candidate is worse in the eyes of its agency, and ends.
  const route = `POST /publish?subgraph=benches&routingUrl=${encodeURIComponent(old.url)}&candidate=50`;
  const third = sdlWith('\n  "Its colour."\n  colour: String\n  "Its age."\n  age: Int');
  expect((await world.registry.ask(route, { body: third })).body.kind).toBe("candidate");
  const before = old.state.requests;
  await vi.waitFor(() => expect(old.state.requests).toBeGreaterThan(before), 10_000);
  await world.registry.ask("POST /canary/withdraw", { body: { reason: "Not yet." } });
  await vi.waitFor(
    async () => expect((await marked(who)).errors?.[0]?.extensions.code).toBe("NO_CANDIDATE"),
    { timeout: 10_000, interval: 30 },
  );
  isOn = false;
  await load;
  expect(failures).toEqual([]);
  expect(asked).toBeGreaterThan(50);
}, 60_000);

it("is compared with what is live, and withdrawn by itself when its answers have notably more errors", async () => {
  await openCandidate(50);
  next.state.isFailing = true;
  const tokens = await Promise.all(
    Array.from({ length: 80 }, (_none, index) =>
      world.tokenOf({ kind: "person", id: `p-${index}`, scopes: [], policies: [] }),
    ),
  );
  await Promise.all(tokens.map((token) => plain("{ bench { id answeredBy } }", token)));
  await vi.waitFor(
    async () => {
      const { candidate, lanes, verdict } = (await world.registry.ask("GET /canary")).body;
      expect(candidate).toMatchObject({ state: "withdrawn", endedBy: "registry" });
      expect(verdict.kind).toBe("more errors");
      expect(lanes[0]).toMatchObject({ lane: "live", errors: 0 });
      expect(lanes[1].requests).toBeGreaterThan(20);
      expect(lanes[1].errors).toBe(lanes[1].requests);
    },
    { timeout: 15_000, interval: 100 },
  );
  await vi.waitFor(
    async () => {
      const answers = await Promise.all(tokens.map((token) => plain(who, token)));
      expect(answers.every(({ errors }) => errors === undefined)).toBe(true);
    },
    { timeout: 10_000, interval: 100 },
  );
  const metrics = await fetch(`${gateway.origin}/metrics`, {
    headers: { authorization: operatorKey },
  });
  expect(await metrics.text()).toMatch(
    /city_graph_canary_seconds_count\{contract="current",lane="candidate",ok="false"\} [1-9]/,
  );
});

it("goes on beside what is live while the registry is away, and hears of its end when it is back", async () => {
  await openCandidate(0);
  const { candidate } = (await world.registry.ask("GET /canary")).body;
  await world.registry.stopServing();
  const headers = { "city-graph-preview": `${candidate.id}` };
  const preview = () => gateway.ask("/graphql", who, { token: operator, headers });
  expect((await preview()).data.bench.answeredBy).toBe("the next one");
  await world.registry.serveAgain();
  expect((await preview()).data.bench.answeredBy).toBe("the next one");
  expect((await world.registry.ask("POST /canary/promote")).body.kind).toBe("published");
  await vi.waitFor(
    async () => expect((await plain(who)).data.bench.answeredBy).toBe("the next one"),
    { timeout: 10_000, interval: 30 },
  );
});
