/**
 * An operator sets or removes a contract. One that is set is composed of what is live and launched at once;
 * one that does not hold together, or takes from its clients what they use, is refused and changes nothing.
 */
import type { Kysely } from "kysely";
import type { Clock } from "../../platform/clock.ts";
import { auditTo } from "../audit.ts";
import { checkContractClients, composeContracts } from "../checks/contracts.ts";
import { withdrawOpen } from "../candidates/withdraw.ts";
import type { Usage } from "../checks/input.ts";
import type { Actor } from "../credentials.ts";
import { RegistryError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import { viewGraph } from "../graph-view.ts";
import {
  currentVariant,
  launchContracts,
  type Launched,
  liveLaunch,
  readLiveContracts,
} from "../launching.ts";
import { readSupergraph } from "../store.ts";
import type { RegistryTables } from "../tables.ts";
import type { Contract } from "./compose-contract.ts";
import * as store from "./store.ts";

type Db = Kysely<RegistryTables>;

export type ContractSet =
  /** `launch` is undefined when nothing is live yet, or the contract's supergraph stays the same. */
  | { readonly kind: "set"; readonly launch?: number; readonly findings: readonly Finding[] }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

export type ChangeContractsDeps = {
  readonly locked: <T>(change: (db: Db) => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly announceAll: (launched: Launched) => void;
  readonly readUsage: (db: Db) => Promise<Usage>;
};

/** A candidate was composed by the tags of before, and would show what is hidden now. */
const changed = (contract: string): string =>
  `The contract ${contract} has changed: publish the candidate again.`;

export function changeContracts({ locked, clock, announceAll, readUsage }: ChangeContractsDeps) {
  async function examine(db: Db, contract: Contract, whole: string) {
    const { supergraphs, findings } = composeContracts(whole, [contract]);
    const next = supergraphs.get(contract.name);
    const live = (await readLiveContracts(db, [contract])).get(contract.name);
    if (next === undefined || live === undefined || live === next) return { supergraphs, findings };
    const views = { contract, live: viewGraph(live), next: viewGraph(next) };
    const broken = await checkContractClients(views, await readUsage(db), []);
    return { supergraphs, findings: [...findings, ...broken] };
  }

  return {
    /** @param force Launches it also when clients lose what they use. */
    async setContract(
      actor: Actor,
      contract: Contract,
      { force }: { readonly force: boolean },
    ): Promise<ContractSet> {
      let launched: Launched = [];
      const set = await locked(async (db): Promise<ContractSet> => {
        const at = new Date(clock());
        const by = actor.name;
        const whole = await liveLaunch(db, currentVariant);
        const { supergraphs, findings } = whole
          ? await examine(db, contract, await readSupergraph(db, whole.compositionId))
          : { supergraphs: new Map<string, string>(), findings: [] };
        const refusing = findings.filter(
          ({ code, level }) => level === "error" && (code === "CONTRACT_BROKEN" || !force),
        );
        if (refusing.length > 0) return { kind: "refused", findings };
        await store.setContract(db, contract, at);
        if (whole) {
          const { members, subgraph, sdlSha256 } = whole;
          const about = { members, subgraph, sdlSha256, findings, at, by };
          launched = await launchContracts(db, supergraphs, { ...about, kind: "contract" });
        }
        const [first] = launched;
        const ended = await withdrawOpen(db, { at, by }, changed(contract.name));
        launched = [...launched, ...ended];
        await auditTo(db, at)(by, "contract set", { ...contract, force });
        return { kind: "set", findings, ...(first ? { launch: first[1] } : {}) };
      });
      announceAll(launched);
      return set;
    },

    /** Gateways that follow it go on with what they have. */
    async removeContract(actor: Actor, name: string): Promise<void> {
      const launched = await locked(async (db) => {
        if (!(await store.removeContract(db, name)))
          throw new RegistryError("NOT_FOUND", `There is no contract "${name}".`);
        const at = new Date(clock());
        await auditTo(db, at)(actor.name, "contract removed", { name });
        return withdrawOpen(db, { at, by: actor.name }, changed(name));
      });
      announceAll(launched);
    },
  };
}
