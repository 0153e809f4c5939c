/**
 * Rolling back: an earlier launch's supergraph becomes live again, as a launch of its own, so that the
 * history only grows. Nothing is composed: what was good once is taken as it was.
 */
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { type Actor, mustPublish, nameOf } from "./actor.ts";
import { audit } from "./audit.ts";
import { brokenConstraint, RegistryError } from "./errors.ts";
import { insertLaunch, launchesDoNotFork, membersOf } from "./launches.ts";
import type { RegistryDb } from "./tables.ts";

export type RollbackRequest = {
  readonly variant: string;
  /** Default: the one before the live one; asked again, the one before that. */
  readonly toLaunch?: number | undefined;
};

export type RollbackResult = {
  readonly launchId: number;
  readonly restores: number;
  /** Subgraphs that are not what they were a moment ago. */
  readonly subgraphs: readonly string[];
};

const refuseToRoll = (message: string): never => {
  throw new RegistryError("CONFLICT", message);
};

export type Rollback = ReturnType<typeof createRollback>;

export function createRollback({
  db,
  clock,
  log,
}: {
  readonly db: RegistryDb;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const find = (variant: string, id: number) =>
    db
      .selectFrom("launch")
      .selectAll()
      .where("variant", "=", variant)
      .where("id", "=", id)
      .executeTakeFirst();

  /** A launch that was itself a rollback stands for the one it restored. */
  async function originOf(variant: string, id: number) {
    const launch = await find(variant, id);
    if (!launch)
      throw new RegistryError(
        "NOT_FOUND",
        `The variant "${variant}" has no launch ${id}: see GET /launches.`,
      );
    return launch.restores_id === null
      ? launch
      : ((await find(variant, launch.restores_id)) ?? launch);
  }

  async function targetOf({ variant, toLaunch }: RollbackRequest, liveId: number) {
    if (toLaunch !== undefined) return originOf(variant, toLaunch);
    const { previous_id } = await originOf(variant, liveId);
    if (previous_id === null)
      return refuseToRoll("There is nothing before the first launch to roll back to.");
    return originOf(variant, previous_id);
  }

  async function differences(one: number, other: number): Promise<readonly string[]> {
    const [before, after] = await Promise.all([membersOf(db, one), membersOf(db, other)]);
    const versions = (members: typeof before) =>
      new Map(members.map(({ subgraph, versionId }) => [subgraph, versionId]));
    const [left, right] = [versions(before), versions(after)];
    const names = new Set([...left.keys(), ...right.keys()]);
    return [...names].filter((name) => left.get(name) !== right.get(name)).toSorted();
  }

  /**
   * An agency may take back what is its own: when nothing of another's would change.
   * @throws RegistryError FORBIDDEN, NOT_FOUND, CONFLICT when there is nothing to change.
   */
  return async function rollback(actor: Actor, request: RollbackRequest): Promise<RollbackResult> {
    const { variant } = request;
    if (actor.kind === "gateway")
      throw new RegistryError("FORBIDDEN", "A gateway follows launches, it makes none.");
    const live = await db
      .selectFrom("launch")
      .selectAll()
      .where("variant", "=", variant)
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (!live) return refuseToRoll(`Nothing was launched yet in the variant "${variant}".`);
    const target = await targetOf(request, live.id);
    if (target.composition_id === live.composition_id)
      return refuseToRoll(`Launch ${target.id} is what is live already.`);
    const subgraphs = await differences(live.composition_id, target.composition_id);
    mustPublish(actor, subgraphs);
    const at = new Date(clock());
    try {
      const launchId = await db.transaction().execute(async (trx) => {
        const id = await insertLaunch(trx, {
          variant,
          after: live.id,
          compositionId: target.composition_id,
          restores: target.id,
          by: nameOf(actor),
          at,
        });
        const detail = { launchId: id, restores: target.id, subgraphs };
        await audit(trx, { actor, action: "ROLLED_BACK", subject: variant, detail, at });
        return id;
      });
      log.warn({ launchId, restores: target.id, subgraphs }, "rolled back");
      return { launchId, restores: target.id, subgraphs };
    } catch (error) {
      if (brokenConstraint(error) !== launchesDoNotFork) throw error;
      return refuseToRoll("Another launch came first: look at GET /launches, then try again.");
    }
  };
}
