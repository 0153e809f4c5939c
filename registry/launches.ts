/**
 * Launches: which supergraph is live in a variant, since when, by whom, and all that were before. The
 * newest of a variant is live; it names the one it followed, so the history is a chain.
 */
import { RegistryError } from "./errors.ts";
import type { RegistryDb } from "./tables.ts";

/** A subgraph as it takes part in a supergraph. */
export type Member = {
  readonly subgraph: string;
  readonly agency: string;
  readonly sdl: string;
  readonly sha256: string;
  readonly routingUrl: string;
  /** Undefined while it is not published. */
  readonly versionId: number | undefined;
};

export type Live = {
  readonly launchId: number;
  readonly compositionId: number;
  readonly supergraph: string;
  readonly sha256: string;
  readonly launchedAt: Date;
  readonly members: readonly Member[];
};

export type Launch = {
  readonly id: number;
  readonly variant: string;
  readonly compositionId: number;
  readonly sha256: string;
  readonly restores: number | null;
  readonly launchedAt: Date;
  readonly launchedBy: string;
};

/** The whole graph, uncut. */
export const wholeCity = "city";

const liveRow = (db: RegistryDb, variant: string) =>
  db
    .selectFrom("launch")
    .innerJoin("composition", "composition.id", "launch.composition_id")
    .select([
      "launch.id",
      "launch.composition_id",
      "launch.launched_at",
      "launch.restores_id",
      "composition.supergraph",
      "composition.sha256",
    ])
    .where("launch.variant", "=", variant)
    .orderBy("launch.id", "desc")
    .limit(1)
    .executeTakeFirst();

export async function membersOf(db: RegistryDb, compositionId: number): Promise<readonly Member[]> {
  const rows = await db
    .selectFrom("composition_member")
    .innerJoin("schema_version", "schema_version.id", "composition_member.schema_version_id")
    .innerJoin("subgraph", "subgraph.name", "composition_member.subgraph")
    .select([
      "subgraph.name",
      "subgraph.owner_agency",
      "schema_version.id",
      "schema_version.sdl",
      "schema_version.sha256",
      "schema_version.routing_url",
    ])
    .where("composition_member.composition_id", "=", compositionId)
    .orderBy("subgraph.name")
    .execute();
  return rows.map((row) => ({
    subgraph: row.name,
    agency: row.owner_agency,
    sdl: row.sdl,
    sha256: row.sha256,
    routingUrl: row.routing_url,
    versionId: row.id,
  }));
}

/** Undefined before the first launch of a variant. */
export async function readLive(db: RegistryDb, variant: string): Promise<Live | undefined> {
  const row = await liveRow(db, variant);
  if (!row?.supergraph || !row.sha256) return undefined;
  return {
    launchId: row.id,
    compositionId: row.composition_id,
    supergraph: row.supergraph,
    sha256: row.sha256,
    launchedAt: row.launched_at,
    members: await membersOf(db, row.composition_id),
  };
}

/** What gateways are given: without the members, which they do not need. @throws RegistryError NOT_FOUND */
export async function readSupergraph(db: RegistryDb, variant: string) {
  const row = await liveRow(db, variant);
  if (!row?.supergraph || !row.sha256)
    throw new RegistryError("NOT_FOUND", `Nothing was launched yet in the variant "${variant}".`);
  const { id: launchId, supergraph, sha256 } = row;
  return { variant, launchId, supergraph, sha256 };
}

/** Newest first. */
export async function listLaunches(
  db: RegistryDb,
  variant: string,
  limit: number,
): Promise<readonly Launch[]> {
  const rows = await db
    .selectFrom("launch")
    .innerJoin("composition", "composition.id", "launch.composition_id")
    .selectAll("launch")
    .select("composition.sha256")
    .where("variant", "=", variant)
    .orderBy("launch.id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    variant: row.variant,
    compositionId: row.composition_id,
    sha256: row.sha256 ?? "",
    restores: row.restores_id,
    launchedAt: row.launched_at,
    launchedBy: row.launched_by,
  }));
}

export type NewLaunch = {
  readonly variant: string;
  /** The launch that was live when this one was decided; undefined: none was. */
  readonly after: number | undefined;
  readonly compositionId: number;
  readonly restores?: number;
  readonly by: string;
  readonly at: Date;
};

/** The constraint that breaks when another launch came in between. */
export const launchesDoNotFork = "launches_do_not_fork";

/** @returns its id. @throws the driver's error of `launchesDoNotFork`. */
export async function insertLaunch(db: RegistryDb, launch: NewLaunch): Promise<number> {
  const { variant, after = null, compositionId, restores = null, by, at } = launch;
  const { id } = await db
    .insertInto("launch")
    .values({
      variant,
      previous_id: after,
      composition_id: compositionId,
      restores_id: restores,
      launched_at: at,
      launched_by: by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
