/**
 * Which supergraph is live in which variant: `current`, the whole graph, and its contracts. They move
 * together, in the transaction of whoever moves them; a contract that stays the same is not launched anew.
 */
import type { Kysely } from "kysely";
import { sha256Of } from "../platform/supergraph-signature.ts";
import { composeContracts } from "./checks/contracts.ts";
import type { Contract } from "./contracts/compose-contract.ts";
import { readContracts } from "./contracts/store.ts";
import { RegistryError } from "./errors.ts";
import * as store from "./store.ts";
import type { LaunchKind, RegistryTables } from "./tables.ts";

/** Composed of everything: what contracts are made of. */
export const currentVariant = "current";

/** Variant and launch, to be announced once the transaction is through. */
export type Launched = readonly (readonly [variant: string, launch: number])[];

type Db = Kysely<RegistryTables>;

export const liveLaunch = async (db: Db, variant: string): Promise<store.Launch | undefined> =>
  (await store.readLaunches(db, variant, 1))[0];

/** What is launched of each contract. */
export async function readLiveContracts(
  db: Db,
  contracts: readonly Contract[],
): Promise<ReadonlyMap<string, string>> {
  const live = new Map<string, string>();
  for (const { name } of contracts) {
    const launch = await liveLaunch(db, name);
    if (launch) live.set(name, await store.readSupergraph(db, launch.compositionId));
  }
  return live;
}

export type LaunchOf = Omit<store.NewComposition, "sha256" | "supergraph"> & {
  readonly kind: LaunchKind;
};

/** @param supergraphs By contract. */
export async function launchContracts(
  db: Db,
  supergraphs: ReadonlyMap<string, string>,
  { kind, ...about }: LaunchOf,
): Promise<Launched> {
  const launched: (readonly [string, number])[] = [];
  for (const [variant, supergraph] of supergraphs) {
    const sha256 = sha256Of(supergraph);
    const live = await liveLaunch(db, variant);
    if (live?.sha256 === sha256) continue;
    const { id: compositionId } = await store.addComposition(db, { ...about, sha256, supergraph });
    const { at, by } = about;
    const { id } = await store.addLaunch(db, { variant, compositionId, kind, at, by });
    launched.push([variant, id]);
  }
  return launched;
}

/**
 * The contracts of an earlier supergraph, by the tags of today: what was hidden since stays hidden.
 * @throws RegistryError CONTRACT_BROKEN
 */
export async function contractsOf(
  db: Db,
  supergraph: string,
): Promise<ReadonlyMap<string, string>> {
  const { supergraphs, findings } = composeContracts(supergraph, await readContracts(db));
  const [first] = findings;
  if (first)
    throw new RegistryError(
      "CONTRACT_BROKEN",
      `${first.message} Choose another launch, or change the contract first.`,
    );
  return supergraphs;
}
