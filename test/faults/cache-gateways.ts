/**
 * Clients of three real gateways, over HTTP, while their origin and their Redis fail: what they are told
 * is held to what they may be told. An origin's object has a version; a write raises it and invalidates,
 * by the operators' endpoint (done for all gateways when that says so) or by a mutation (done for the
 * gateway that carried it out, whatever Redis does).
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parsePrincipal, type Principal } from "../../platform/principal.ts";
import { createIssuer } from "../support/issuer.ts";
import { startOrigin } from "../support/origin-gateway.ts";

const sdl = `
  type Query { thing(id: Int!): Thing things(ids: [Int!]!): [Thing!] mine(id: Int!): Mine }
  type Mutation { write(id: Int!): Int }
  type Thing @key(fields: "id") { id: Int! version: Int! madeAtMs: Float! }
  type Mine { id: Int! owner: String! version: Int! madeAtMs: Float! }`;

const maxAgeSeconds = 2;
/** Stale while it is refreshed, or while the origin does not answer. */
const windowSeconds = 2;

/** What a write makes stale. */
const staleBy = (id: number) => [
  { kind: "entity", subgraph: "origin", type: "Thing", key: { id } },
  { kind: "type", subgraph: "origin", type: "Mine" },
];
/** For clocks and a busy machine: the promise is told in seconds. */
const toleranceMs = 1_500;
/** What follows the origin's death: a breaker that opens again only after a while. */
const shadowMs = 8_000;
const objects = 12;

export type ClientReport = {
  readonly counters: Record<string, number>;
  /** Sentences; empty is what it is about. */
  readonly violations: readonly string[];
};

type Seen = { id: number; version: number; madeAtMs: number; owner?: string };

const people: readonly (Principal | undefined)[] = [
  undefined,
  { kind: "person", id: "amal", scopes: [], policies: [] },
  { kind: "person", id: "omar", scopes: [], policies: [] },
];

const nameIn = (header: string | undefined): string => {
  const text = Buffer.from(header ?? "", "base64url").toString();
  return (text && parsePrincipal(JSON.parse(text))?.id) || "nobody";
};

export async function openGateways(redisUrl: string, pick: (below: number) => number) {
  const versions = Array<number>(objects).fill(0);
  const made = (id: number) => ({ id, version: versions[id] ?? 0, madeAtMs: Date.now() });
  const world = await startOrigin(sdl, {
    Query: {
      thing: (_: unknown, { id }: { id: number }) => made(id),
      things: (_: unknown, { ids }: { ids: number[] }) => ids.map(made),
      mine: (_: unknown, { id }: { id: number }, context: { principal: string | undefined }) => ({
        ...made(id),
        owner: nameIn(context.principal),
      }),
    },
    Mutation: {
      write: (_: unknown, { id }: { id: number }) => (versions[id] = (versions[id] ?? 0) + 1),
    },
  });
  const { origin } = world;
  const windows = `stale-while-revalidate=${windowSeconds}, stale-if-error=${windowSeconds}`;
  origin.cacheControl = ({ query }) =>
    `${query.includes("mine") ? "private" : "public"}, max-age=${maxAgeSeconds}, ${windows}`;
  // The gateway sends literals as variables.
  origin.extensions = ({ query, variables }) =>
    query.startsWith("mutation")
      ? { invalidation: staleBy(Number(Object.values(variables)[0])) }
      : undefined;
  const namespace = randomUUID();
  const folder = await mkdtemp(join(tmpdir(), "city-graph-faults-"));
  const { env, tokenOf } = await createIssuer(folder);
  const gateways = await Promise.all(
    Array.from({ length: 3 }, () =>
      world.startGateway({
        ...env,
        SIGNING_KEY: "a signing key that only tests ever use",
        // It answers with who asked, by the id.
        TRUSTED_SUBGRAPHS: "origin",
        REDIS_URL: redisUrl,
        CACHE_NAMESPACE: namespace,
        // The machine may be busy with other tests; the promise does not depend on it.
        REDIS_TIMEOUT_MS: "200",
      }),
    ),
  );
  const headers = await Promise.all(
    people.map(async (one): Promise<Record<string, string>> =>
      one ? { authorization: `Bearer ${await tokenOf(one)}` } : {},
    ),
  );
  let wasDownMs = Number.NEGATIVE_INFINITY;
  const counters: Record<string, number> = {};
  const count = (name: string) => (counters[name] = (counters[name] ?? 0) + 1);
  const violations: string[] = [];
  const violated = (text: string) => {
    if (violations.length < 20) violations.push(text);
  };
  /** By gateway: versions whose invalidation it obeys. */
  const done = gateways.map(() => Array<number>(objects).fill(0));
  const setDone = (gateway: number, id: number, version: number) => {
    const own = done[gateway] as number[];
    own[id] = Math.max(own[id] ?? 0, version);
  };

  type Errors = readonly { readonly message: string; readonly extensions?: { code?: string } }[];

  /** @returns whether there is an answer to look at. */
  function checkErrors(status: number, errors: Errors | undefined, endMs: number): boolean {
    if (status !== 200) violated(`a read ended with ${status}`);
    for (const { message, extensions } of errors ?? []) {
      const isOrigins = extensions?.code?.startsWith("SUBGRAPH_") ?? false;
      const isExcused = origin.isDown || endMs - wasDownMs < shadowMs;
      if (!isOrigins || !isExcused) violated(`an error for nothing: ${message}`);
      count("errors of the dead origin");
    }
    return errors === undefined;
  }

  function check(seen: Seen, atStart: readonly number[], startMs: number, who: string): void {
    const { id, version, madeAtMs, owner = who } = seen;
    if (owner !== who) violated(`${who} got what is ${owner}'s`);
    const least = atStart[id] ?? 0;
    if (version < least) violated(`${id}: version ${version}, but ${least} was done before`);
    const longestMs = (maxAgeSeconds + windowSeconds) * 1_000 + toleranceMs;
    const ageMs = startMs - madeAtMs;
    if (ageMs > longestMs) violated(`${id}: ${Math.round(ageMs)} ms old`);
  }

  async function read(): Promise<void> {
    const at = pick(gateways.length);
    const person = pick(people.length);
    const fields = "{ id version madeAtMs }";
    const [id, other] = [pick(objects), pick(objects)];
    const query = [
      `{ thing(id: ${id}) ${fields} }`,
      `{ a: thing(id: ${id}) ${fields} b: thing(id: ${other}) ${fields} }`,
      `{ things(ids: [${id}, ${other}]) ${fields} }`,
      `{ mine(id: ${id}) { owner id version madeAtMs } }`,
      `{ mine(id: ${id}) { owner id version madeAtMs } thing(id: ${other}) ${fields} }`,
    ][pick(5)] as string;
    const atStart = [...(done[at] as number[])];
    const startMs = Date.now();
    const gateway = gateways[at] as (typeof gateways)[number];
    const { status, body, header } = await gateway.post(query, {}, headers[person]);
    count("reads");
    if ((header("cache-status") ?? "").includes("hit")) count("whole answers from the cache");
    if (body?.extensions?.stale) count("stale");
    if (!checkErrors(status, body?.errors, Date.now())) return;
    const who = people[person]?.id ?? "nobody";
    for (const seen of Object.values(body.data as object).flat() as Seen[])
      check(seen, atStart, startMs, who);
  }

  async function write(): Promise<void> {
    const at = pick(gateways.length);
    const id = pick(objects);
    const gateway = gateways[at] as (typeof gateways)[number];
    if (pick(2) === 0) {
      const { body } = await gateway.post(`mutation { write(id: ${id}) }`);
      count("mutations");
      const version: number | undefined = body?.data?.write;
      if (version !== undefined) setDone(at, id, version);
      return;
    }
    const version = (versions[id] = (versions[id] ?? 0) + 1);
    const { status } = await gateway.operator("/invalidation", staleBy(id));
    count(status === 202 ? "invalidations" : "unrecorded invalidations");
    if (status === 202) for (const one of gateways.keys()) setDone(one, id, version);
    else setDone(at, id, version);
  }

  async function untilOver(endMs: number, restMs: number, act: () => Promise<void>) {
    while (Date.now() < endMs) {
      await act();
      await sleep(pick(restMs));
    }
  }

  return {
    /** The origin answers nobody for a moment. */
    async killOrigin(): Promise<void> {
      origin.isDown = true;
      await sleep(300 + pick(700));
      origin.isDown = false;
      wasDownMs = Date.now();
    },
    async run(durationMs: number): Promise<ClientReport> {
      const endMs = Date.now() + durationMs;
      origin.requests = 0;
      await Promise.all([
        ...Array.from({ length: 12 }, () => untilOver(endMs, 6, read)),
        ...Array.from({ length: 2 }, () => untilOver(endMs, 300, write)),
      ]);
      counters["requests to the origin"] = origin.requests;
      return { counters, violations };
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
