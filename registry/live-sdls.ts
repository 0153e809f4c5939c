/**
 * The SDLs that the live graph is composed of, for agencies that try their own subgraph over it. Names and
 * SDL alone: where other agencies' subgraphs are reached is nobody's business but the gateways'.
 */
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { auditTo } from "./audit.ts";
import type { Actor } from "./credentials.ts";
import { RegistryError } from "./errors.ts";
import { currentVariant, liveLaunch } from "./launching.ts";
import * as store from "./store.ts";
import type { RegistryTables } from "./tables.ts";

export type LiveSdls = {
  readonly launch: number;
  /** By name; undefined when the caller has them. */
  readonly subgraphs: readonly { readonly name: string; readonly sdl: string }[] | undefined;
};

export type ReadLiveSdls = {
  /**
   * @param known The launch whose SDLs the caller has.
   * @throws RegistryError NOT_FOUND before the first launch.
   */
  readonly liveSdls: (actor: Actor, known?: number) => Promise<LiveSdls>;
};

export function readLiveSdls(deps: {
  readonly db: Kysely<RegistryTables>;
  readonly clock: Clock;
}): ReadLiveSdls {
  const { db, clock } = deps;
  return {
    async liveSdls(actor, known) {
      const live = await liveLaunch(db, currentVariant);
      if (!live)
        throw new RegistryError(
          "NOT_FOUND",
          "Nothing was launched yet: the first publish makes the graph.",
        );
      const launch = live.id;
      if (launch === known) return { launch, subgraphs: undefined };
      const members = await store.readMembers(db, live.members);
      await auditTo(db, new Date(clock()))(actor.name, "live SDLs read", { launch });
      const subgraphs = members
        .map(({ name, sdl }) => ({ name, sdl }))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1));
      return { launch, subgraphs };
    },
  };
}
