/** What came of a step of sharing → what the client is told; attempts on the rules are logged. */
import type { AccessOperation } from "./access-log.rules.ts";
import type { DataSharingContext } from "./context.ts";
import type { SharingOutcome } from "./request-sharing.ts";
import type { Actor } from "./sharing.actor.ts";
import type { RefusalCode } from "./sharing.rules.ts";
import { type SharingResult, toRefused, toSharingRequest } from "./sharing.ts";

export const told = (outcome: SharingOutcome): typeof SharingResult =>
  outcome.kind === "DONE" ? toSharingRequest(outcome.request) : toRefused(outcome.code);

/** Refusals that look like an attempt on the rules; they go to the access log as well. */
const logged: readonly RefusalCode[] = [
  "OVERLAPPING_REQUEST",
  "SIGNATURE_INVALID",
  "SIGNATURE_REPLAYED",
];

/** As `told`; what looks like an attempt on the rules goes to the access log first. */
export async function tellAndLog(
  outcome: SharingOutcome,
  { accessLogWriter, requestId }: DataSharingContext,
  attempt: {
    readonly actor: Actor;
    readonly operation: AccessOperation;
    readonly subjectId: string;
    readonly datasetId: string | null;
    readonly purpose: string;
  },
): Promise<typeof SharingResult> {
  if (outcome.kind === "DONE" || !logged.includes(outcome.code)) return told(outcome);
  const { actor, operation, subjectId, datasetId, purpose } = attempt;
  const { entry } = await accessLogWriter.write({
    actor: actor.id,
    agencyId: actor.agencyId,
    subjectId: subjectId.slice(0, 100),
    datasetId,
    purpose,
    operation,
    fields: [],
    rowCount: 0,
    suppressedCells: 0,
    outcome: "REFUSED",
    refusal: outcome.code,
    requestId,
  });
  return toRefused(outcome.code, entry.sequence);
}
