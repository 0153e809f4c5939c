/** A clerk changes the catalogue through the gateway, and everybody reads it at once, although it was cached. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { palmService } from "../support/catalogue-entries.ts";
import { type City, startCity } from "../support/city.ts";
import { clerkOf } from "../support/request-story.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let city: City;
beforeAll(async () => {
  city = await startCity();
});
afterAll(() => city[Symbol.asyncDispose]());

const as = clerkOf("rta", "clerk-rta", ["catalogue:write"]);
const query = `{ service(id: "rta-taxi-booking") { version name { en } agency { id } payables { id } }
  agency(id: "rta") { serviceCount }
  searchServices(query: "palanquin") { hits { nodes { service { id } } } } }`;

test("a service that is changed and a file that is imported are seen by the next reader", async () => {
  const read = async () => {
    const { data, errors } = await city.ask(query);
    expect(errors).toBeUndefined();
    return data;
  };
  for (let reads = 0; reads < 3; reads += 1) await read();
  city.cost.fetches.splice(0);
  const before = await read();
  expect(city.cost.fetches).toEqual([]);
  expect(before.service).toMatchObject({ version: 1, agency: { id: "rta" } });
  expect(before.searchServices.hits.nodes).toEqual([]);

  const id = "rta-taxi-booking";
  const service = { ...palmService, id, name: { en: "Call a palanquin", ar: "استدعاء هودج" } };
  const changed = await city.ask(
    `mutation ($service: ServiceInput!) { changeService(service: $service, expectedVersion: 1) {
      __typename ... on Service { version } } }`,
    { as, variables: { service } },
  );
  expect(changed.data.changeService).toEqual({ __typename: "Service", version: 2 });
  const after = await read();
  expect(after.service).toMatchObject({ version: 2, name: { en: "Call a palanquin" } });
  expect(after.searchServices.hits.nodes).toEqual([{ service: { id } }]);

  const file = await city.ask("{ catalogueFile(format: JSON_LD) { content } }", { as });
  const content = file.data.catalogueFile.content.replaceAll("palanquin", "sedan chair");
  const importing = `mutation ($content: String!) { importCatalogue(format: JSON_LD, content: $content, dryRun: false) {
    applied changed problems { code field } } }`;
  const imported = await city.ask(importing, { as, variables: { content } });
  expect(imported.data.importCatalogue).toEqual({ applied: true, changed: [id], problems: [] });
  expect((await read()).service).toMatchObject({ version: 3, name: { en: "Call a sedan chair" } });
});

test("nobody but an agency with the scope gets as far as the catalogue", async () => {
  const retire = `mutation { retireService(id: "rta-taxi-booking", expectedVersion: 1) { __typename } }`;
  for (const principal of [undefined, clerkOf("rta")]) {
    city.cost.fetches.splice(0);
    const { errors } = await city.ask(retire, principal ? { as: principal } : {});
    expect(errors?.[0]?.extensions.code).toMatch(/UNAUTH|FORBIDDEN/);
    expect(city.cost.fetches).toEqual([]);
  }
});
