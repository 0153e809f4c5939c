import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  checkEvidence,
  readEvidence,
} from "../../../subgraphs/data-sharing/access-log.evidence.ts";
import {
  type Access,
  chain,
  startOfLog,
} from "../../../subgraphs/data-sharing/access-log.rules.ts";
import { verifyAccessLog } from "../../../subgraphs/data-sharing/access-log.verify.ts";
import {
  type AccessLogWriter,
  createAccessLogWriter,
  type Settle,
} from "../../../subgraphs/data-sharing/access-log.writer.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import type { DataSharingTables } from "../../../subgraphs/data-sharing/tables.ts";
import { createTreeHeadKey, verifyTreeHead } from "../../../subgraphs/data-sharing/tree-head.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";

const key = createTreeHeadKey(new Uint8Array(32).fill(7));
const otherKey = createTreeHeadKey(new Uint8Array(32).fill(8));
const access = (changes: Partial<Access> = {}): Access => ({
  actor: "agency-dubai-cares",
  agencyId: "dubai-cares",
  subjectId: "grant_1",
  datasetId: "rta-nol-journeys",
  purpose: "RESEARCH",
  operation: "ROWS",
  fields: ["area"],
  rowCount: 3,
  suppressedCells: 0,
  outcome: "GRANTED",
  refusal: null,
  requestId: "test",
  ...changes,
});

const settle: Settle = async (_db, submissions) => submissions.map((one) => one.access);

describe("a signed tree head", () => {
  const head = { treeSize: 3, rootHash: "a".repeat(64), at: "2026-01-01T00:00:00.000Z" };

  test("is believed when the key signed it, and not when another did or a byte was changed", () => {
    const jws = key.sign(head);
    expect(verifyTreeHead(jws, key.publicJwk)).toEqual(head);
    expect(verifyTreeHead(jws, otherKey.publicJwk)).toBeUndefined();
    const [header, payload, signature] = jws.split(".");
    const forged = Buffer.from(JSON.stringify({ ...head, treeSize: 2 })).toString("base64url");
    expect(verifyTreeHead(`${header}.${forged}.${signature}`, key.publicJwk)).toBeUndefined();
    const unsigned = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(verifyTreeHead(`${unsigned}.${payload}.`, key.publicJwk)).toBeUndefined();
    expect(verifyTreeHead("nonsense", key.publicJwk)).toBeUndefined();
    expect(verifyTreeHead(jws, {})).toBeUndefined();
  });
});

describe.each(databases)("the access log on $kind", ({ open }) => {
  let database: TestDatabase<DataSharingTables>;
  let writer: AccessLogWriter;
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  beforeEach(async () => {
    database = await open(subgraph, { seed: false });
    writer = createAccessLogWriter({ db: database.db, key, clock: () => nowMs, settle });
  });
  afterEach(() => database[Symbol.asyncDispose]());
  const run = (statement: string) => sql.raw(statement).execute(database.db);
  const audit = (keptHeads: readonly string[] = []) =>
    verifyAccessLog(database.db, { publicJwk: key.publicJwk, keptHeads });
  const writeMany = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      nowMs += 1_000;
      await writer.write(access({ rowCount: index }));
    }
  };
  /** As whoever owns the tables could. */
  const tamper = async (...statements: string[]) => {
    const tables = ["access_log_entry", "access_log_tree_head"];
    for (const table of tables) await run(`alter table ${table} disable trigger user`);
    for (const statement of statements) await run(statement);
    for (const table of tables) await run(`alter table ${table} enable trigger user`);
  };
  const lastHead = async () =>
    (
      await database.db
        .selectFrom("access_log_tree_head")
        .select("jws")
        .orderBy("tree_size", "desc")
        .executeTakeFirstOrThrow()
    ).jws;

  test("an empty log is whole", async () => {
    expect(await audit()).toMatchObject({ ok: true, entries: 0 });
  });

  test("entries written one by one and all at once are chained, signed and whole", async () => {
    await writeMany(3);
    const written = await Promise.all(
      Array.from({ length: 40 }, (_, rowCount) => writer.write(access({ rowCount }))),
    );
    expect(written.map(({ entry }) => entry.sequence)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 4),
    );
    expect(written.map(({ entry }) => entry.rowCount)).toEqual([...Array(40).keys()]);
    expect(await audit()).toMatchObject({ ok: true, entries: 43 });
  });

  test("two writers at once, as in two processes, make one chain", async () => {
    const second = createAccessLogWriter({ db: database.db, key, clock: () => nowMs, settle });
    const writers = Array.from({ length: 20 }, (_, index) => (index % 2 ? writer : second));
    await Promise.all(writers.map((one) => one.write(access())));
    expect(await audit()).toMatchObject({ ok: true, entries: 20 });
  });

  /** Rests on no grant, so that nothing stands in the way of the one statement. */
  const refused = access({ outcome: "REFUSED", refusal: "GRANT_FOREIGN", rowCount: 0 });

  test("a writer that knows the end of the log writes by one statement, and looks again when another wrote", async () => {
    const second = createAccessLogWriter({ db: database.db, key, clock: () => nowMs, settle });
    await writer.write(refused);
    database.statements.length = 0;
    await Promise.all([writer.write(refused), writer.write(refused)]);
    expect(database.statements).toHaveLength(2);
    for (let turn = 0; turn < 4; turn += 1) {
      for (const one of [writer, second]) {
        await one.write(refused);
        await one.write(refused);
      }
    }
    expect(await audit()).toMatchObject({ ok: true, entries: 19 });
  });

  test("what was tampered with stops a writer that believes to know the end of the log", async () => {
    await writer.write(refused);
    await writer.write(refused);
    await tamper("update access_log_entry set hash = repeat('c', 64) where sequence = 2");
    const found = "Entry 2 of the access log is not the one that was written";
    await expect(writer.write(refused)).rejects.toThrow(found);
    // And it stays stopped.
    await expect(writer.write(refused)).rejects.toThrow(found);
  });

  test("a clock that goes back does not take the log back", async () => {
    const { entry: first } = await writer.write(access());
    nowMs -= 60_000;
    const { entry: second } = await writer.write(access());
    expect(second.at).toBe(first.at);
    expect(await audit()).toMatchObject({ ok: true });
  });

  test("the database refuses to change, delete or truncate entries and heads", async () => {
    await writeMany(2);
    for (const table of ["access_log_entry", "access_log_tree_head"]) {
      await expect(run(`update ${table} set at = at`)).rejects.toThrow("append-only");
      await expect(run(`delete from ${table}`)).rejects.toThrow("append-only");
      await expect(run(`truncate ${table}`)).rejects.toThrow("append-only");
    }
  });

  test("the database refuses an entry that does not follow the last", async () => {
    await writeMany(2);
    const columns =
      "at, actor, agency_id, subject_id, dataset_id, purpose, operation, fields, row_count, suppressed_cells, outcome, refusal, request_id";
    const insert = (sequence: string, at: string, previous: string) =>
      run(`insert into access_log_entry (sequence, ${columns}, previous_hash, hash)
        select ${sequence}, ${at}, ${columns.replace("at, ", "")}, ${previous}, repeat('b', 64)
        from access_log_entry where sequence = 2`);
    await expect(insert("4", "at", "hash")).rejects.toThrow("does not follow");
    await expect(insert("3", "at - interval '1 hour'", "hash")).rejects.toThrow("does not follow");
    await expect(insert("3", "at", "previous_hash")).rejects.toThrow("does not follow");
  });

  test.each([
    [
      "a flipped value",
      "update access_log_entry set row_count = 99 where sequence = 3",
      "ENTRY_CHANGED",
    ],
    [
      "another purpose",
      "update access_log_entry set purpose = 'OTHER' where sequence = 3",
      "ENTRY_CHANGED",
    ],
    [
      "a back-dated entry",
      "update access_log_entry set at = at - interval '1 day' where sequence = 3",
      "ENTRY_CHANGED",
    ],
    ["a dropped entry", "delete from access_log_entry where sequence = 3", "SEQUENCE_BROKEN"],
  ])("finds %s", async (_what, statement, problem) => {
    await writeMany(5);
    expect(await audit()).toMatchObject({ ok: true });
    await tamper(statement);
    expect(await audit()).toEqual({ ok: false, problem, sequence: 3 });
  });

  test("finds two entries that changed places", async () => {
    await writeMany(5);
    await tamper(
      "update access_log_entry set sequence = 1000 where sequence = 2",
      "update access_log_entry set sequence = 2 where sequence = 3",
      "update access_log_entry set sequence = 3 where sequence = 1000",
    );
    expect(await audit()).toMatchObject({ ok: false, problem: "ENTRY_CHANGED", sequence: 2 });
  });

  test("finds an entry that was dropped when those behind moved up", async () => {
    await writeMany(5);
    await tamper(
      "delete from access_log_entry where sequence = 3",
      "update access_log_entry set sequence = sequence - 1 where sequence = 4",
      "update access_log_entry set sequence = sequence - 1 where sequence = 5",
    );
    expect(await audit()).toMatchObject({ ok: false, problem: "ENTRY_CHANGED", sequence: 3 });
  });

  test("finds a cut-off end, and heads that were cut off with it once somebody kept one", async () => {
    await writeMany(5);
    const kept = await lastHead();
    await tamper("delete from access_log_entry where sequence > 3");
    expect(await audit()).toEqual({ ok: false, problem: "ENTRIES_MISSING", sequence: 5 });
    await tamper("delete from access_log_tree_head where tree_size > 3");
    expect(await audit()).toMatchObject({ ok: true });
    expect(await audit([kept])).toEqual({ ok: false, problem: "ENTRIES_MISSING", sequence: 5 });
  });

  /** All entries rewritten with right hashes, as somebody with the database and this code could. */
  const rewrite = async () => {
    const rows = chain(
      startOfLog,
      Array.from({ length: 4 }, () => access({ actor: "nobody" })),
      "2026-01-01T00:00:00.000Z",
    );
    await tamper(
      ...rows.map(
        ({ entry, hash }) =>
          `update access_log_entry set actor = 'nobody', row_count = 3, at = '${entry.at}', previous_hash = '${entry.previousHash}', hash = '${hash}' where sequence = ${entry.sequence}`,
      ),
    );
  };

  test("finds a log that was rewritten as a whole, by the heads that were signed", async () => {
    await writeMany(4);
    const kept = await lastHead();
    await rewrite();
    expect(await audit()).toEqual({ ok: false, problem: "ROOT_DIFFERS", sequence: 1 });
    await tamper("delete from access_log_tree_head");
    expect(await audit()).toEqual({ ok: false, problem: "ENTRIES_NOT_SIGNED", sequence: 1 });
    expect(await audit([kept])).toEqual({ ok: false, problem: "ROOT_DIFFERS", sequence: 4 });
  });

  test("finds heads that another key signed", async () => {
    await writeMany(1);
    const head = verifyTreeHead(await lastHead(), key.publicJwk)!;
    await tamper(`update access_log_tree_head set jws = '${otherKey.sign(head)}'`);
    expect(await audit()).toEqual({ ok: false, problem: "HEAD_NOT_SIGNED", sequence: 1 });
  });

  test("writes, and so hands over, nothing more once the end of the log was tampered with", async () => {
    await writeMany(3);
    await tamper("delete from access_log_entry where sequence = 3");
    await expect(writer.write(access())).rejects.toThrow("Entry 3 of the access log is not");
    // After a restart it is found by the head that was signed.
    writer = createAccessLogWriter({ db: database.db, key, clock: () => nowMs, settle });
    await expect(writer.write(access())).rejects.toThrow("has 2 entries, but 3 were signed");
    await tamper("update access_log_tree_head set frontier = '[]'");
    await expect(writer.write(access())).rejects.toThrow("does not bear our signature");
  });
});

describe("evidence that is checked offline", () => {
  test("tells what is wrong with a file that is none", () => {
    expect(readEvidence("{")).toEqual({ ok: false, problem: "it is not JSON." });
    expect(readEvidence("{}")).toMatchObject({
      ok: false,
      problem: expect.stringContaining("publicKey"),
    });
  });

  test("convicts two signed heads of one size with different roots", () => {
    const at = "2026-01-01T00:00:00.000Z";
    const heads = ["a", "b"].map((digit) =>
      key.sign({ treeSize: 1, rootHash: digit.repeat(64), at }),
    );
    const publicKey = JSON.stringify(key.publicJwk);
    expect(checkEvidence({ publicKey, heads, entries: [], consistency: [] })).toContainEqual({
      ok: false,
      what: "two signed heads of 1 entries differ",
    });
  });
});
