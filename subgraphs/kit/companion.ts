/**
 * What lives beside a subgraph's schema in its process: workers, and routes that others than the gateway
 * call (a provider's webhooks, a printable page). Each route checks by itself who calls.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Kysely } from "kysely";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { Stale } from "./invalidation.ts";

export type RouteRequest = {
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type RouteAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Route = (request: RouteRequest) => Promise<RouteAnswer>;

export type Companion = {
  /** By method and path: `POST /webhooks/provider`. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Resolves when nothing of it runs any more; the database closes after that. */
  readonly stop: () => Promise<void>;
};

export type CompanionDeps<Tables> = {
  readonly db: Kysely<Tables>;
  readonly log: Log;
  readonly clock: Clock;
  /** Read it with `readEnv` and a schema of your own. */
  readonly env: NodeJS.ProcessEnv;
  /** 32 secret bytes for one purpose of this subgraph, as resolvers get them. */
  readonly deriveKey: (purpose: string) => Uint8Array;
  /** Tells gateways what a change made stale that no mutation of theirs made. Call it after the commit. */
  readonly invalidate: (...stale: readonly Stale[]) => void;
};
