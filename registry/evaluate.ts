/**
 * What would become of a publication: the live members with the published ones laid over them, put
 * through every check. Reads the database, writes nothing.
 */
import { createHash } from "node:crypto";
import { apiSchemaOf } from "./checks/api-schema.ts";
import { checkBreakingChanges } from "./checks/breaking-changes.ts";
import { checkComposition } from "./checks/composition.ts";
import { checkOwnership } from "./checks/ownership.ts";
import { parseSdl } from "./checks/parse.ts";
import type { Problem } from "./checks/problem.ts";
import { readTypes } from "./checks/type-parts.ts";
import type { Consents } from "./consents.ts";
import { type Live, type Member, readLive } from "./launches.ts";
import type { Subgraphs } from "./subgraphs.ts";
import type { RegistryDb } from "./tables.ts";
import type { Use } from "./use.ts";

export type PublishedSubgraph = {
  readonly name: string;
  /** Where gateways reach it. */
  readonly routingUrl: string;
  readonly sdl: string;
};

export type Publication = {
  readonly variant: string;
  readonly subgraphs: readonly PublishedSubgraph[];
  /** Coordinates whose break an operator accepts. */
  readonly accept: readonly string[];
};

export type Evaluation = {
  readonly live: Live | undefined;
  /** Of the supergraph that would be, by name. */
  readonly members: readonly Member[];
  /** Members that differ from the live ones. */
  readonly changed: readonly Member[];
  readonly supergraph: string | undefined;
  readonly problems: readonly Problem[];
  /** What composition remarks, without refusing. */
  readonly hints: readonly string[];
  /** Owner by type that this publication claims. */
  readonly claims: ReadonlyMap<string, string>;
};

export type EvaluateDeps = {
  readonly db: RegistryDb;
  readonly subgraphs: Subgraphs;
  readonly consents: Consents;
  readonly use: Use;
};

export type EvaluateOptions = {
  /** Days without use after which a field may go. */
  readonly windowDays: number;
};

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

const isSame = (one: Member, other: Member): boolean =>
  one.subgraph === other.subgraph &&
  one.sha256 === other.sha256 &&
  one.routingUrl === other.routingUrl;

async function toMembers(
  subgraphs: Subgraphs,
  published: readonly PublishedSubgraph[],
): Promise<readonly Member[]> {
  const owners = await subgraphs.ownersOf(published.map(({ name }) => name));
  return published.map(({ name, routingUrl, sdl }) => ({
    subgraph: name,
    agency: owners.get(name) ?? "",
    sdl,
    sha256: sha256Of(sdl),
    routingUrl,
    versionId: undefined,
  }));
}

async function readOwners(db: RegistryDb): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom("type_owner").select(["type", "agency"]).execute();
  return new Map(rows.map(({ type, agency }) => [type, agency]));
}

export type Evaluate = ReturnType<typeof createEvaluate>;

export function createEvaluate(deps: EvaluateDeps, { windowDays }: EvaluateOptions) {
  const { db, subgraphs, consents, use } = deps;

  async function ownership(others: readonly Member[], published: readonly Member[]) {
    const members = [...others, ...published].flatMap(({ subgraph, agency, sdl }) => {
      const parsed = parseSdl(subgraph, sdl);
      return parsed.ok ? [{ subgraph, agency, types: readTypes(parsed.document) }] : [];
    });
    return checkOwnership({
      members,
      published: new Set(published.map(({ subgraph }) => subgraph)),
      owners: await readOwners(db),
      consents: await consents.list(),
    });
  }

  async function breakingChanges(
    live: Live,
    supergraph: string,
    { variant, accept, subgraphs: published }: Publication,
  ): Promise<readonly Problem[]> {
    const { operations, unknownDays } = await use.within(variant, windowDays);
    return checkBreakingChanges({
      before: apiSchemaOf(live.supergraph),
      after: apiSchemaOf(supergraph),
      operations,
      unknownDays,
      windowDays,
      subgraphs: published.map(({ name }) => name),
      accepted: accept,
    });
  }

  /** @throws RegistryError NOT_FOUND when a subgraph is not registered. */
  return async function evaluate(publication: Publication): Promise<Evaluation> {
    const published = await toMembers(subgraphs, publication.subgraphs);
    const live = await readLive(db, publication.variant);
    const before = live?.members ?? [];
    const changed = published.filter((member) => !before.some((one) => isSame(one, member)));
    const names = new Set(published.map(({ subgraph }) => subgraph));
    const others = before.filter(({ subgraph }) => !names.has(subgraph));
    const kept = before.filter((one) => published.some((member) => isSame(one, member)));
    const members = [...others, ...kept, ...changed].toSorted((one, other) =>
      one.subgraph < other.subgraph ? -1 : 1,
    );
    const composition = checkComposition(members);
    const { problems, claims } = await ownership(others, published);
    if (composition.kind === "failed") {
      const all = [...composition.problems, ...problems];
      return { live, members, changed, supergraph: undefined, problems: all, hints: [], claims };
    }
    const { supergraph, hints } = composition;
    const breaking = live ? await breakingChanges(live, supergraph, publication) : [];
    return {
      live,
      members,
      changed,
      supergraph,
      problems: [...problems, ...breaking],
      hints,
      claims,
    };
  };
}
