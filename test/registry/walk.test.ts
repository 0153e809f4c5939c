/** The whole walk of a new agency, by HTTP alone, in front of a city that goes on under load. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, inject, vi } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { connectRedis } from "../../platform/redis-connection.ts";
import { registryChannel } from "../../platform/redis-env.ts";
import { silentLog } from "../../platform/log.ts";
import { readRover } from "../../schema/rover.ts";
import { printSubgraphSdl } from "../../subgraphs/kit/schema.ts";
import { subgraph as parking } from "../../subgraphs/parking/subgraph.ts";
import { type City, people, startCity } from "../support/city.ts";
import { gatewayKey, operatorKey, startRegistry, type TestRegistry } from "../support/registry.ts";
import { startSubgraph, type StartedSubgraph } from "../support/start-subgraph.ts";
import { tempFolder } from "../support/temp-folder.ts";

const zones = "{ parkingZones(first: 1) { nodes { id hourlyPrice { formatted { en } } } } }";
const mine = "{ me { id parkingPermits { plate zone { id } } } }";

let registry: TestRegistry;
let city: City;
let partner: StartedSubgraph;
let stopAll: () => Promise<void>;

beforeAll(async () => {
  const redis = connectRedis({ url: inject("redisUrl"), log: silentLog });
  const namespace = `walk-${process.pid}-${Date.now()}`;
  registry = await startRegistry({
    announce: (variant, launch) =>
      void redis.client.publish(registryChannel(namespace, variant), `${launch}`),
  });
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  for (const { name, routingUrl } of subgraphs) {
    await registry.join(name, "smart-dubai");
    const sdl = await readFile(fromRoot(`schema/subgraphs/${name}.graphql`), "utf8");
    const route = `POST /publish?subgraph=${name}&routingUrl=${routingUrl}`;
    const { body } = await registry.ask(route, { as: operatorKey, body: sdl });
    if (body.kind !== "published") throw new Error(JSON.stringify(body));
  }
  const folder = await tempFolder({
    "registry.pub": registry.publicKey,
    // What an operator approves: parking answers a person's own questions by the city's id.
    "options.yaml": "parking:\n  principal:\n    id: own\n",
  });
  city = await startCity({
    env: {
      REGISTRY_URL: registry.url,
      REGISTRY_GATEWAY_KEY: gatewayKey,
      REGISTRY_PUBLIC_KEY_FILE: folder.file("registry.pub"),
      REGISTRY_KEPT_FILE: folder.file("kept.json"),
      REGISTRY_POLL_MS: "600000",
      REGISTRY_USAGE_INTERVAL_MS: "500",
      SUBGRAPH_OPTIONS: folder.file("options.yaml"),
      REDIS_URL: inject("redisUrl"),
      CACHE_NAMESPACE: namespace,
      CACHE: "false",
    },
  });

  partner = await startSubgraph(parking);
  stopAll = async () => {
    await city[Symbol.asyncDispose]();
    await partner[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await redis.close();
    await folder[Symbol.asyncDispose]();
  };
}, 120_000);
afterAll(() => stopAll());

/** Clients that ask without a pause until they are told to stop. */
function startLoad(clients: number) {
  let asked = 0;
  const failures: unknown[] = [];
  let isOn = true;
  const client = async () => {
    while (isOn) {
      asked += 1;
      const query = `{ services(first: 3) { nodes { id agency { id } } } # ${asked}\n}`;
      try {
        const { data, errors } = await city.ask(query);
        if (errors || data.services.nodes.length !== 3) failures.push(errors ?? data);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    failures,
    asked: () => asked,
    async stop() {
      isOn = false;
      await done;
    },
  };
}

it("takes a new agency from its first check to its roll-back, under load, with no failed request and no restart", async () => {
  const load = startLoad(4);
  const agency = await registry.join("parking", "roads");
  const sdl = printSubgraphSdl(parking);
  const routingUrl = encodeURIComponent(partner.url);
  const send = (verb: string, text: string, url = routingUrl) =>
    registry.ask(`POST /${verb}?subgraph=parking&routingUrl=${url}`, { as: agency, body: text });
  const codes = (findings: { code: string; level: string }[]) => [
    ...new Set(findings.filter(({ level }) => level === "error").map(({ code }) => code)),
  ];

  // It adds to a type of another agency, which was not asked.
  const unasked = await send("publish", sdl);
  expect(unasked.status).toBe(422);
  expect(codes(unasked.body.findings)).toEqual(["OWNERSHIP_EXTENDS"]);
  expect((await city.ask(zones)).errors?.[0]?.message).toMatch(/parkingZones/);
  const consent = { coordinate: "Person", grantedBy: "smart-dubai", grantedTo: "roads" };
  await registry.ask("POST /consents", { body: consent });

  expect((await send("check", sdl)).body).toMatchObject({ ok: true });
  expect((await send("publish", sdl)).body.kind).toBe("published");
  const served = async (query: string, as?: (typeof people)[keyof typeof people]) =>
    vi.waitFor(
      async () => {
        const { data, errors } = await city.ask(query, as ? { as } : {});
        expect(errors).toBeUndefined();
        return data;
      },
      { timeout: 20_000, interval: 50 },
    );
  expect((await served(zones)).parkingZones.nodes).toHaveLength(1);
  const { me } = await served(mine, people.amal);
  expect(me.parkingPermits).toEqual([{ plate: "A 12345", zone: { id: "a" } }]);

  // A change that would break an app which uses the field.
  const kerbApp = { "apollographql-client-name": "kerb-app" };
  await city.ask(zones, { headers: kerbApp });
  const field = /\n +"""What an hour costs\."""\n +hourlyPrice: Money!/;
  expect(sdl).toMatch(field);
  await vi.waitFor(async () => {
    const breaking = await send("check", sdl.replace(field, ""));
    expect(JSON.stringify(breaking.body.findings)).toMatch(/kerb-app 1×/);
  }, 20_000);
  const breaking = await send("publish", sdl.replace(field, ""));
  expect(codes(breaking.body.findings)).toEqual([
    "BREAKING_CHANGE_USED",
    "KNOWN_OPERATION_INVALID",
  ]);
  await served(zones);

  // Mended: it stays, and says until when.
  const mended = sdl.replace(
    "hourlyPrice: Money!",
    'hourlyPrice: Money! @deprecated(reason: "Use prices. Goes on 2027-06-30.")',
  );
  expect((await send("publish", mended)).body.kind).toBe("published");

  // A bad version: it composes, but nobody answers at its address.
  const bad = await send("publish", mended, encodeURIComponent("http://127.0.0.1:9/graphql"));
  expect(bad.body.kind).toBe("published");
  await vi.waitFor(async () => expect((await city.ask(zones)).errors).toBeDefined(), 20_000);
  expect((await registry.ask("POST /rollback", { as: agency })).body.kind).toBe("rollback");
  await served(zones);

  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.asked()).toBeGreaterThan(20);
}, 90_000);
