/**
 * The one definition that a subgraph is made of. `defineSubgraph` only checks and freezes it; the
 * kit's other files turn it into SDL (schema.ts), a database (database.ts) and a server (serve.ts).
 */
import "reflect-metadata";
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Clock } from "../../platform/clock.ts";
import type { Principal } from "../../platform/principal.ts";
import type { Companion, CompanionDeps } from "./companion.ts";
import type { Invalidations } from "./invalidation.ts";

/** Extensions that both PGlite and PostgreSQL's contrib have. */
export type DatabaseExtension = "cube" | "earthdistance" | "pg_trgm" | "btree_gist";

/** What every resolver can reach; a subgraph's own context adds its stores and loaders. */
export type BaseContext<Tables> = {
  readonly db: Kysely<Tables>;
  /** Verified by signature; undefined when nobody is signed in. */
  readonly principal: Principal | undefined;
  readonly requestId: string;
  readonly clock: Clock;
  /** 32 secret bytes for one purpose of this subgraph: the same after each start, unrelated to any other. */
  readonly deriveKey: (purpose: string) => Uint8Array;
  /** What this request made stale; fill it by `invalidate(context, …)`. */
  readonly invalidations: Invalidations;
};

/** A public document beside the graph, for harvesters and auditors that speak no GraphQL. */
export type PublicDocument<Context> = {
  readonly contentType: string;
  readonly maxAgeSeconds: number;
  readonly write: (context: Context) => Promise<string>;
};

// type-graphql identifies types and resolvers by their classes.
// oxlint-disable-next-line typescript/no-unsafe-function-type
export type ClassType = Function;

/** One key of an entity → the entity, or null when there is none. Must go through a loader. */
export type ResolveReference<Context> = (
  reference: Readonly<Record<string, unknown>>,
  context: Context,
) => unknown;

export type SubgraphDefinition<
  Tables,
  Context extends BaseContext<Tables>,
  Beside extends Companion = Companion,
> = {
  /** As in rover.yaml: lower case, words joined by hyphens. */
  readonly name: string;
  readonly resolvers: readonly ClassType[];
  /** Classes that no field of this subgraph returns: usually entities that it only extends. */
  readonly orphanedTypes: readonly ClassType[];
  /** By type name: how a representation becomes an entity. */
  readonly references: Readonly<Record<string, ResolveReference<Context>>>;
  readonly extensions: readonly DatabaseExtension[];
  /** By name; they run in the order of their names and are never edited once released. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Fills an empty database, in the transaction that it is given. */
  readonly seed: (db: Kysely<Tables>) => Promise<void>;
  /** Called once per request: loaders must not outlive it. The companion is there when one was started. */
  readonly createContext: (base: BaseContext<Tables>, companion?: Beside) => Context;
  /** Workers and further routes, started after the database is ready. */
  readonly startCompanion?: (deps: CompanionDeps<Tables>) => Promise<Beside>;
  /** By path (`/catalogue.ttl`), answered to GET from anybody: for what everybody may know. */
  readonly documents?: Readonly<Record<string, PublicDocument<Context>>>;
};

export function defineSubgraph<
  Tables,
  Context extends BaseContext<Tables>,
  Beside extends Companion = Companion,
>(
  definition: SubgraphDefinition<Tables, Context, Beside>,
): SubgraphDefinition<Tables, Context, Beside> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.name)) {
    throw new Error(`"${definition.name}" is no subgraph name: use lower-case words and hyphens.`);
  }
  return Object.freeze({ ...definition });
}

/** Tools and the server handle definitions of any domain alike. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySubgraph = SubgraphDefinition<any, any, any>;
