/**
 * What a publish does in the database once it was examined: refused with its findings kept, unchanged, or
 * launched in all variants. A candidate that is promoted goes the same way.
 */
import type { Kysely } from "kysely";
import { sha256Of } from "../platform/supergraph-signature.ts";
import { auditTo } from "./audit.ts";
import type { Examined } from "./examine.ts";
import type { Finding } from "./findings.ts";
import { currentVariant, launchContracts, type Launched } from "./launching.ts";
import * as store from "./store.ts";
import type { LaunchKind, RegistryTables } from "./tables.ts";

type Db = Kysely<RegistryTables>;

export type Published =
  | {
      readonly kind: "published" | "unchanged";
      readonly launch: number;
      readonly sha256: string;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

export type By = { readonly at: Date; readonly by: string };

const aboutOf = ({ checked, member }: Examined, { at, by }: By) => ({
  subgraph: member.name,
  sdlSha256: sha256Of(member.sdl),
  findings: checked.findings,
  at,
  by,
});

/** Keeps why. */
export async function keepRefused(db: Db, examined: Examined, by: By): Promise<void> {
  const { member, live } = examined;
  const about = aboutOf(examined, by);
  const members = live?.members ?? {};
  await store.addComposition(db, { ...about, members, sha256: null, supergraph: null });
  const detail = { subgraph: member.name, sdl: about.sdlSha256 };
  await auditTo(db, by.at)(by.by, "publish refused", detail);
}

/** The SDL and what it is composed to in each variant, kept; nothing is launched. */
export async function keepComposed(
  db: Db,
  examined: Examined & { readonly supergraph: string },
  by: By,
) {
  const { checked, member, live, supergraph } = examined;
  const about = aboutOf(examined, by);
  const { id: sdlId } = await store.addSdl(db, { member, sha256: about.sdlSha256, ...by });
  const members = { ...live?.members, [member.name]: sdlId };
  const compositions: Record<string, number> = {};
  for (const [variant, text] of [[currentVariant, supergraph] as const, ...checked.contracts]) {
    const composition = { ...about, members, sha256: sha256Of(text), supergraph: text };
    compositions[variant] = (await store.addComposition(db, composition)).id;
  }
  return { sdlId, compositions };
}

/** @returns what to announce, too. */
export async function launchExamined(
  db: Db,
  examined: Examined,
  kind: Extract<LaunchKind, "publish" | "promote">,
  by: By,
): Promise<{ readonly published: Published; readonly launched: Launched }> {
  const { checked, member, live } = examined;
  const { ok, findings, supergraph } = checked;
  if (!ok || supergraph === undefined) {
    await keepRefused(db, examined, by);
    return { published: { kind: "refused", findings }, launched: [] };
  }
  const about = aboutOf(examined, by);
  const sha256 = sha256Of(supergraph);
  if (live?.sha256 === sha256) {
    const launched = await launchContracts(db, checked.contracts, {
      ...about,
      members: live.members,
      kind,
    });
    return { published: { kind: "unchanged", launch: live.id, sha256, findings }, launched };
  }
  const sdl = await store.addSdl(db, { member, sha256: about.sdlSha256, ...by });
  const members = { ...live?.members, [member.name]: sdl.id };
  const { id: compositionId } = await store.addComposition(db, {
    ...about,
    members,
    sha256,
    supergraph,
  });
  const launch = await store.addLaunch(db, { variant: currentVariant, compositionId, kind, ...by });
  const variants = await launchContracts(db, checked.contracts, { ...about, members, kind });
  const detail = { subgraph: member.name, sdl: about.sdlSha256, launch: launch.id };
  await auditTo(db, by.at)(by.by, kind === "promote" ? "promoted" : "published", detail);
  return {
    published: { kind: "published", launch: launch.id, sha256, findings },
    launched: [[currentVariant, launch.id], ...variants],
  };
}
