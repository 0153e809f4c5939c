/**
 * Candidates: a publish that is checked, composed and kept as any, and served beside what is live to a
 * share of the clients and to whoever marks a request, until it is promoted or withdrawn. One at a time in
 * the whole graph, so that what it is compared with is what is live. Promoting checks it again.
 */
import type { Kysely } from "kysely";
import type { CanaryCounts } from "../../platform/canary-counts.ts";
import { canaryLanes, latencyAt } from "../../platform/canary-counts.ts";
import type { Clock } from "../../platform/clock.ts";
import { candidateVariant, sha256Of, signSupergraph } from "../../platform/supergraph-signature.ts";
import { mayChange } from "../access.ts";
import { auditTo } from "../audit.ts";
import type { Actor } from "../credentials.ts";
import { RegistryError } from "../errors.ts";
import type { Examine, Submission } from "../examine.ts";
import type { Finding } from "../findings.ts";
import { type Launched, liveLaunch } from "../launching.ts";
import { keepComposed, keepRefused, launchExamined, type Published } from "../publishing.ts";
import { readSdl, readSupergraph } from "../store.ts";
import type { RegistryTables } from "../tables.ts";
import * as store from "./store.ts";
import { announcementOf, withdraw } from "./withdraw.ts";
import { errorShare, judge, type VerdictRules } from "./verdict.ts";

type Db = Kysely<RegistryTables>;

export type CandidatePublished =
  | {
      readonly kind: "candidate";
      readonly candidate: number;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "unchanged" | "refused"; readonly findings: readonly Finding[] };

export type CandidateRules = VerdictRules & {
  /** Whether a candidate with more errors than allowed is withdrawn without being asked. */
  readonly withdrawsItself: boolean;
};

export type CandidatesDeps = {
  readonly db: Db;
  readonly locked: <T>(change: (db: Db) => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly privateKey: string;
  readonly examine: Examine;
  readonly announceAll: (launched: Launched) => void;
  readonly rules: CandidateRules;
};

export function createCandidates(deps: CandidatesDeps) {
  const { db, locked, clock, privateKey, examine, announceAll, rules } = deps;

  /** @throws RegistryError NO_CANDIDATE, NOT_ALLOWED */
  async function openOne(db: Db, actor: Actor): Promise<store.Candidate> {
    const last = await store.readLastCandidate(db);
    if (last?.state !== "open")
      throw new RegistryError(
        "NO_CANDIDATE",
        "No candidate is open: publish one by POST /publish?candidate=SHARE.",
      );
    mayChange(actor, last.subgraph);
    return last;
  }

  return {
    /** @param share Percent, 0 to 100, of the clients that are served by it. */
    async publishCandidate(
      actor: Actor,
      submission: Submission,
      share: number,
    ): Promise<CandidatePublished> {
      mayChange(actor, submission.subgraph);
      let launched: Launched = [];
      const published = await locked(async (db): Promise<CandidatePublished> => {
        const last = await store.readLastCandidate(db);
        if (last?.state === "open" && last.subgraph !== submission.subgraph)
          throw new RegistryError(
            "CANDIDATE_OPEN",
            `Candidate ${last.id} of "${last.subgraph}" is open: one at a time. Wait until it is promoted or withdrawn.`,
          );
        const examined = await examine(db, submission);
        const { ok, findings, supergraph } = examined.checked;
        const [at, by] = [new Date(clock()), actor.name];
        if (!ok || supergraph === undefined) {
          await keepRefused(db, examined, { at, by });
          return { kind: "refused", findings };
        }
        if (examined.live?.sha256 === sha256Of(supergraph)) return { kind: "unchanged", findings };
        if (last?.state === "open")
          await withdraw(db, last.id, { at, by }, "A newer one took its place.");
        const kept = await keepComposed(db, { ...examined, supergraph }, { at, by });
        const { subgraph } = submission;
        const candidate = await store.addCandidate(db, { ...kept, subgraph, share, at, by });
        await auditTo(db, at)(by, "candidate opened", { candidate, subgraph, share });
        launched = await announcementOf(db, candidate);
        return { kind: "candidate", candidate, findings };
      });
      announceAll(launched);
      return published;
    },

    async setShare(actor: Actor, share: number): Promise<void> {
      const launched = await locked(async (db) => {
        const { id } = await openOne(db, actor);
        await store.setShare(db, id, share);
        await auditTo(db, new Date(clock()))(actor.name, "candidate's share set", {
          candidate: id,
          share,
        });
        return announcementOf(db, id);
      });
      announceAll(launched);
    },

    /** Makes it live, by the checks of today; one that is refused stays a candidate. */
    async promote(actor: Actor): Promise<Published> {
      const { published, launched } = await locked(async (db) => {
        const { id, sdlId, subgraph } = await openOne(db, actor);
        const { sdl, routingUrl } = await readSdl(db, sdlId);
        const examined = await examine(db, { subgraph, sdl, routingUrl });
        const [at, by] = [new Date(clock()), actor.name];
        const done = await launchExamined(db, examined, "promote", { at, by });
        if (done.published.kind === "refused") return done;
        await store.endCandidate(db, id, { state: "promoted", at, by, reason: "Promoted." });
        return { ...done, launched: [...done.launched, ...(await announcementOf(db, id))] };
      });
      announceAll(launched);
      return published;
    },

    async withdraw(actor: Actor, reason: string): Promise<void> {
      const launched = await locked(async (db) => {
        const { id } = await openOne(db, actor);
        return withdraw(db, id, { at: new Date(clock()), by: actor.name }, reason);
      });
      announceAll(launched);
    },

    /** What gateways serve beside the live one, signed; undefined: nothing. */
    async candidateOf(variant: string) {
      const last = await store.readLastCandidate(db);
      if (last?.state !== "open") return undefined;
      const { [variant]: composition } = await store.readCompositionIds(db, last.id);
      if (composition === undefined) return undefined;
      const supergraph = await readSupergraph(db, composition);
      const signed = { variant: candidateVariant(variant), launch: last.id, supergraph };
      const { id: candidate, share } = last;
      return { candidate, share, supergraph, signature: signSupergraph(signed, privateKey) };
    },

    /** Of the supergraph that is live. */
    liveSha256: async (variant: string): Promise<string | undefined> =>
      (await liveLaunch(db, variant))?.sha256,

    /** Adds what a gateway counted; of a candidate that has ended, it is too late. */
    async report(candidate: number, counted: CanaryCounts): Promise<void> {
      const launched = await locked(async (db): Promise<Launched> => {
        const last = await store.readLastCandidate(db);
        if (last?.id !== candidate || last.state !== "open") return [];
        const verdict = judge(await store.addToCounts(db, candidate, counted), rules);
        if (!rules.withdrawsItself || verdict.kind !== "more errors") return [];
        const by = { at: new Date(clock()), by: "registry" };
        return withdraw(db, candidate, by, `More errors. ${verdict.message}`);
      });
      announceAll(launched);
    },

    /** The open candidate, or the last, against what is live; undefined when there never was one. */
    async standing() {
      const last = await store.readLastCandidate(db);
      if (!last) return undefined;
      const counts = await store.readCounts(db, last.id);
      const lanes = canaryLanes.map((lane) => ({
        lane,
        requests: counts[lane].requests,
        errors: counts[lane].errors,
        errorShare: errorShare(counts[lane]),
        p50Ms: latencyAt(counts[lane], 0.5) ?? null,
        p95Ms: latencyAt(counts[lane], 0.95) ?? null,
      }));
      return { candidate: last, lanes, verdict: judge(counts, rules) };
    },
  };
}
