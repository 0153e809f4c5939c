/**
 * The registry: check, publish, roll back, and what is live. A publish goes out from what is live, not
 * from what was published last, so that a rolled back SDL does not come back with somebody else's publish.
 * Changes are serialised by one lock of the database: two publishes never miss each other.
 */
import { type Kysely, sql } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { sha256Of, signSupergraph } from "../platform/supergraph-signature.ts";
import { mayChange } from "./access.ts";
import { auditTo } from "./audit.ts";
import { type CandidateRules, createCandidates } from "./candidates/candidates.ts";
import type { KnownOperation } from "./checks/input.ts";
import type { Checked } from "./checks/run.ts";
import { changeContracts } from "./contracts/change.ts";
import { readContracts } from "./contracts/store.ts";
import type { Actor } from "./credentials.ts";
import { RegistryError } from "./errors.ts";
import { createExamine, type Submission } from "./examine.ts";
import {
  contractsOf,
  currentVariant,
  launchContracts,
  type Launched,
  liveLaunch,
} from "./launching.ts";
import { launchExamined, type Published } from "./publishing.ts";
import { readLiveSdls } from "./live-sdls.ts";
import * as store from "./store.ts";
import type { RegistryTables } from "./tables.ts";
import { readUsage, recordUsage, type UsedOperation } from "./usage.ts";

export type RegistryDeps = {
  readonly db: Kysely<RegistryTables>;
  readonly clock: Clock;
  /** PEM; signs what gateways take up. */
  readonly privateKey: string;
  /** Tells gateways at once; they also ask from time to time. Must not throw. */
  readonly announce: (variant: string, launch: number) => void;
  readonly operations: readonly KnownOperation[];
  /** How long nobody may have used what is taken away. */
  readonly usagePeriodDays: number;
  /** Default: `candidateDefaults`. */
  readonly candidateRules?: CandidateRules;
};

export const candidateDefaults: CandidateRules = {
  minRequests: 100,
  errorRisePoints: 1,
  slowdown: 1.5,
  withdrawsItself: false,
};

export type Registry = ReturnType<typeof createRegistry>;

const lockKey = 3_142_592_655;

export function createRegistry(deps: RegistryDeps) {
  const { db, clock, privateKey, announce, usagePeriodDays } = deps;

  const locked = <T>(change: (db: Kysely<RegistryTables>) => Promise<T>): Promise<T> =>
    db.transaction().execute(async (transaction) => {
      // Others may be composing for longer than a statement usually takes.
      await sql`set local statement_timeout = '120s'`.execute(transaction);
      await sql`select pg_advisory_xact_lock(${sql.lit(lockKey)})`.execute(transaction);
      return change(transaction);
    });

  const announceAll = (launched: Launched): void => {
    for (const [variant, launch] of launched) announce(variant, launch);
  };

  const examine = createExamine(deps);

  return {
    /** Changes nothing but the audit trail. */
    async check(actor: Actor, submission: Submission): Promise<Checked> {
      mayChange(actor, submission.subgraph);
      const { checked } = await examine(db, submission);
      const { subgraph, sdl } = submission;
      const detail = { subgraph, sdl: sha256Of(sdl), ok: checked.ok };
      await auditTo(db, new Date(clock()))(actor.name, "checked", detail);
      return checked;
    },

    async publish(actor: Actor, submission: Submission): Promise<Published> {
      mayChange(actor, submission.subgraph);
      const { published, launched } = await locked(async (db) => {
        const examined = await examine(db, submission);
        return launchExamined(db, examined, "publish", { at: new Date(clock()), by: actor.name });
      });
      announceAll(launched);
      return published;
    },

    /**
     * Launches an earlier supergraph again. @param to A launch; default: the one before the live one.
     * An agency may take back its own latest publish; anything else is the operator's.
     */
    async rollback(actor: Actor, to?: number): Promise<store.Launch> {
      let variants: Launched = [];
      const launched = await locked(async (db) => {
        const [live, ...earlier] = await store.readLaunches(db, currentVariant, 1_000);
        const target =
          to === undefined
            ? earlier.find(({ sha256 }) => sha256 !== live?.sha256)
            : await store.readLaunch(db, currentVariant, to);
        if (!live || !target || target.sha256 === live.sha256)
          throw new RegistryError(
            "NOTHING_TO_ROLL_BACK",
            to === undefined
              ? "There is no earlier supergraph than the live one."
              : `Launch ${to} does not exist or is what is live: see GET /launches.`,
          );
        const isOwnLatest = to === undefined && live.kind !== "rollback";
        if (actor.kind !== "operator" && !isOwnLatest)
          throw new RegistryError(
            "NOT_ALLOWED",
            "Only an operator may choose a launch, or roll back a roll-back.",
          );
        mayChange(actor, live.subgraph);
        const at = new Date(clock());
        const { compositionId, members, subgraph } = target;
        const contracts = await contractsOf(db, await store.readSupergraph(db, compositionId));
        const { id } = await store.addLaunch(db, {
          variant: currentVariant,
          compositionId,
          kind: "rollback",
          at,
          by: actor.name,
        });
        const { sdlSha256 } = target;
        const about = { members, subgraph, sdlSha256, findings: [], at, by: actor.name };
        variants = await launchContracts(db, contracts, { ...about, kind: "rollback" });
        await auditTo(db, at)(actor.name, "rolled back", {
          from: live.id,
          to: target.id,
          launch: id,
        });
        return { ...target, id, kind: "rollback" as const, launchedAt: at, launchedBy: actor.name };
      });
      announceAll([[currentVariant, launched.id], ...variants]);
      return launched;
    },

    contracts: () => readContracts(db),

    recordUsage: (used: readonly UsedOperation[]) => recordUsage(db, used, usagePeriodDays, clock),

    ...changeContracts({
      locked,
      clock,
      announceAll,
      readUsage: (db) => readUsage(db, usagePeriodDays, clock),
    }),

    ...createCandidates({
      db,
      locked,
      clock,
      privateKey,
      examine,
      announceAll,
      rules: deps.candidateRules ?? candidateDefaults,
    }),

    ...readLiveSdls(deps),

    launches: (variant: string, limit: number) => store.readLaunches(db, variant, limit),

    /** What gateways take up, signed. */
    async supergraph(variant: string) {
      const contracts = (await readContracts(db)).map(({ name }) => name);
      const isKnown = variant === currentVariant || contracts.includes(variant);
      const live = isKnown ? await liveLaunch(db, variant) : undefined;
      if (!live)
        throw new RegistryError(
          "NOT_FOUND",
          isKnown
            ? `Nothing was launched yet in the variant "${variant}": the next publish does.`
            : `There is no variant "${variant}"; there are: ${[currentVariant, ...contracts].join(", ")}.`,
        );
      const supergraph = await store.readSupergraph(db, live.compositionId);
      const launched = { variant, launch: live.id, supergraph };
      return { ...launched, sha256: live.sha256, signature: signSupergraph(launched, privateKey) };
    },

    async register(subgraph: {
      readonly name: string;
      readonly owner: string;
      readonly contacts: string;
      readonly serviceLevel: string;
    }): Promise<void> {
      await locked(async (db) => {
        const { name, owner, contacts, serviceLevel: service_level } = subgraph;
        const registered_at = new Date(clock());
        await db
          .insertInto("subgraph")
          .values({ name, owner, contacts, service_level, registered_at })
          .onConflict((conflict) =>
            conflict.column("name").doUpdateSet({ owner, contacts, service_level }),
          )
          .execute();
        await auditTo(db, registered_at)("operator", "subgraph registered", subgraph);
      });
    },

    /** @param grantedBy Only said by an operator; an agency consents for itself. */
    async consent(
      actor: Actor,
      given: {
        readonly coordinate: string;
        readonly grantedTo: string;
        readonly grantedBy?: string;
      },
    ): Promise<void> {
      const granted_by = actor.kind === "agency" ? actor.agency : given.grantedBy;
      if (actor.kind === "gateway" || granted_by === undefined)
        throw new RegistryError(
          "NOT_ALLOWED",
          "An agency consents; an operator names it as grantedBy.",
        );
      const { coordinate, grantedTo: granted_to } = given;
      const granted_at = new Date(clock());
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("consent")
          .values({ coordinate, granted_by, granted_to, granted_at })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const detail = { coordinate, granted_by, granted_to };
        await auditTo(transaction, granted_at)(actor.name, "consent recorded", detail);
      });
    },
  };
}
