/** One SDL checked against all that is live: what a check tells, and what a publish goes out from. */
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import type { KnownOperation, MemberSdl } from "./checks/input.ts";
import { type Checked, runChecks } from "./checks/run.ts";
import { readContracts } from "./contracts/store.ts";
import { RegistryError } from "./errors.ts";
import { currentVariant, liveLaunch, readLiveContracts } from "./launching.ts";
import * as store from "./store.ts";
import type { RegistryTables } from "./tables.ts";
import { readRecordedOperations } from "./recorded-operations.ts";
import { readUsage } from "./usage.ts";

export type Submission = {
  readonly subgraph: string;
  readonly sdl: string;
  /** Default: the one that is live. */
  readonly routingUrl?: string;
};

export type Examined = {
  readonly checked: Checked;
  readonly member: MemberSdl;
  readonly live: store.Launch | undefined;
};

export type ExamineDeps = {
  readonly clock: Clock;
  readonly operations: readonly KnownOperation[];
  /** How long nobody may have used what is taken away. */
  readonly usagePeriodDays: number;
};

/** @throws RegistryError for a subgraph that is not registered, or a routing URL that is none. */
export type Examine = (db: Kysely<RegistryTables>, submission: Submission) => Promise<Examined>;

export const createExamine =
  ({ clock, operations, usagePeriodDays }: ExamineDeps): Examine =>
  async (db, { subgraph: name, sdl, routingUrl }) => {
    const registered = await store.readSubgraph(db, name);
    if (!registered)
      throw new RegistryError(
        "NOT_FOUND",
        `There is no subgraph "${name}": ask the city's operator to register it with its owner.`,
      );
    const live = await liveLaunch(db, currentVariant);
    const members = await store.readMembers(db, live?.members ?? {});
    const url = routingUrl ?? members.find((one) => one.name === name)?.routingUrl;
    if (url === undefined)
      throw new RegistryError("BAD_REQUEST", "The first publish needs a routingUrl.");
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new RegistryError("BAD_REQUEST", `The routingUrl "${url}" is no http(s) URL.`);
    const member: MemberSdl = { name, owner: registered.owner, routingUrl: url, sdl };
    const contracts = await readContracts(db);
    const checked = await runChecks({
      contracts,
      liveContracts: await readLiveContracts(db, contracts),
      subgraph: member,
      others: members.filter((one) => one.name !== name),
      liveMembers: members,
      consents: await store.readConsents(db),
      liveSupergraph: live && (await store.readSupergraph(db, live.compositionId)),
      usage: await readUsage(db, usagePeriodDays, clock),
      operations: [...operations, ...(await readRecordedOperations(db, usagePeriodDays, clock))],
    });
    return { checked, member, live };
  };
