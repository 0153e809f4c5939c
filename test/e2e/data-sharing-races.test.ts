/**
 * Withdrawal, suspension and revocation while others read: through the gateway with all its caches, on
 * PostgreSQL. What counts is when a read began: after the answer to the change, nothing comes any more.
 */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Principal } from "../../platform/principal.ts";
import { type City, people, startCity } from "../support/city.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  mobilityTerms,
  mobilityWish,
  profileTerms,
  profileWish,
  rowsQuery,
  staff,
} from "../support/sharing-story.ts";

let city: City;
let story: ReturnType<typeof createStory>;
beforeAll(async () => {
  const env = { REDIS_URL: inject("redisUrl"), CACHE_NAMESPACE: randomUUID() };
  city = await startCity({ kind: "postgres", env });
  story = createStory((query, { principal, variables = {} }) =>
    city.ask(query, { as: principal, variables }),
  );
});
afterAll(() => city[Symbol.asyncDispose]());
const db = () => city.subgraphs.get("data-sharing")!.database.db;

async function reach(wish: {
  readonly requester: Principal;
  readonly assessor: Principal;
  readonly approver: Principal;
  readonly input: object;
  readonly terms: object;
}) {
  const signers = { publisher: await createSigner(), requester: await createSigner() };
  await story.register(wish.approver, signers.publisher);
  await story.register(wish.requester, signers.requester);
  return (await story.reach(wish, signers)).grant.id as string;
}

type Read<Value> = { readonly begunMs: number; readonly value: Value };

/** Readers that read without a pause until they are told to stop. */
function readAllTheTime<Value>(readers: number, read: () => Promise<Value>) {
  const reads: Read<Value>[] = [];
  let isOver = false;
  const running = Promise.all(
    Array.from({ length: readers }, async () => {
      while (!isOver) {
        const begunMs = performance.now();
        reads.push({ begunMs, value: await read() });
      }
    }),
  );
  /** Resolves once so many reads more have ended that none of them can have begun before. */
  const more = async (count: number) => {
    const target = reads.length + readers + count;
    while (reads.length < target) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return {
    reads,
    more,
    async stop() {
      isOver = true;
      await running;
    },
  };
}

describe("while others read", () => {
  test("a withdrawn consent ends it: no read that begins after the answer returns the person, and each that did is in their account", async () => {
    const rate = { ratePerHour: 100_000 };
    const grant = await reach({
      requester: staff.tadweer,
      assessor: staff.cityAssessor,
      approver: staff.cityApprover,
      input: profileWish,
      terms: { ...profileTerms, ...rate },
    });
    const variables = { grant, purpose: "SERVICE_DELIVERY", fields: ["name"] };
    let count = 0;
    const names = async (): Promise<string> => {
      // Equal reads of one client at the same time would be one access: the gateway lets them travel once.
      count += 1;
      const page = { ...variables, first: 2 + (count % 900) };
      const { data } = await city.ask(rowsQuery, { as: staff.tadweer, variables: page });
      const { rows, code } = data.sharedRows;
      return code ?? rows.map(({ values }: any) => values[0]).join();
    };
    const consentOf = async (): Promise<string> => {
      const query =
        "{ me { consents(first: 100) { nodes { id status grantedTo { id } dataset { id } } } } }";
      const { data } = await city.ask(query, { as: people.amal });
      return data.me.consents.nodes.find(
        ({ status, grantedTo, dataset }: any) =>
          status === "ACTIVE" &&
          grantedTo.id === "tadweer-express" &&
          dataset.id === "smart-dubai-resident-profiles",
      )?.id;
    };
    const accessesOf = async (consent: string): Promise<number> => {
      const rows = await db()
        .selectFrom("data_access")
        .select("id")
        .where("consent_id", "=", consent)
        .execute();
      return rows.length;
    };
    const seen = await accessesOf(await consentOf());
    const told = new Map<string, number>([[await consentOf(), seen]]);
    const reading = readAllTheTime(6, names);
    let gone = 0;
    for (let round = 0; round < 5; round += 1) {
      const consent = await consentOf();
      const before = reading.reads.length;
      await reading.more(10);
      const withdraw =
        "mutation($id: ID!) { withdrawConsent(id: $id) { __typename ... on ConsentChanged { consent { status } } } }";
      const { data } = await city.ask(withdraw, { as: people.amal, variables: { id: consent } });
      expect(data.withdrawConsent).toMatchObject({ consent: { status: "WITHDRAWN" } });
      const answeredMs = performance.now();
      await reading.more(10);
      const later = reading.reads.slice(before).filter(({ begunMs }) => begunMs > answeredMs);
      expect(later.length).toBeGreaterThan(0);
      expect(later.filter(({ value }) => value !== "")).toEqual([]);
      gone += later.length;
      told.set(consent, await accessesOf(consent));
      const input = {
        datasetId: "smart-dubai-resident-profiles",
        grantedTo: "tadweer-express",
        purpose: "SERVICE_DELIVERY",
        fields: ["name", "phone", "homeAddress"],
        until: "2030-01-01T00:00:00Z",
      };
      const grantAnew =
        "mutation($input: GrantConsentInput!) { grantConsent(input: $input) { __typename } }";
      const granted = await city.ask(grantAnew, { as: people.amal, variables: { input } });
      expect(granted.data.grantConsent.__typename).toBe("ConsentChanged");
    }
    await reading.stop();
    expect(gone).toBeGreaterThan(20);
    // Nothing was added to the account of a consent after it had been withdrawn …
    for (const [consent, count] of told) expect(await accessesOf(consent)).toBe(count);
    // … and what was handed over is there to the last read.
    const last = await consentOf();
    const all = [...told.values()].reduce((sum, count) => sum + count, await accessesOf(last));
    const given = reading.reads.filter(({ value }) => value === "Amal (sample)").length;
    expect(all - seen).toBe(given);
    expect(new Set(reading.reads.map(({ value }) => value))).toEqual(
      new Set([
        "Amal (sample)",
        "",
        ...(reading.reads.some(({ value }) => value === "CONSENT_WITHDRAWN")
          ? ["CONSENT_WITHDRAWN"]
          : []),
      ]),
    );
  });

  test("a read that has read the person, but has no entry yet, waits for a withdrawal under way and gives nothing", async () => {
    const grant = await reach({
      requester: staff.noor,
      assessor: staff.cityAssessor,
      approver: staff.cityApprover,
      input: { ...profileWish, recipients: ["noor-dubai"] },
      terms: profileTerms,
    });
    const input = {
      datasetId: "smart-dubai-resident-profiles",
      grantedTo: "noor-dubai",
      purpose: "SERVICE_DELIVERY",
      fields: ["name"],
      until: "2030-01-01T00:00:00Z",
    };
    const granting = await city.ask(
      "mutation($input: GrantConsentInput!) { grantConsent(input: $input) { ... on ConsentChanged { consent { id } } } }",
      { as: people.omar, variables: { input } },
    );
    const consent = granting.data.grantConsent.consent.id as string;
    const variables = { grant, purpose: "SERVICE_DELIVERY", fields: ["name"] };
    const read = async () =>
      (await city.ask(rowsQuery, { as: staff.noor, variables })).data.sharedRows;
    expect((await read()).rows).toHaveLength(1);
    const before = await db()
      .selectFrom("data_access")
      .where("consent_id", "=", consent)
      .select("id")
      .execute();

    const { promise: written, resolve: tellWritten } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: commit } = Promise.withResolvers<void>();
    const withdrawing = db()
      .transaction()
      .execute(async (transaction: any) => {
        const row = { consent_id: consent, at: new Date() };
        await transaction.insertInto("consent_withdrawal").values(row).execute();
        tellWritten();
        await goOn;
      });
    await written;
    const reading = read();
    for (;;) {
      const { rows } = await sql<{ waiting: bigint }>`select count(*) as waiting
        from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db(),
      );
      if (Number(rows[0]?.waiting) > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    commit();
    await withdrawing;
    expect(await reading).toMatchObject({ code: "CONSENT_WITHDRAWN" });
    const after = await db()
      .selectFrom("data_access")
      .where("consent_id", "=", consent)
      .select("id")
      .execute();
    expect(after).toEqual(before);
  });

  test("a suspended grant gives nothing until it is resumed, and a revoked one never again; the log tells the same order", async () => {
    const grant = await reach({
      requester: staff.cares,
      assessor: staff.rtaAssessor,
      approver: staff.rtaApprover,
      input: mobilityWish,
      terms: { ...mobilityTerms, ratePerHour: 100_000 },
    });
    const variables = { grant, purpose: "RESEARCH", by: ["period"] };
    let count = 0;
    const reading = readAllTheTime(6, async (): Promise<string> => {
      count += 1;
      const distinct = countsQuery.replace("sharedCounts(", `read${count}: sharedCounts(`);
      const { data } = await city.ask(distinct, { as: staff.cares, variables });
      return Object.values<any>(data)[0].code ?? "GRANTED";
    });
    const change = async (to: string, expected: string) => {
      await reading.more(6);
      const changed = await story.changeGrant(staff.rtaApprover, grant, to);
      expect(changed.grant.state).toBe(to);
      const answeredMs = performance.now();
      const before = reading.reads.length;
      await reading.more(10);
      const later = reading.reads.slice(before).filter(({ begunMs }) => begunMs > answeredMs);
      expect(later.length).toBeGreaterThan(0);
      expect([...new Set(later.map(({ value }) => value))]).toEqual([expected]);
    };
    for (let round = 0; round < 3; round += 1) {
      await change("SUSPENDED", "GRANT_SUSPENDED");
      await change("ACTIVE", "GRANTED");
    }
    await change("REVOKED", "GRANT_REVOKED");
    await reading.stop();
    const entries = await db()
      .selectFrom("access_log_entry")
      .select(["outcome", "refusal"])
      .where("subject_id", "=", grant)
      .orderBy("sequence")
      .execute();
    // One entry for each read, refused or not.
    expect(entries).toHaveLength(reading.reads.length);
    const granted = entries.filter(({ outcome }: any) => outcome === "GRANTED").length;
    expect(reading.reads.filter(({ value }) => value === "GRANTED")).toHaveLength(granted);
    const lastGranted = entries.findLastIndex(({ outcome }: any) => outcome === "GRANTED");
    const revoked = entries.findIndex(({ refusal }: any) => refusal === "GRANT_REVOKED");
    expect(lastGranted).toBeLessThan(revoked);
  });

  test("an offer that is signed by both at the same time becomes one grant, and one agreement is signed once", async () => {
    const signers = { publisher: await createSigner(), requester: await createSigner() };
    await story.register(staff.rtaApprover, signers.publisher);
    await story.register(staff.noor, signers.requester);
    const { id } = await story.request(staff.noor, mobilityWish);
    await story.assess(staff.rtaAssessor, id, 1);
    await story.approve(staff.rtaApprover, id, mobilityTerms);
    const { agreement } = await story.accept(staff.noor, id);
    const signatures = await Promise.all(
      Array.from({ length: 4 }, () => signers.publisher.sign(agreement.document)),
    );
    const published = await Promise.all(
      signatures.map((jws) => story.sign(staff.rtaApprover, id, jws)),
    );
    expect(published.filter(({ __typename: type }) => type === "SharingRequest")).toHaveLength(1);
    const jws = await signers.requester.sign(agreement.document);
    const accepted = await Promise.all(
      Array.from({ length: 6 }, () => story.sign(staff.noor, id, jws)),
    );
    expect(accepted.filter(({ __typename: type }) => type === "SharingRequest")).toHaveLength(1);
    const grants = await db()
      .selectFrom("access_grant")
      .select("id")
      .where("request_id", "=", id)
      .execute();
    expect(grants).toHaveLength(1);
  });
});

test("nothing of consents, grants, agreements, the log and shared data is ever kept by a cache", async () => {
  const grant = await reach({
    requester: staff.noor,
    assessor: staff.rtaAssessor,
    approver: staff.rtaApprover,
    input: { ...mobilityWish, purpose: "NOTIFICATION" },
    terms: mobilityTerms,
  });
  const queries: readonly (readonly [string, Principal])[] = [
    ["{ me { consents { nodes { id status } } dataAccesses { nodes { id } } } }", people.amal],
    ["{ sharingRequests { nodes { id grant { state } agreement { state } } } }", staff.noor],
    [
      `{ sharedCounts(grantId: "${grant}", purpose: NOTIFICATION, by: ["area"]) { __typename ... on SharedCounts { by } } }`,
      staff.noor,
    ],
    ["{ accessLog { treeHead { treeSize } entries { nodes { sequence } } } }", staff.noor],
    ["{ toolkitProgress { revision } }", staff.noor],
  ];
  for (const [query, as] of queries) {
    const ask = async () => {
      const response = await fetch(city.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${await city.tokenOf(as)}`,
        },
        body: JSON.stringify({ query }),
      });
      expect(((await response.json()) as any).errors).toBeUndefined();
      return response.headers.get("cache-control");
    };
    await ask();
    city.cost.reset();
    expect([query, await ask()]).toEqual([query, "no-store"]);
    // Asked again, and not remembered.
    expect([query, ...city.cost.fetches]).toContain("data-sharing");
  }
});
