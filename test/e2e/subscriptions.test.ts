/** Following what happens, through the gateway, with the client library that front-end teams use. */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { randomUUID } from "node:crypto";
import type { Principal } from "../../platform/principal.ts";
import { startSandboxProvider } from "../../tools/sandbox-provider/server.ts";
import { type City, people, startCity } from "../support/city.ts";
import { freePorts } from "../support/free-ports.ts";

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

describe("a payment by card", () => {
  const secret = "a secret that only tests ever use";
  const webhookSecret = `whsec_${Buffer.from("a secret that only tests use").toString("base64")}`;
  let city: City;
  let provider: Awaited<ReturnType<typeof startSandboxProvider>>;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const payments = {
      PROVIDER_URL: `http://127.0.0.1:${port}/v1`,
      PROVIDER_SECRET: secret,
      PROVIDER_WEBHOOK_SECRET: webhookSecret,
      OUTBOX_PAUSE_MS: "20",
    };
    city = await startCity({ companions: { payments } });
    const webhookUrl = new URL("/webhooks/provider", city.subgraphs.get("payments")?.url).href;
    provider = await startSandboxProvider({
      host: "127.0.0.1",
      port,
      secret,
      webhookUrl,
      webhookSecret,
    });
  });
  afterAll(async () => {
    await city[Symbol.asyncDispose]();
    await provider.stop();
  });

  const followed = `subscription Follow($id: ID!) { paymentChanged(id: $id) { state at
    payment { id pageUrl paidFor { ... on Bill { biller { name { en } } } } receipt { total { amount } } } } }`;

  async function follow(id: string, as: Principal) {
    const headers = { authorization: `Bearer ${await city.tokenOf(as)}` };
    const client = createClient({ url: city.url, retryAttempts: 0, headers });
    return client.iterate({ query: followed, variables: { id } });
  }

  async function pay() {
    const bills = await city.ask(
      "{ me { unpaidBills(first: 1) { nodes { id amountDue { amount } biller { name { en } } } } } }",
      { as: people.amal },
    );
    const [bill] = bills.data.me.unpaidBills.nodes;
    const input = {
      billId: bill.id,
      expectedAmount: bill.amountDue.amount,
      idempotencyKey: randomUUID(),
      method: "CARD",
    };
    const query = `mutation ($input: PayBillInput!) { payBill(input: $input) {
      ... on PaymentStarted { payment { id } } } }`;
    const { data } = await city.ask(query, { as: people.amal, variables: { input } });
    return { ...data.payBill.payment, biller: bill.biller };
  }

  test("is followed by its payer from the provider's page to the receipt, with its biller's name", async () => {
    const { id, biller } = await pay();
    const seen: any[] = [];
    for await (const event of await follow(id, people.amal)) {
      seen.push(event);
      const { pageUrl } = (event as any).data.paymentChanged.payment;
      if (pageUrl === null) continue;
      const body = new URLSearchParams({ number: "4242 4242 4242 4242" });
      await fetch(pageUrl, { method: "POST", body });
    }
    const changes = seen.map(({ data }) => data.paymentChanged);
    // The provider may not have been asked yet when it was first looked at.
    const states = changes.map(({ state }) => state).filter((state) => state !== "CREATED");
    expect(states).toEqual(["ACTION_REQUIRED", "AUTHORISED", "CAPTURED"]);
    for (const { payment } of changes) expect(payment).toMatchObject({ id, paidFor: { biller } });
    expect(changes.at(-1).payment.receipt.total.amount).toBeGreaterThan(0);
  });

  test("is nobody else's to follow but operators', who do not see what it was for", async () => {
    const { id } = await pay();
    const others: any[] = [];
    for await (const event of await follow(id, people.omar)) others.push(event);
    expect(others).toEqual([{ data: { paymentChanged: null } }]);
    for await (const event of await follow(id, people.noura)) {
      expect(event).toMatchObject({
        data: { paymentChanged: { payment: { id, paidFor: null } } },
      });
      break;
    }
    const refused = createClient({ url: city.url, retryAttempts: 0 }).iterate({
      query: followed,
      variables: { id },
    });
    const { value } = await refused.next();
    expect(value?.errors?.[0]?.extensions?.["code"]).toBe("UNAUTHENTICATED");
  });
});
