/** The whole walk of a new agency, by HTTP alone, in front of a city that goes on under load. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { printSubgraphSdl } from "../../subgraphs/kit/schema.ts";
import { subgraph as parking } from "../../subgraphs/parking/subgraph.ts";
import { type City, people } from "../support/city.ts";
import type { TestRegistry } from "../support/registry.ts";
import { startLoad, startRegistryCity } from "../support/registry-city.ts";
import { startSubgraph, type StartedSubgraph } from "../support/start-subgraph.ts";

const zones = "{ parkingZones(first: 1) { nodes { id hourlyPrice { formatted { en } } } } }";
const mine = "{ me { id parkingPermits { plate zone { id } } } }";

// What an operator approves: parking answers a person's own questions by the city's id.
const approved = "parking:\n  principal:\n    id: own\n";
let registry: TestRegistry;
let city: City;
let partner: StartedSubgraph;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  ({ registry, city } = stack.use(await startRegistryCity(approved)));
  partner = stack.use(await startSubgraph(parking));
}, 120_000);
afterAll(() => stack.disposeAsync());

it("takes a new agency from its first check to its roll-back, under load, with no failed request and no restart", async () => {
  const load = startLoad(city, 4);
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
