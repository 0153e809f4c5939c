/** What is live in a registry as somebody's terminal reads it: over HTTP, again and again. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createLiveSdls } from "../../../tools/dev/live-sdls.ts";
import { startToyPartner } from "../../conformance/toy-partner.ts";
import { benchesSdl, parksSdl, startRegistry } from "../../support/registry.ts";

const everyMs = 5_000;

async function follow() {
  const registry = await startRegistry();
  const parks = await registry.join("parks");
  let nowMs = 0;
  const said: string[] = [];
  const read = createLiveSdls({
    url: registry.url,
    credential: parks,
    clock: () => nowMs,
    everyMs,
    say: (line) => said.push(line),
  });
  const pass = (ms: number) => void (nowMs += ms);
  return { registry, parks, read, said, pass };
}

test("a launch is seen when the registry is asked again, and told once", async () => {
  const { registry, parks, read, said, pass } = await follow();
  await using _ = registry;
  await registry.publish("parks", parksSdl, parks);
  const first = [{ name: "parks", sdl: parksSdl }];
  expect(await read()).toEqual(first);

  await registry.publish("benches", benchesSdl, await registry.join("benches"));
  pass(everyMs - 1);
  expect(await read()).toEqual(first);
  pass(1);
  expect(await read()).toEqual([{ name: "benches", sdl: benchesSdl }, ...first]);
  pass(everyMs);
  expect(await read()).toHaveLength(2);
  expect(said).toHaveLength(2);
});

test("a registry where nothing is live yet, or that is away, is told so; it is asked again", async () => {
  const { registry, parks, read, pass } = await follow();
  await using _ = registry;
  await expect(read()).rejects.toThrow(/gives no SDLs: NOT_FOUND: .*first publish/);
  await registry.publish("parks", parksSdl, parks);
  await expect(read()).rejects.toThrow(/NOT_FOUND/);
  pass(everyMs);
  expect(await read()).toHaveLength(1);
  await registry.stopServing();
  pass(everyMs);
  await expect(read()).rejects.toThrow(/gives no SDLs: .*(?:ECONNREFUSED|closed)/);
  await registry.serveAgain();
  pass(everyMs);
  expect(await read()).toHaveLength(1);
});

test("what is no registry is told so", async () => {
  await using partner = await startToyPartner(new Uint8Array(32));
  const options = { credential: "x", clock: () => 0, everyMs, say: () => {} };
  const read = createLiveSdls({ url: partner.url, ...options });
  await expect(read()).rejects.toThrow(/no registry answers there \(HTTP status \d+\)/);
});

test("a name that would lead to other files of this machine is not taken", async () => {
  const subgraphs = [{ name: "../../.ssh/config", sdl: parksSdl }];
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ launch: 1, subgraphs })),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { credential: "x", clock: () => 0, everyMs, say: () => {} };
  await expect(createLiveSdls({ url, ...options })()).rejects.toThrow(/no registry answers there/);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
