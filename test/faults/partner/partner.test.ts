/** Whatever a partner's subgraph does, the rest is answered, and its own part is null with an error. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { bothQuery, ownQuery, permitAnswer, serviceAnswer, writeCity } from "./city.ts";
import { type Partner, startPartner, type Trouble, troubles } from "./troubles.ts";

const stack = new AsyncDisposableStack();
let partner: Partner;
let gateway: RunningGateway;
beforeAll(async () => {
  partner = stack.use(await startPartner(permitAnswer));
  const services = stack.use(await startPartner(serviceAnswer));
  const home = stack.use(await tempFolder());
  const env = await writeCity(home.path, { services: services.url, parking: partner.url });
  gateway = await startGateway(readConfig([], env), silentLog);
});
afterAll(async () => {
  await gateway.stop();
  await stack.disposeAsync();
});

async function ask(body: object) {
  const response = await fetch(gateway.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data: any; errors?: { path: string[] }[] };
}

const wrong = Object.keys(troubles).filter((name) => name !== "none") as Trouble[];

test.each(wrong)(
  "with a partner that is in trouble (%s) its part is null, and the rest is there",
  async (trouble) => {
    partner.be(trouble);
    const { data, errors } = await ask(bothQuery);
    expect(data).toEqual({ service: { name: "Pay a bill" }, permit: null });
    expect(errors?.[0]).toBeDefined();
    expect(await ask(ownQuery)).toEqual({ data: { service: { id: "s-1", name: "Pay a bill" } } });
  },
);

test("a partner that is well again is asked again", async () => {
  partner.be("none");
  await expect.poll(async () => (await ask(bothQuery)).errors, { timeout: 10_000 }).toBeUndefined();
  expect((await ask(bothQuery)).data.permit).toEqual({ zone: "A" });
});
