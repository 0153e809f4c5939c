/**
 * What happens to a request that was sent: the agency's steps, the person's answers, withdrawal, messages.
 * Whoever changes it names the revision that was seen: of two that decide at once, one decides, and the other
 * is told what the request has become.
 */
import type { Kysely } from "kysely";
import { totalOf } from "./fee.rules.ts";
import type { AgencyActor, PersonActor, RequestActor } from "./request.actor.ts";
import type { Seen } from "./request-draft.ts";
import { insertMessage, listFeePayments } from "./request-history.store.ts";
import { settleFee } from "./request-fee.ts";
import { listForms } from "./request-form.store.ts";
import { type RequestEvent, statusAfter } from "./request.rules.ts";
import {
  done,
  isAsSeen,
  refused,
  type RequestDeps,
  type RequestOutcome,
  takeStep,
  type Tx,
} from "./request-step.ts";
import { type DraftContent, lockRequest, type ServiceRequestRow } from "./service-request.store.ts";
import type { RequestCause, RequestTerms, ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

/** What the agency itself asks for; the Knowledge and Innovation Dirham are added where it is charged. */
export const ownFeeOf = (terms: RequestTerms | null): bigint =>
  totalOf(
    (terms?.fees ?? [])
      .filter(({ kind }) => kind === "FEE")
      .map(({ kind, amount }) => ({ kind, amount: BigInt(amount) })),
  );

/** Whether the agency charges something; where its fee is not fixed, the agency says how much. */
export const hasOwnFee = (terms: RequestTerms | null): boolean =>
  ownFeeOf(terms) > 0n ||
  (terms?.fees ?? []).some(
    ({ kind, pricing }) => kind === "FEE" && (pricing ?? "FIXED") !== "FIXED",
  );

function whenAsSeen(
  db: Db,
  actor: RequestActor,
  { id, revision }: Seen,
  work: (tx: Tx, row: ServiceRequestRow) => Promise<RequestOutcome>,
): Promise<RequestOutcome> {
  return db.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, actor, id);
    if (!row) return refused("NO_SUCH_REQUEST");
    if (!isAsSeen(row, revision)) return refused("CHANGED_MEANWHILE", row);
    return work(tx, row);
  });
}

export type AgencyStep = Exclude<
  RequestEvent,
  "SUBMIT" | "DISCARD" | "ANSWER" | "WITHDRAW" | "APPROVE" | "APPROVE_WITH_FEE" | "FEE_PAID"
>;

/** A step of the agency that needs nothing but its cause. */
export const takeAgencyStep = (
  db: Db,
  actor: AgencyActor,
  seen: Seen,
  { event, cause = {} }: { readonly event: AgencyStep; readonly cause?: RequestCause },
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  whenAsSeen(db, actor, seen, (tx, row) =>
    takeStep(tx, row, { event, actor: "AGENCY", actorId: actor.id, cause }, deps),
  );

/** Approves it; with a fee among its terms, that is due first, unless it is paid already. */
export const approveRequest = (
  db: Db,
  actor: AgencyActor,
  seen: Seen,
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  whenAsSeen(db, actor, seen, async (tx, row) => {
    const event = hasOwnFee(row.terms) ? "APPROVE_WITH_FEE" : "APPROVE";
    const step = { event, actor: "AGENCY", actorId: actor.id } as const;
    const outcome = await takeStep(tx, row, step, deps);
    if (outcome.kind === "REFUSED" || event === "APPROVE") return outcome;
    const [paid] = await listFeePayments(tx, [row.id]);
    return paid ? settleFee(tx, outcome.request, paid, deps) : outcome;
  });

/** The agency tells that the fee was paid to it, by other ways than the city's payments. */
export const confirmFee = (
  db: Db,
  actor: AgencyActor,
  seen: Seen,
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  whenAsSeen(db, actor, seen, (tx, row) =>
    statusAfter(row.status, "FEE_PAID", "AGENCY")
      ? settleFee(
          tx,
          row,
          {
            request_id: row.id,
            payment_id: null,
            amount: null,
            currency: null,
            told_by: "AGENCY",
            paid_at: deps.now,
          },
          deps,
          actor.id,
        )
      : Promise.resolve(refused("NOT_NOW", row)),
  );

/** Gives what the agency asked for; answers that are given anew have to fit the form of the terms. */
export const answerRequest = (
  db: Db,
  actor: PersonActor,
  seen: Seen,
  given: Partial<DraftContent> & { readonly text: string },
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  whenAsSeen(db, actor, seen, async (tx, row) => {
    if (!statusAfter(row.status, "ANSWER", "PERSON")) return refused("NOT_NOW", row);
    const answers = given.answers ?? JSON.stringify(row.answers);
    const attachments = given.attachments ?? JSON.stringify(row.attachments);
    const form = (await listForms(tx, [row.service_id])).find(
      ({ version }) => version === row.terms?.formVersion,
    );
    const problems = form
      ? deps.checkAnswers(
          { serviceId: form.service_id, version: form.version, schema: form.schema },
          JSON.parse(answers),
          JSON.parse(attachments) as ServiceRequestRow["attachments"],
        )
      : [];
    if (problems.length > 0) return refused("ANSWERS_WRONG", row, problems);
    return takeStep(
      tx,
      row,
      {
        event: "ANSWER",
        actor: "PERSON",
        actorId: actor.id,
        cause: { text: given.text },
        sent: { answers, attachments },
      },
      deps,
    );
  });

export const withdrawRequest = (
  db: Db,
  actor: PersonActor,
  seen: Seen,
  text: string | undefined,
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  whenAsSeen(db, actor, seen, (tx, row) => {
    const cause = text === undefined ? {} : { text };
    return takeStep(
      tx,
      row,
      { event: "WITHDRAW", actor: "PERSON", actorId: actor.id, cause },
      deps,
    );
  });

/** Adds a message. It changes nothing else, so it needs no revision. */
export const writeMessage = (
  db: Db,
  actor: RequestActor,
  id: string,
  text: string,
  { now }: RequestDeps,
): Promise<RequestOutcome> =>
  db.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, actor, id);
    if (!row) return refused("NO_SUCH_REQUEST");
    if (row.submitted_at === null) return refused("NOT_NOW", row);
    const message = { request_id: id, at: now, author: actor.kind, author_id: actor.id, text };
    return (await insertMessage(tx, message)) ? done(row) : refused("TOO_MANY_MESSAGES", row);
  });
