/** Candidates and what gateways counted of them, one SQL operation a function. At most one is open. */
import type { Kysely } from "kysely";
import {
  addCounts,
  type CanaryCounts,
  type CanaryLane,
  canaryLanes,
  noCounts,
} from "../../platform/canary-counts.ts";
import type { Members, RegistryTables } from "../tables.ts";

type Db = Kysely<RegistryTables>;

export type Candidate = {
  readonly id: number;
  readonly subgraph: string;
  readonly sdlId: number;
  /** Percent of the clients; what is marked comes on top. */
  readonly share: number;
  readonly state: "open" | "promoted" | "withdrawn";
  readonly openedAt: Date;
  readonly openedBy: string;
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
  /** Why it ended. */
  readonly reason: string | null;
};

/** The one that is open, or that was last. */
export const readLastCandidate = (db: Db): Promise<Candidate | undefined> =>
  db
    .selectFrom("candidate")
    .select([
      "id",
      "subgraph",
      "sdl_id as sdlId",
      "share",
      "state",
      "opened_at as openedAt",
      "opened_by as openedBy",
      "ended_at as endedAt",
      "ended_by as endedBy",
      "reason",
    ])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();

export async function addCandidate(
  db: Db,
  row: {
    readonly subgraph: string;
    readonly sdlId: number;
    readonly share: number;
    /** Composition ids by variant. */
    readonly compositions: Members;
    readonly at: Date;
    readonly by: string;
  },
): Promise<number> {
  const { id } = await db
    .insertInto("candidate")
    .values({
      subgraph: row.subgraph,
      sdl_id: row.sdlId,
      share: row.share,
      state: "open",
      compositions: JSON.stringify(row.compositions),
      opened_at: row.at,
      opened_by: row.by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export const readCompositionIds = async (db: Db, id: number): Promise<Members> =>
  (
    await db
      .selectFrom("candidate")
      .select("compositions")
      .where("id", "=", id)
      .executeTakeFirstOrThrow()
  ).compositions;

export async function setShare(db: Db, id: number, share: number): Promise<void> {
  await db.updateTable("candidate").set({ share }).where("id", "=", id).execute();
}

export async function endCandidate(
  db: Db,
  id: number,
  end: {
    readonly state: "promoted" | "withdrawn";
    readonly at: Date;
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  const { state, at: ended_at, by: ended_by, reason } = end;
  const ended = { state, ended_at, ended_by, reason };
  await db.updateTable("candidate").set(ended).where("id", "=", id).execute();
}

export async function readCounts(db: Db, id: number): Promise<CanaryCounts> {
  const rows = await db
    .selectFrom("canary_count")
    .select(["lane", "requests", "errors", "buckets"])
    .where("candidate_id", "=", id)
    .execute();
  const of = (lane: CanaryLane) => rows.find((row) => row.lane === lane) ?? noCounts;
  return { live: of("live"), candidate: of("candidate"), marked: of("marked") };
}

/** Within a transaction that nobody else counts in. */
export async function addToCounts(
  db: Db,
  id: number,
  counted: CanaryCounts,
): Promise<CanaryCounts> {
  const before = await readCounts(db, id);
  const sum = {
    live: addCounts(before.live, counted.live),
    candidate: addCounts(before.candidate, counted.candidate),
    marked: addCounts(before.marked, counted.marked),
  };
  for (const lane of canaryLanes) {
    const { requests, errors } = sum[lane];
    const values = { requests, errors, buckets: JSON.stringify(sum[lane].buckets) };
    await db
      .insertInto("canary_count")
      .values({ candidate_id: id, lane, ...values })
      .onConflict((conflict) => conflict.columns(["candidate_id", "lane"]).doUpdateSet(values))
      .execute();
  }
  return sum;
}
