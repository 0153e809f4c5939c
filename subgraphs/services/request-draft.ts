/**
 * What a person does before the agency has a request: begin a draft, save it, throw it away, send it. Sending
 * keeps the terms of the day, and happens once per idempotency key however often it is asked for.
 */
import { GraphQLError } from "graphql";
import { type Kysely, sql } from "kysely";
import { cityDateOf } from "../kit/city-date.ts";
import type { PersonActor } from "./request.actor.ts";
import { findNewestForms, type RequestFormRow } from "./request-form.store.ts";
import {
  done,
  isAsSeen,
  refused,
  type RequestDeps,
  type RequestOutcome,
  takeStep,
  type Tx,
} from "./request-step.ts";
import { listFees, listRequiredDocuments } from "./service-details.store.ts";
import {
  countDrafts,
  type DraftContent,
  findBySubmitKey,
  insertDraft,
  lockRequest,
  type ServiceRequestRow,
  updateDraft,
} from "./service-request.store.ts";
import { useWeights } from "./service-use.counter.ts";
import { addUses } from "./service-use.store.ts";
import { isOffered } from "./service.rules.ts";
import { findServices } from "./service.store.ts";
import type { RequestTerms, ServicesTables, ServiceTable } from "./tables.ts";

type Db = Kysely<ServicesTables>;

/** More are a mistake of a client, or a nuisance. */
const mostDrafts = 20;

async function openService(
  db: Db,
  serviceId: string,
  now: Date,
): Promise<{ service: ServiceTable; form: RequestFormRow } | undefined> {
  const [service] = await findServices(db, [serviceId]);
  const [form] = await findNewestForms(db, [serviceId]);
  return service && form && isOffered(service, now) ? { service, form } : undefined;
}

export const startRequest = (
  db: Db,
  { id: personId }: PersonActor,
  { serviceId, ...content }: DraftContent & { readonly serviceId: string },
  { now, newId }: RequestDeps,
): Promise<RequestOutcome> =>
  db.transaction().execute(async (tx) => {
    const open = await openService(tx, serviceId, now);
    if (!open) return refused("NO_REQUESTS");
    if ((await countDrafts(tx, personId)) >= mostDrafts) return refused("TOO_MANY_DRAFTS");
    const agencyId = open.service.agency_id;
    return done(
      await insertDraft(tx, { id: newId(), personId, serviceId, agencyId, now, ...content }),
    );
  });

export type Seen = { readonly id: string; readonly revision: number };

export const saveDraft = (
  db: Db,
  actor: PersonActor,
  { id, revision, ...content }: Seen & DraftContent,
  { now }: RequestDeps,
): Promise<RequestOutcome> =>
  db.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, actor, id);
    if (!row) return refused("NO_SUCH_REQUEST");
    if (!isAsSeen(row, revision)) return refused("CHANGED_MEANWHILE", row);
    if (row.status !== "DRAFT") return refused("NOT_NOW", row);
    return done(await updateDraft(tx, id, content, now < row.updated_at ? row.updated_at : now));
  });

export const discardDraft = (
  db: Db,
  actor: PersonActor,
  { id, revision }: Seen,
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  db.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, actor, id);
    if (!row) return refused("NO_SUCH_REQUEST");
    if (!isAsSeen(row, revision)) return refused("CHANGED_MEANWHILE", row);
    return takeStep(tx, row, { event: "DISCARD", actor: "PERSON", actorId: actor.id }, deps);
  });

/** The terms of this moment. */
async function readTerms(
  tx: Tx,
  service: ServiceTable,
  formVersion: number,
): Promise<RequestTerms> {
  const fees = await listFees(tx, [service.id]);
  const documents = await listRequiredDocuments(tx, [service.id]);
  const textOf = (row: { name_en: string; name_ar: string }) => ({
    en: row.name_en,
    ar: row.name_ar,
  });
  return {
    name: textOf(service),
    processing: {
      duration: service.processing_duration,
      businessDays: service.processing_business_days,
    },
    fees: fees.map((fee) => ({
      kind: fee.kind,
      name: textOf(fee),
      amount: `${fee.amount}`,
      currency: fee.currency,
      sample: fee.sample,
      pricing: fee.pricing,
      upTo: fee.up_to === null ? null : `${fee.up_to}`,
      rule:
        fee.rule_en !== null && fee.rule_ar !== null ? { en: fee.rule_en, ar: fee.rule_ar } : null,
    })),
    requiredDocuments: documents.map(textOf),
    formVersion,
    serviceVersion: service.version,
  };
}

const keyReused = () =>
  new GraphQLError(
    "This `idempotencyKey` has sent another request: make a new key for each request.",
    { extensions: { code: "IDEMPOTENCY_KEY_REUSED" } },
  );

async function send(
  tx: Tx,
  actor: PersonActor,
  row: ServiceRequestRow,
  submitKey: string,
  deps: RequestDeps,
): Promise<RequestOutcome> {
  const open = await openService(tx, row.service_id, deps.now);
  if (!open) return refused("NO_REQUESTS", row);
  const { service, form } = open;
  const { answers, attachments } = row;
  const known = { serviceId: form.service_id, version: form.version, schema: form.schema };
  const problems = deps.checkAnswers(known, answers, attachments);
  if (problems.length > 0) return refused("ANSWERS_WRONG", row, problems);
  const terms = await readTerms(tx, service, form.version);
  const cause = { submitKey, reference: deps.newReference(row.agency_id), terms };
  const sent = { answers: JSON.stringify(answers), attachments: JSON.stringify(attachments) };
  const step = { event: "SUBMIT", actor: "PERSON", actorId: actor.id, cause, sent } as const;
  const outcome = await takeStep(tx, row, step, deps);
  if (outcome.kind === "DONE") {
    const day = cityDateOf(deps.now);
    await addUses(tx, [{ serviceId: service.id, day, uses: useWeights.request }]);
  }
  return outcome;
}

/**
 * Sends a draft to the agency. The same key again is the same sending: its outcome is the request as it is by now.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED when the key has sent another request.
 */
export const submitRequest = (
  db: Db,
  actor: PersonActor,
  { id, revision, key }: Seen & { readonly key: string },
  deps: RequestDeps,
): Promise<RequestOutcome> =>
  db.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, actor, id);
    if (!row) return refused("NO_SUCH_REQUEST");
    if (row.submit_key === key) return done(row);
    // Whoever sends another request with the same key waits here, and then finds this one.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.id} ${key}`}, 20))`.execute(
      tx,
    );
    if (await findBySubmitKey(tx, actor.id, key)) throw keyReused();
    if (!isAsSeen(row, revision)) return refused("CHANGED_MEANWHILE", row);
    if (row.status !== "DRAFT") return refused("NOT_NOW", row);
    return send(tx, actor, row, key, deps);
  });
