/** What a service says, whole, and that its former versions stay as they were. */
import fc from "fast-check";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineSubgraph } from "../../../subgraphs/kit/define-subgraph.ts";
import { applyEntries } from "../../../subgraphs/services/catalogue-change.ts";
import { readEntry, serviceEntry, writeEntry } from "../../../subgraphs/services/service-entry.ts";
import {
  findVersionAt,
  listEntriesOfAgency,
} from "../../../subgraphs/services/service-version.store.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { anyEntry } from "../../support/catalogue-entries.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const whole = `id version name { en ar } summary { en } description { en } agency { id } category { id }
  lifeEvents { id } audiences eligibility { en ar } rules { en } requiredDocuments { name { en } }
  steps { number text { en ar } } channels { kind url phone hours { en } }
  fees { kind pricing amount { amount } upTo { amount } rule { en } } totalFee { amount }
  processingTime { duration } outputs { en } legalBasis { title { en } url } relatedServices { id }
  payable status validFrom validUntil versions { version from until }`;

describe.each(databases)("a service on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
  });
  afterAll(() => services[Symbol.asyncDispose]());
  const ask = async (query: string) => {
    const { data, errors } = await services.ask(query);
    expect(errors).toBeUndefined();
    return data;
  };

  test("says who may use it, by which steps, and what comes of it, in both languages", async () => {
    const { service } = await ask(`{ service(id: "gdrfa-renew-residency") { ${whole} } }`);
    expect(service.steps.map((step: any) => step.number)).toEqual([1, 2, 3, 4]);
    expect(service.steps[0].text.ar).not.toBe("");
    for (const part of ["eligibility", "rules", "outputs", "legalBasis", "relatedServices"]) {
      expect(service[part]).not.toEqual([]);
    }
    expect(service.fees[0]).toMatchObject({ pricing: "FIXED", upTo: null, rule: null });
    expect(service.versions).toHaveLength(1);
  });

  test("has all of that in the seed for each service, and costs no statement more for it", async () => {
    const page = (fields: string) => `{ services(first: 100) { nodes { id ${fields} } } }`;
    services.database.statements.length = 0;
    const { services: all } = await ask(
      page("steps { number } eligibility { en } rules { en } outputs { en } version"),
    );
    expect(services.database.statements).toHaveLength(1);
    expect(all.nodes.filter((one: any) => one.steps.length < 3)).toEqual([]);
    services.database.statements.length = 0;
    await ask(page("versions { from } relatedServices { id }"));
    expect(services.database.statements).toHaveLength(3);
  });

  test("is the same asked as of now and as of a moment of its version; null before the first", async () => {
    const at = "2026-01-01T00:00:00Z";
    const data = await ask(`{
      now: service(id: "dewa-move-in") { ${whole} }
      then: service(id: "dewa-move-in", at: "${at}") { ${whole} }
      before: service(id: "dewa-move-in", at: "1971-12-02T00:00:00Z") { id }
    }`);
    expect(data.then).toEqual(data.now);
    expect(data.before).toBeNull();
  });

  test("keeps a version that the database lets nobody alter, remove, or slip in between", async () => {
    const { db } = services.database;
    const refused = /is refused: a version of a service is kept as it was/;
    for (const statement of [
      "update service_version set changed_by = 'x'",
      "delete from service_version",
      "truncate service_version cascade",
    ]) {
      await expect(sql.raw(statement).execute(db)).rejects.toThrow(refused);
    }
    const [first] = await listEntriesOfAgency(db, "dewa");
    const again = {
      service_id: first!.service_id,
      changed_by: "x",
      entry: writeEntry(first!.entry),
    };
    for (const next of [
      { version: 1, from_at: new Date() },
      { version: 3, from_at: new Date() },
      { version: 2, from_at: new Date(0) },
    ]) {
      await expect(
        db
          .insertInto("service_version")
          .values({ ...again, ...next })
          .execute(),
      ).rejects.toThrow(/does not follow version 1/);
    }
    await expect(
      db.updateTable("service").set({ version: 2 }).where("id", "=", "dewa-move-in").execute(),
    ).rejects.toThrow(/service_points_at_its_version/);
  });

  test("is at each moment what it was then, after any changes", async () => {
    const { db } = services.database;
    const actor = { id: "clerk", agencyId: "dewa" };
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyEntry, fc.integer({ min: 0, max: 5_000 })), { maxLength: 5 }),
        async (changes) => {
          const id = `dewa-changed-${(runs += 1)}`;
          const start = Date.parse("2026-01-01T00:00:00Z");
          let now = start;
          const wasAt = new Map<number, unknown>();
          for (const [entry, passed] of changes) {
            now += passed;
            const { data: value } = serviceEntry.safeParse({
              ...entry,
              id,
              evidence: "SAMPLE",
              lastReviewedAt: "2026-01-01",
            });
            const given = { value: { ...entry, id }, seenVersion: undefined };
            const applied = await db
              .transaction()
              .execute((tx) => applyEntries(tx, actor, [given], { now: new Date(now) }));
            expect(applied.problems).toEqual([]);
            wasAt.set(now, value);
          }
          expect(await findVersionAt(db, id, new Date(start - 1))).toBeUndefined();
          for (const [at, entry] of wasAt) {
            expect((await findVersionAt(db, id, new Date(at)))?.entry).toEqual(entry);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test("that is older than its versions has what its rows say as the first of them", async () => {
    const { "0040-service-versions": keepVersions, ...migrations } = subgraph.migrations;
    const older = defineSubgraph({ ...subgraph, migrations, seed: seedOneService });
    await using database = await databases.find((one) => one.kind === kind)!.open(older);
    await keepVersions!.up(database.db);
    const [first] = await listEntriesOfAgency(database.db, "dewa");
    expect(first).toMatchObject({
      version: 1,
      from_at: new Date("2020-04-18T20:00:00Z"),
      entry: {
        lifeEvents: [],
        fees: [{ kind: "FEE", pricing: "FIXED", amount: 4_000n, upTo: null }],
        channels: [{ kind: "PHONE", url: null, phone: "991", hours: null }],
        requiredDocuments: [{ en: "Paper", ar: "ورقة" }],
        steps: [],
        validFrom: null,
        lastReviewedAt: "2020-04-19",
      },
    });
    expect(readEntry(JSON.parse(writeEntry(first!.entry)))).toEqual(first!.entry);
  });
});

/** As the seed wrote it before there were versions. */
async function seedOneService(db: Kysely<any>): Promise<void> {
  for (const statement of [
    `insert into category values ('bills', 0, 'Bills', 'فواتير')`,
    `insert into agency (id, kind, name_en, name_ar, evidence, search_text)
      values ('dewa', 'GOVERNMENT', 'DEWA', 'ديوا', 'SAMPLE', 'dewa')`,
    `insert into service values ('dewa-x', 'dewa', 'bills', 'X', 'س', 'X.', 'س.', 'X?', 'س؟',
      '{CITIZEN}', 'P2D', true, true, 'ACTIVE', '{ex}', 'SAMPLE', '2020-04-19T00:00:00+04:00', 'x')`,
    `insert into service_channel values ('dewa-x', 0, 'PHONE', null, '991')`,
    `insert into fee values ('dewa-x', 0, 'FEE', 'Fee', 'رسم', 4000, 'AED', true)`,
    `insert into required_document values ('dewa-x', 0, 'Paper', 'ورقة')`,
  ]) {
    await sql.raw(statement).execute(db);
  }
}
