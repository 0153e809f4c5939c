/** The registry put together: what each part needs of the others, in one place. */
import type { Clock } from "../platform/clock.ts";
import type { Secret } from "../platform/env.ts";
import type { Log } from "../platform/log.ts";
import { createConsents } from "./consents.ts";
import { createCredentials } from "./credentials.ts";
import { createEvaluate } from "./evaluate.ts";
import { createPublisher } from "./publish.ts";
import { createRollback } from "./rollback.ts";
import { createSubgraphs } from "./subgraphs.ts";
import type { RegistryDb } from "./tables.ts";
import { createUse } from "./use.ts";

export type RegistryDeps = {
  readonly db: RegistryDb;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens everything; for the first operator, who issues credentials to the others. */
  readonly operatorKey: Secret;
};

export type RegistryOptions = {
  /** A removed field that no client used on this many days breaks nobody. Days, today included. */
  readonly windowDays: number;
};

export type Registry = ReturnType<typeof createRegistry>;

export function createRegistry(deps: RegistryDeps, { windowDays }: RegistryOptions) {
  const { db, clock, log, operatorKey } = deps;
  const subgraphs = createSubgraphs({ db, clock });
  const consents = createConsents({ db, clock });
  const use = createUse({ db, clock });
  const evaluate = createEvaluate({ db, subgraphs, consents, use }, { windowDays });
  return {
    db,
    clock,
    subgraphs,
    consents,
    use,
    credentials: createCredentials({ db, clock, operatorKey }),
    publisher: createPublisher({ db, clock, log, evaluate }),
    rollback: createRollback({ db, clock, log }),
  };
}
