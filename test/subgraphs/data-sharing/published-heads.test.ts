import { writeFile } from "node:fs/promises";
import { sql } from "kysely";
import { beforeAll, describe, expect, inject, test } from "vitest";
import {
  checkEvidence,
  type Evidence,
  joinEvidence,
  readEvidence,
} from "../../../subgraphs/data-sharing/access-log.evidence.ts";
import type { Access } from "../../../subgraphs/data-sharing/access-log.rules.ts";
import { createAccessLogWriter } from "../../../subgraphs/data-sharing/access-log.writer.ts";
import { publishHead, writeHeads } from "../../../subgraphs/data-sharing/publish-heads.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import type { DataSharingTables } from "../../../subgraphs/data-sharing/tables.ts";
import { createTreeHeadKey } from "../../../subgraphs/data-sharing/tree-head.ts";
import { build, runTool } from "../../support/built-tool.ts";
import { databases } from "../../support/databases.ts";
import { rowsQuery, staff } from "../../support/sharing-story.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const key = createTreeHeadKey(new Uint8Array(32).fill(7));
const access: Access = {
  actor: "cares-huda",
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
};
const parse = (text: string): Evidence => {
  const read = readEvidence(text);
  if (!read.ok) throw new Error(read.problem);
  return read.evidence;
};
const brokenIn = (...given: [Evidence, ...Evidence[]]) => {
  const joined = joinEvidence(given);
  return joined
    ? checkEvidence(joined)
        .filter(({ ok }) => !ok)
        .map(({ what }) => what)
    : ["two keys"];
};

async function openLog(kind: (typeof databases)[number]) {
  const database = await kind.open<DataSharingTables, any>(subgraph);
  const { db } = database;
  let nowMs = Date.parse("2026-06-01T00:00:00Z");
  const settle = async (_db: unknown, all: readonly { access: Access }[]) =>
    all.map((one) => one.access);
  const newWriter = () => createAccessLogWriter({ db, key, clock: () => nowMs, settle });
  let writer = newWriter();
  return {
    db,
    async write(count: number, changes: Partial<Access> = {}) {
      for (let index = 0; index < count; index += 1) {
        nowMs += 1_000;
        await writer.write({ ...access, ...changes, rowCount: index });
      }
    },
    publish: () => publishHead(db, key, nowMs),
    history: async (after = 0) => parse(await writeHeads(db, key, after)),
    /** As whoever owns the tables could. */
    async tamper(...statements: readonly string[]) {
      const tables = ["access_log_entry", "access_log_tree_head", "published_head"];
      for (const table of tables)
        await sql.raw(`alter table ${table} disable trigger user`).execute(db);
      for (const statement of statements) await sql.raw(statement).execute(db);
      for (const table of tables)
        await sql.raw(`alter table ${table} enable trigger user`).execute(db);
      writer = newWriter();
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

describe.each(databases)("the published heads of the access log on $kind", (kind) => {
  test("are a history in which each head is proved to have grown from the one before", async () => {
    await using log = await openLog(kind);
    expect(await log.publish()).toBeUndefined();
    expect(JSON.parse(await writeHeads(log.db, key, 0))).toMatchObject({ heads: [], next: null });
    for (const count of [3, 1, 7, 2]) {
      await log.write(count);
      await log.publish();
    }
    expect(await log.publish()).toBeUndefined();
    const history = await log.history();
    expect(history.heads).toHaveLength(4);
    expect(history.consistency.map(({ firstSize, secondSize }) => [firstSize, secondSize])).toEqual(
      [
        [3, 4],
        [4, 11],
        [11, 13],
      ],
    );
    expect(brokenIn(history)).toEqual([]);
    // Pages begin with the head that they follow, and so join.
    const later = await log.history(11);
    expect(later.heads).toHaveLength(2);
    expect(brokenIn(history, later)).toEqual([]);
  });

  test("go out once when two processes publish at the same time", async () => {
    await using log = await openLog(kind);
    await log.write(5);
    await Promise.all([log.publish(), log.publish(), log.publish()]);
    expect((await log.history()).heads).toHaveLength(1);
  });

  test("cannot be changed or taken back in the database", async () => {
    await using log = await openLog(kind);
    await log.write(2);
    await log.publish();
    for (const statement of ["update published_head set at = at", "delete from published_head"]) {
      await expect(sql.raw(statement).execute(log.db)).rejects.toThrow("append-only");
    }
  });

  test("stop when entries were changed, or when the log no longer has what was published", async () => {
    await using log = await openLog(kind);
    await log.write(3);
    await log.publish();
    await log.write(2);
    await log.tamper("update access_log_entry set hash = repeat('b', 64) where sequence = 5");
    await expect(log.publish()).rejects.toThrow("entries 4 to 5 of the access log are not those");
    await log.tamper("delete from access_log_tree_head where tree_size = 3");
    await expect(log.publish()).rejects.toThrow("no longer has the head of 3 entries");
    expect((await log.history()).heads).toHaveLength(1);
  });

  const forgetAll = ["access_log_entry", "access_log_tree_head", "published_head"].map(
    (table) => `delete from ${table}`,
  );

  test("convict who rewrites log, heads and history with the right key, by a history that was kept", async () => {
    await using log = await openLog(kind);
    await log.write(4);
    await log.publish();
    await log.write(2);
    await log.publish();
    const kept = await log.history();

    await log.tamper(...forgetAll);
    await log.write(6, { actor: "nobody" });
    await log.publish();
    const sameSize = await log.history();
    // By itself it is flawless, and so only what was kept tells.
    expect(brokenIn(sameSize)).toEqual([]);
    expect(brokenIn(kept, sameSize)).toContain("two signed heads of 6 entries differ");

    await log.write(3, { actor: "nobody" });
    await log.publish();
    const grown = await log.history();
    expect(brokenIn(kept, grown)).toContain(
      "nothing proves that the log of 4 became the largest one: it was rewritten, or a proof is missing",
    );
  });

  test("convict who cuts the log off and lets it grow anew", async () => {
    await using log = await openLog(kind);
    await log.write(4);
    await log.publish();
    await log.write(2);
    await log.publish();
    const kept = await log.history();
    await log.tamper(
      "delete from access_log_entry where sequence > 4",
      "delete from access_log_tree_head where tree_size > 4",
      "delete from published_head where tree_size > 4",
    );
    await log.write(5, { actor: "nobody" });
    await log.publish();
    const regrown = await log.history();
    expect(brokenIn(regrown)).toEqual([]);
    expect(brokenIn(kept, regrown)).not.toEqual([]);
  });

  test("are of one log only: a history under another key is told apart", async () => {
    await using log = await openLog(kind);
    await log.write(1);
    await log.publish();
    const history = await log.history();
    expect(brokenIn(history, { ...history, publicKey: "{}" })).toEqual(["two keys"]);
  });
});

describe.each(databases)("a running subgraph on $kind", ({ kind }) => {
  test("publishes by itself, to anybody, without being asked", async () => {
    await using started = await startSubgraph(subgraph, kind, {
      env: { ACCESS_LOG_PUBLISH_SECONDS: "0.05" },
    });
    const url = new URL("/access-log/heads.json", started.url);
    const attempt = () =>
      started.ask(rowsQuery, {
        principal: staff.cares,
        variables: { grant: "grant_none", purpose: "RESEARCH", fields: ["area"] },
      });
    const historyOf = async (heads: number): Promise<Evidence> => {
      for (;;) {
        const response = await fetch(url);
        expect(response.headers.get("cache-control")).toBe("public, max-age=60");
        const text = await response.text();
        if (JSON.parse(text).heads.length >= heads) return parse(text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await attempt();
    const first = await historyOf(1);
    await attempt();
    const second = await historyOf(2);
    expect(brokenIn(first, second)).toEqual([]);
    url.searchParams.set("after", "-1");
    expect((await fetch(url)).status).toBe(400);
  });

  test("refuses to start with an interval that is none", async () => {
    await expect(
      startSubgraph(subgraph, kind, { env: { ACCESS_LOG_PUBLISH_SECONDS: "never" } }),
    ).rejects.toThrow("ACCESS_LOG_PUBLISH_SECONDS");
  });
});

describe("the commands", () => {
  beforeAll(build);

  test("verify and audit a log from files that were kept, and find what was rewritten since", async () => {
    await using log = await openLog(databases[1]);
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(log.db);
    const url = new URL(inject("postgresUrl"));
    url.pathname = `/${rows[0]?.name}`;
    await using folder = await tempFolder();
    const keep = async (name: string) => {
      const file = folder.file(name);
      await writeFile(file, await writeHeads(log.db, key, 0));
      return file;
    };
    const audit = (...files: readonly string[]) =>
      runTool("audit-access-log", files, { DATABASE_URL: url.href });

    await log.write(4);
    await log.publish();
    const monday = await keep("monday.json");
    await log.write(3);
    await log.publish();
    const tuesday = await keep("tuesday.json");
    expect(await runTool("verify-access-log", [monday, tuesday])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("the log grew from 4 to 7"),
    });
    expect(await audit(monday, tuesday)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/whole {3}7 entries[^]*held {4}2 heads[^]*right/),
    });

    await log.tamper("update access_sum set granted = granted - 1");
    expect(await audit(tuesday)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("BROKEN  the sums"),
    });

    await log.tamper(
      ...["access_log_entry", "access_log_tree_head", "published_head"].map(
        (table) => `delete from ${table}`,
      ),
    );
    await log.write(9, { actor: "nobody" });
    await log.publish();
    const forged = await keep("forged.json");
    expect(await runTool("verify-access-log", [forged])).toMatchObject({ code: 0 });
    expect(await runTool("verify-access-log", [monday, forged])).toMatchObject({ code: 2 });
    expect(await audit(monday)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("BROKEN  at entry 4: ROOT_DIFFERS"),
    });
    expect(await runTool("audit-access-log", [])).toMatchObject({ code: 1 });
  });
});
