/**
 * One step of a request, inside a transaction that holds its row: the rules say where it leads, the clock is
 * carried along, the transition is recorded, and the database moves the request by it.
 */
import type { Kysely, Transaction } from "kysely";
import type { CityCalendar } from "../kit/city-calendar.ts";
import { clockAfter, durationMs, newClock, type Promised } from "./request-clock.rules.ts";
import type { CheckAnswers, FormProblem } from "./request-form.ts";
import { insertTransition } from "./request-history.store.ts";
import { type RequestActorKind, type RequestEvent, statusAfter } from "./request.rules.ts";
import { readRequest, type ServiceRequestRow } from "./service-request.store.ts";
import type { RequestCause, RequestTerms, ServicesTables } from "./tables.ts";

export type Tx = Transaction<ServicesTables>;

export type RequestDeps = {
  readonly now: Date;
  readonly newId: () => string;
  readonly newReference: (agencyId: string) => string;
  readonly calendar: CityCalendar;
  readonly checkAnswers: CheckAnswers;
};

export const requestRefusals = {
  NO_SUCH_REQUEST: "NO_SUCH_REQUEST",
  NO_REQUESTS: "NO_REQUESTS",
  TOO_MANY_DRAFTS: "TOO_MANY_DRAFTS",
  CHANGED_MEANWHILE: "CHANGED_MEANWHILE",
  NOT_NOW: "NOT_NOW",
  ANSWERS_WRONG: "ANSWERS_WRONG",
  TOO_MANY_MESSAGES: "TOO_MANY_MESSAGES",
} as const;
export type RequestRefusal = keyof typeof requestRefusals;

export type RequestOutcome =
  | { readonly kind: "DONE"; readonly request: ServiceRequestRow }
  | {
      readonly kind: "REFUSED";
      readonly code: RequestRefusal;
      /** As it is now; undefined when it does not exist for who asks. */
      readonly current: ServiceRequestRow | undefined;
      readonly problems: readonly FormProblem[];
    };

export const done = (request: ServiceRequestRow): RequestOutcome => ({ kind: "DONE", request });

export const refused = (
  code: RequestRefusal,
  current?: ServiceRequestRow,
  problems: readonly FormProblem[] = [],
): RequestOutcome => ({ kind: "REFUSED", code, current, problems });

export const promisedBy = ({ processing }: RequestTerms): Promised => ({
  targetMs: durationMs(processing.duration),
  businessDays: processing.businessDays,
});

export type Step = {
  readonly event: RequestEvent;
  readonly actor: RequestActorKind;
  readonly actorId: string;
  readonly cause?: RequestCause;
  readonly sent?: { readonly answers: string; readonly attachments: string };
};

const clockOf = (row: ServiceRequestRow) => ({
  usedMs: Number(row.clock_used_ms),
  since: row.clock_since,
  dueAt: row.due_at,
});

/**
 * Takes a step that the row's status allows, whatever revision somebody saw.
 * @returns NOT_NOW when it leads nowhere from there.
 */
export async function takeStep(
  tx: Kysely<ServicesTables>,
  row: ServiceRequestRow,
  { event, actor, actorId, cause = {}, sent }: Step,
  { now, calendar }: Pick<RequestDeps, "now" | "calendar">,
): Promise<RequestOutcome> {
  const to = statusAfter(row.status, event, actor);
  if (!to) return refused("NOT_NOW", row);
  // Clocks of two processes differ: what comes later is not earlier for that.
  const at = now < row.updated_at ? row.updated_at : now;
  const terms = row.terms ?? cause.terms;
  const clock = terms ? clockAfter(clockOf(row), to, at, promisedBy(terms), calendar) : newClock;
  await insertTransition(tx, {
    requestId: row.id,
    seq: row.steps + 1,
    event,
    from: row.status,
    to,
    at,
    actor,
    actorId,
    cause,
    sent,
    clockUsedMs: clock.usedMs,
    dueAt: clock.dueAt,
  });
  return done(await readRequest(tx, row.id));
}

/** Whether it is still as whoever wants to change it saw it. */
export const isAsSeen = (row: ServiceRequestRow, revision: number): boolean =>
  row.revision === revision;
