import { readFile, writeFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import { registrySource } from "../../gateway/supergraph/registry-source.ts";
import { createSmokeTest } from "../../gateway/supergraph/smoke-test.ts";
import { silentLog } from "../../platform/log.ts";
import {
  benchesSdl,
  gatewayKey,
  parksSdl,
  startRegistry,
  type TestRegistry,
} from "../support/registry.ts";
import { tempFolder } from "../support/temp-folder.ts";

const sourceOf = (registry: TestRegistry, keptFile: string, given: object = {}) =>
  registrySource(silentLog, {
    url: registry.url,
    key: gatewayKey,
    publicKey: registry.publicKey,
    variant: "current",
    keptFile,
    pollIntervalMs: 50,
    smokeTest: createSmokeTest("{ __typename }", async () => []),
    ...given,
  });

async function startWithParks() {
  const registry = await startRegistry();
  const parks = await registry.join("parks");
  await registry.publish("parks", parksSdl, parks);
  return registry;
}

it("takes up what is launched later, by asking", async () => {
  await using registry = await startWithParks();
  await using folder = await tempFolder();
  const source = sourceOf(registry, folder.file("kept.json"));
  expect(await source.load()).toContain("type Park");
  const onChange = vi.fn<() => void>();
  const stop = source.watch(onChange);
  await registry.publish("benches", benchesSdl, await registry.join("benches"));
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), 10_000);
  stop();
  expect(await source.load()).toContain("type Bench");
});

it("goes on with the last good one when the registry is gone, also after a restart", async () => {
  await using registry = await startWithParks();
  await using folder = await tempFolder();
  const file = folder.file("deep/kept.json");
  const source = sourceOf(registry, file);
  const before = await source.load();
  await registry.stopServing();
  expect(await source.load()).toBe(before);
  expect(await sourceOf(registry, file).load()).toBe(before);
});

it("says what is missing when neither the registry nor a kept one is there", async () => {
  await using registry = await startWithParks();
  await using folder = await tempFolder();
  await registry.stopServing();
  const file = folder.file("kept.json");
  await expect(sourceOf(registry, file).load()).rejects.toThrow(/gave no supergraph, and none/);
});

it("refuses what another key signed, from the registry and from the file", async () => {
  await using registry = await startWithParks();
  await using other = await startRegistry();
  await using folder = await tempFolder();
  const file = folder.file("kept.json");
  const { publicKey } = other;
  await expect(sourceOf(registry, file, { publicKey }).load()).rejects.toThrow(
    /none that can be used/,
  );
  await sourceOf(registry, file).load();
  const kept = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...kept, launch: kept.launch + 1 }));
  await registry.stopServing();
  await expect(sourceOf(registry, file).load()).rejects.toThrow(/signature is not the registry's/);
});

it("refuses a supergraph that cannot carry the smoke operation", async () => {
  await using registry = await startWithParks();
  await using folder = await tempFolder();
  const smokeTest = createSmokeTest('{ bench(id: "1") { id } }', async () => []);
  const source = sourceOf(registry, folder.file("kept.json"), { smokeTest });
  await expect(source.load()).rejects.toThrow(/none that can be used/);
});
