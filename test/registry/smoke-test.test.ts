/** A supergraph must answer before it serves: over real sockets, from publish to what clients get. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSmokeTest } from "../../gateway/supergraph/smoke-test.ts";
import { linkOf } from "../support/registry.ts";
import {
  type RegistryWorld,
  type SmallSubgraph,
  startRegistryWorld,
  startSmallSubgraph,
} from "../support/registry-world.ts";
import { tempFolder } from "../support/temp-folder.ts";

const sdl = `${linkOf("@key")}
type Query {
  "One bench."
  bench: Bench @cacheControl(maxAge: 60)
  "One swing."
  swing: Bench @cacheControl(maxAge: 60)
}
"A bench."
type Bench @key(fields: "id") {
  "Its id."
  id: ID!
}
`;
const wider = sdl.replace('"Its id."', '"Its colour."\n  colour: String\n  "Its id."');
const bench = () => ({ id: "1", colour: "green" });
const broken = () => {
  throw new Error("No swings.");
};

let world: RegistryWorld;
let benches: SmallSubgraph;
let next: SmallSubgraph;
let gateway: Awaited<ReturnType<RegistryWorld["startGateway"]>>;
const folders: AsyncDisposable[] = [];

describe("a launch", () => {
  beforeEach(async () => {
    world = await startRegistryWorld();
    await world.registry.join("benches");
    const Query = { bench, swing: broken };
    benches = await startSmallSubgraph(sdl, { Query });
    next = await startSmallSubgraph(wider, { Query });
    // "swing" fails today as well: that alone may not keep a launch away.
    const folder = await tempFolder({ "smoke.graphql": "{ bench { id } swing { id } }" });
    folders.push(folder);
    await world.publish("benches", sdl, benches.url);
    gateway = await world.startGateway({
      REGISTRY_SMOKE_FILE: folder.file("smoke.graphql"),
      REGISTRY_POLL_MS: "200",
    });
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await benches[Symbol.asyncDispose]();
    await next[Symbol.asyncDispose]();
    for (const folder of folders.splice(0)) await folder[Symbol.asyncDispose]();
  });

  const ask = (query: string) => gateway.ask("/graphql", query);

  it("takes up a launch that answers as well as what is live, faults of today included", async () => {
    await world.publish("benches", wider, next.url);
    await vi.waitFor(
      async () => expect((await ask("{ bench { colour } }")).data?.bench.colour).toBe("green"),
      { timeout: 10_000 },
    );
  });

  it("keeps a launch away while its subgraph fails, and takes it up when that answers", async () => {
    next.state.isFailing = true;
    await world.publish("benches", wider, next.url);
    await vi.waitFor(() => expect(next.state.requests).toBeGreaterThan(1), 10_000);
    expect((await ask("{ bench { id } }")).data).toEqual({ bench: { id: "1" } });
    expect((await ask("{ bench { colour } }")).errors?.[0]?.message).toMatch(/colour/);

    next.state.isFailing = false;
    await vi.waitFor(
      async () => expect((await ask("{ bench { colour } }")).data?.bench.colour).toBe("green"),
      { timeout: 10_000 },
    );
  });
});

it.each([
  ["mutation { pay }", /must be queries/],
  ["{ bench {", /no operation that can be read/],
])("refuses %s as a smoke operation", (text, why) => {
  expect(() => createSmokeTest(text, async () => [])).toThrow(why);
});
