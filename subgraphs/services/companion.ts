/** What lives beside the schema of services: who follows payments' events, and who counts uses. */
import type { Companion, CompanionDeps } from "../kit/companion.ts";
import { startFollowingPayments } from "./request-payments.ts";
import { createUseCounter, type UseCounter } from "./service-use.counter.ts";
import { addUses } from "./service-use.store.ts";
import type { ServicesTables } from "./tables.ts";

export type ServicesCompanion = Companion & { readonly uses: UseCounter };

export async function startCompanion(
  deps: CompanionDeps<ServicesTables>,
): Promise<ServicesCompanion> {
  const { db, clock, log } = deps;
  const payments = await startFollowingPayments(deps);
  const uses = createUseCounter({ write: (batch) => addUses(db, batch), clock, log });
  return {
    routes: payments.routes,
    uses,
    async stop() {
      await Promise.all([payments.stop(), uses.stop()]);
    },
  };
}
