/** The registry's statements: one SQL operation a function. What is launched last in a variant is live. */
import type { Kysely } from "kysely";
import type { MemberSdl } from "./checks/input.ts";
import type { LaunchKind, Members, RegistryTables } from "./tables.ts";

type Db = Kysely<RegistryTables>;

export type Launch = {
  readonly id: number;
  readonly variant: string;
  readonly kind: LaunchKind;
  readonly compositionId: number;
  readonly sha256: string;
  /** The subgraph whose publish made this supergraph. */
  readonly subgraph: string;
  readonly sdlSha256: string;
  readonly members: Members;
  readonly launchedAt: Date;
  readonly launchedBy: string;
};

const launches = (db: Db) =>
  db
    .selectFrom("launch")
    .innerJoin("composition", "composition.id", "launch.composition_id")
    .select([
      "launch.id",
      "variant",
      "kind",
      "composition_id as compositionId",
      "sha256",
      "subgraph",
      "sdl_sha256 as sdlSha256",
      "members",
      "launched_at as launchedAt",
      "launched_by as launchedBy",
    ])
    .orderBy("launch.id", "desc");

const toLaunch = <Row extends { sha256: string | null }>(row: Row) => ({
  ...row,
  sha256: row.sha256 ?? "",
});

/** Newest first. */
export const readLaunches = async (
  db: Db,
  variant: string,
  limit: number,
): Promise<readonly Launch[]> =>
  (await launches(db).where("variant", "=", variant).limit(limit).execute()).map(toLaunch);

export const readLaunch = async (
  db: Db,
  variant: string,
  id: number,
): Promise<Launch | undefined> => {
  const row = await launches(db)
    .where("variant", "=", variant)
    .where("launch.id", "=", id)
    .executeTakeFirst();
  return row && toLaunch(row);
};

export async function readSupergraph(db: Db, compositionId: number): Promise<string> {
  const { supergraph } = await db
    .selectFrom("composition")
    .select("supergraph")
    .where("id", "=", compositionId)
    .executeTakeFirstOrThrow();
  if (supergraph === null) throw new Error(`Composition ${compositionId} has no supergraph.`);
  return supergraph;
}

/** The SDLs that a composition was made of, with whose they are. */
export async function readMembers(db: Db, members: Members): Promise<readonly MemberSdl[]> {
  const ids = Object.values(members);
  if (ids.length === 0) return [];
  return db
    .selectFrom("sdl")
    .innerJoin("subgraph", "subgraph.name", "sdl.subgraph")
    .select(["subgraph.name", "owner", "routing_url as routingUrl", "sdl"])
    .where("sdl.id", "in", ids)
    .orderBy("registered_at")
    .orderBy("subgraph.name")
    .execute();
}

export const readSdl = (db: Db, id: number): Promise<{ sdl: string; routingUrl: string }> =>
  db
    .selectFrom("sdl")
    .select(["sdl", "routing_url as routingUrl"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();

export const readSubgraph = (db: Db, name: string) =>
  db.selectFrom("subgraph").selectAll().where("name", "=", name).executeTakeFirst();

export const readConsents = (db: Db) =>
  db
    .selectFrom("consent")
    .select(["coordinate", "granted_by as grantedBy", "granted_to as grantedTo"])
    .execute();

export const addSdl = (
  db: Db,
  row: { member: MemberSdl; sha256: string; at: Date; by: string },
): Promise<{ id: number }> =>
  db
    .insertInto("sdl")
    .values({
      subgraph: row.member.name,
      sha256: row.sha256,
      sdl: row.member.sdl,
      routing_url: row.member.routingUrl,
      published_at: row.at,
      published_by: row.by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();

export type NewComposition = {
  readonly sha256: string | null;
  readonly supergraph: string | null;
  readonly members: Members;
  readonly findings: readonly object[];
  readonly subgraph: string;
  readonly sdlSha256: string;
  readonly at: Date;
  readonly by: string;
};

export const addComposition = (db: Db, row: NewComposition): Promise<{ id: number }> =>
  db
    .insertInto("composition")
    .values({
      sha256: row.sha256,
      supergraph: row.supergraph,
      members: JSON.stringify(row.members),
      findings: JSON.stringify(row.findings),
      subgraph: row.subgraph,
      sdl_sha256: row.sdlSha256,
      composed_at: row.at,
      composed_by: row.by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();

export const addLaunch = (
  db: Db,
  row: {
    variant: string;
    compositionId: number;
    kind: LaunchKind;
    at: Date;
    by: string;
  },
): Promise<{ id: number }> =>
  db
    .insertInto("launch")
    .values({
      variant: row.variant,
      composition_id: row.compositionId,
      kind: row.kind,
      launched_at: row.at,
      launched_by: row.by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
