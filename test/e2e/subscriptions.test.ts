/** Following what happens, through the gateway, with the client library that front-end teams use. */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { randomUUID } from "node:crypto";
import type { Principal } from "../../platform/principal.ts";
import { type City, startCity } from "../support/city.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const dha: Principal = {
  kind: "agency",
  id: "agency-dha",
  agencyId: "dha",
  scopes: ["bulletins:write"],
  policies: [],
};

const subscription =
  "subscription Follow { bulletinChanged { kind bulletin { title { en } publisher { id name { en } } } } }";

describe.each(["pglite", "postgres"] as const)("bulletins on %s", (kind) => {
  let city: City;
  beforeAll(async () => {
    const env = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
    city = await startCity({ kind, env });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  async function publish(title: string): Promise<void> {
    const input = {
      idempotencyKey: randomUUID(),
      severity: "WARNING",
      title: { en: title, ar: "تنبيه" },
      body: { en: "Stay inside.", ar: "ابقوا في المنازل." },
      validFrom: new Date(Date.now() - 1_000).toISOString(),
    };
    const query =
      "mutation($input: PublishBulletinInput!) { publishBulletin(input: $input) { __typename } }";
    const { data } = await city.ask(query, { as: dha, variables: { input } });
    expect(data.publishBulletin.__typename).not.toMatch(/Refused/);
  }

  /** Reads in the background; `ready` when the subgraph has the subscription. */
  function follow(query = subscription) {
    const seen: any[] = [];
    const client = createClient({ url: city.url, retryAttempts: 0 });
    const events = client.iterate({ query });
    const ended = (async () => {
      for await (const event of events) seen.push(event);
    })();
    return { seen, ended, stop: () => client.dispose() };
  }

  test("are told to everybody who follows them, with what other subgraphs know", async () => {
    const [one, other] = [follow(), follow()];
    // Until the feeds listen.
    await expect
      .poll(
        async () => {
          await publish("Dust");
          await sleep(100);
          return Math.min(one.seen.length, other.seen.length);
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(0);
    await publish("Fog");
    const fog = {
      data: {
        bulletinChanged: {
          kind: "PUBLISHED",
          bulletin: {
            title: { en: "Fog" },
            publisher: { id: "dha", name: { en: "Dubai Health Authority (DHA)" } },
          },
        },
      },
    };
    await expect.poll(() => [one.seen.at(-1), other.seen.at(-1)]).toEqual([fog, fog]);
    one.stop();
    await publish("Heat");
    await expect.poll(() => other.seen.at(-1)?.data.bulletinChanged.bulletin.title.en).toBe("Heat");
    expect(one.seen.at(-1)).toEqual(fog);
    other.stop();
  });

  test("that are asked for without a stream are refused with the way to ask", async () => {
    const { errors } = await city.ask(subscription);
    expect(errors).toMatchObject([{ extensions: { code: "SUBSCRIPTION_NEEDS_STREAM" } }]);
  });
});
