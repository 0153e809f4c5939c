/**
 * Checking and publishing. A publication that a check refuses changes nothing but the records of it; one
 * that passes becomes the next launch, in one transaction. Of two publications at once the database
 * lets one follow the live launch; the other is judged again, against what is live then.
 */
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { type Actor, mustOperate, mustPublish, nameOf } from "./actor.ts";
import { audit } from "./audit.ts";
import type { Problem } from "./checks/problem.ts";
import { brokenConstraint, RegistryError } from "./errors.ts";
import { type Evaluate, type Evaluation, type Publication, sha256Of } from "./evaluate.ts";
import { insertLaunch, launchesDoNotFork } from "./launches.ts";
import type { RegistryDb, RegistryTransaction } from "./tables.ts";

export type CheckResult = {
  readonly passes: boolean;
  readonly problems: readonly Problem[];
  readonly hints: readonly string[];
  /** The kept result of the composition. */
  readonly compositionId: number;
};

export type PublishResult = {
  /** False when what is live is already this. */
  readonly changed: boolean;
  readonly launchId: number;
  /** Of the supergraph that is live now. */
  readonly sha256: string;
  readonly hints: readonly string[];
};

export type PublisherDeps = {
  readonly db: RegistryDb;
  readonly clock: Clock;
  readonly log: Log;
  readonly evaluate: Evaluate;
};

/** So many other launches may come in between before a publisher is asked to try again. */
const maxAttempts = 5;

type Recorded = { readonly purpose: "CHECK" | "PUBLISH"; readonly by: string; readonly at: Date };

/** Keeps the result of a composition; the supergraph itself only when it is launched. */
async function insertComposition(
  db: RegistryDb,
  { members, supergraph, problems }: Evaluation,
  { purpose, by, at }: Recorded,
  isLaunched: boolean,
): Promise<number> {
  const errors =
    supergraph === undefined ? problems.map(({ code, message }) => ({ code, message })) : [];
  const inputs = members.map(({ subgraph, sha256, routingUrl }) => ({
    subgraph,
    sha256,
    routingUrl,
  }));
  const { id } = await db
    .insertInto("composition")
    .values({
      purpose,
      supergraph: isLaunched && supergraph !== undefined ? supergraph : null,
      sha256: supergraph === undefined ? null : sha256Of(supergraph),
      errors: JSON.stringify(errors),
      inputs: JSON.stringify(inputs),
      composed_at: at,
      requested_by: by,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** The versions of all members, those that change written first. */
async function insertMembers(
  trx: RegistryTransaction,
  compositionId: number,
  { members }: Evaluation,
  { by, at }: Recorded,
): Promise<void> {
  const rows: { composition_id: number; subgraph: string; schema_version_id: number }[] = [];
  for (const { subgraph, sdl, sha256, routingUrl, versionId } of members) {
    const version = { subgraph, sdl, sha256, routing_url: routingUrl };
    const id =
      versionId ??
      (
        await trx
          .insertInto("schema_version")
          .values({ ...version, published_at: at, published_by: by })
          .returning("id")
          .executeTakeFirstOrThrow()
      ).id;
    rows.push({ composition_id: compositionId, subgraph, schema_version_id: id });
  }
  await trx.insertInto("composition_member").values(rows).execute();
}

async function claimTypes(
  trx: RegistryTransaction,
  claims: ReadonlyMap<string, string>,
  since: Date,
): Promise<void> {
  if (claims.size === 0) return;
  await trx
    .insertInto("type_owner")
    .values([...claims].map(([type, agency]) => ({ type, agency, since })))
    .onConflict((conflict) =>
      conflict.column("type").doUpdateSet((eb) => ({
        agency: eb.ref("excluded.agency"),
        since: eb.ref("excluded.since"),
      })),
    )
    .execute();
}

const subjectOf = ({ subgraphs }: Publication): string =>
  subgraphs.map(({ name }) => name).join(", ");

export type Publisher = ReturnType<typeof createPublisher>;

export function createPublisher({ db, clock, log, evaluate }: PublisherDeps) {
  function admit(actor: Actor, publication: Publication): void {
    mustPublish(
      actor,
      publication.subgraphs.map(({ name }) => name),
    );
    if (publication.accept.length > 0) mustOperate(actor);
  }

  async function launch(actor: Actor, publication: Publication, evaluation: Evaluation) {
    const at = new Date(clock());
    const recorded = { purpose: "PUBLISH", by: nameOf(actor), at } as const;
    return db.transaction().execute(async (trx) => {
      const compositionId = await insertComposition(trx, evaluation, recorded, true);
      await insertMembers(trx, compositionId, evaluation, recorded);
      const launchId = await insertLaunch(trx, {
        variant: publication.variant,
        after: evaluation.live?.launchId,
        compositionId,
        by: recorded.by,
        at,
      });
      await claimTypes(trx, evaluation.claims, at);
      const { variant, accept } = publication;
      const detail = { variant, launchId, compositionId, accept };
      await audit(trx, { actor, action: "PUBLISHED", subject: subjectOf(publication), detail, at });
      return launchId;
    });
  }

  /** @throws RegistryError CHECKS_FAILED, always. */
  async function refuse(
    actor: Actor,
    publication: Publication,
    evaluation: Evaluation,
  ): Promise<never> {
    const at = new Date(clock());
    const { problems } = evaluation;
    await db.transaction().execute(async (trx) => {
      const recorded = { purpose: "PUBLISH", by: nameOf(actor), at } as const;
      const compositionId = await insertComposition(trx, evaluation, recorded, false);
      const codes = [...new Set(problems.map(({ code }) => code))];
      const detail = { variant: publication.variant, compositionId, codes };
      await audit(trx, {
        actor,
        action: "PUBLISH_REFUSED",
        subject: subjectOf(publication),
        detail,
        at,
      });
    });
    throw new RegistryError(
      "CHECKS_FAILED",
      `Nothing was published: ${problems.length === 1 ? "a check" : `${problems.length} checks`} did not pass.`,
      problems,
    );
  }

  return {
    /** What `publish` would say now. @throws RegistryError FORBIDDEN, NOT_FOUND */
    async check(actor: Actor, publication: Publication): Promise<CheckResult> {
      admit(actor, publication);
      const evaluation = await evaluate(publication);
      const { problems, hints } = evaluation;
      const passes = problems.length === 0;
      const at = new Date(clock());
      const compositionId = await db.transaction().execute(async (trx) => {
        const recorded = { purpose: "CHECK", by: nameOf(actor), at } as const;
        const id = await insertComposition(trx, evaluation, recorded, false);
        const detail = { variant: publication.variant, compositionId: id, passes };
        await audit(trx, { actor, action: "CHECKED", subject: subjectOf(publication), detail, at });
        return id;
      });
      return { passes, problems, hints, compositionId };
    },

    /** All of the publication or nothing. @throws RegistryError CHECKS_FAILED, FORBIDDEN, NOT_FOUND, CONFLICT */
    async publish(actor: Actor, publication: Publication): Promise<PublishResult> {
      admit(actor, publication);
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const evaluation = await evaluate(publication);
        const { live, changed, supergraph, problems, hints } = evaluation;
        if (live && changed.length === 0)
          return { changed: false, launchId: live.launchId, sha256: live.sha256, hints };
        if (problems.length > 0 || supergraph === undefined)
          return refuse(actor, publication, evaluation);
        try {
          const launchId = await launch(actor, publication, evaluation);
          log.info({ launchId, subgraphs: subjectOf(publication) }, "launched");
          return { changed: true, launchId, sha256: sha256Of(supergraph), hints };
        } catch (error) {
          if (brokenConstraint(error) !== launchesDoNotFork) throw error;
          log.info({ attempt }, "another launch came first: judging again");
        }
      }
      throw new RegistryError(
        "CONFLICT",
        "Others publish at the same time, again and again: nothing of yours was published. Try again.",
      );
    },
  };
}
