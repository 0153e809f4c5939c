/**
 * The state machine against the database: random steps of everybody, legal and not, by the use cases and
 * by plain SQL. The database stands where a model says, and its history tells how it got there.
 */
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cityCalendar } from "../../../subgraphs/kit/city-calendar.ts";
import { insertFeePayment } from "../../../subgraphs/services/request-history.store.ts";
import {
  requestActorKinds,
  type RequestActorKind,
  type RequestEvent,
  requestEvents,
  type RequestStatus,
  requestStatuses,
  statusAfter,
  isAgencysTurn,
} from "../../../subgraphs/services/request.rules.ts";
import { takeStep } from "../../../subgraphs/services/request-step.ts";
import { insertDraft, readRequest } from "../../../subgraphs/services/service-request.store.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import type { RequestTerms, ServicesTables } from "../../../subgraphs/services/tables.ts";
import { databases, type TestDatabase } from "../../support/databases.ts";

const terms: RequestTerms = {
  name: { en: "Service", ar: "خدمة" },
  processing: { duration: "P1D", businessDays: true },
  fees: [],
  requiredDocuments: [],
  formVersion: 1,
};
const personId = "person-model";

const causeOf = (event: RequestEvent, id: string) => {
  if (event === "SUBMIT") return { reference: `REF-${id}`, submitKey: `key ${id}`, terms };
  if (event === "ASSIGN") return { assignee: "clerk-1" };
  if (event === "REJECT") return { reasons: [{ en: "No.", ar: "لا." }] };
  return {};
};

/** Resolves when the statement is refused by the database. */
async function isRefused(statement: Promise<unknown>, because = ""): Promise<void> {
  await expect(statement).rejects.toThrow(because);
}

describe.each(databases)("the life of requests on $kind", ({ open }) => {
  let database: TestDatabase<ServicesTables>;
  let requests = 0;
  beforeAll(async () => {
    database = await open(subgraph);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  async function newDraft(): Promise<string> {
    const id = `req_model-${(requests += 1)}`;
    await insertDraft(database.db, {
      id,
      personId,
      serviceId: "dha-health-card",
      agencyId: "dha",
      now: new Date("2026-01-05T08:00:00+04:00"),
      answers: '{"a": 1}',
      attachments: "[]",
    });
    return id;
  }

  /** As somebody would who goes around the use cases. */
  const insertRaw = (
    id: string,
    step: { seq: number; event: string; from: string; to: string; actor: string; at: Date },
  ) =>
    sql`insert into request_transition
      (request_id, seq, event, from_status, to_status, at, actor, actor_id, cause, answers, attachments, due_at)
      values (${id}, ${step.seq}, ${step.event}, ${step.from}, ${step.to}, ${step.at}, ${step.actor},
        ${step.actor === "PERSON" ? personId : "clerk-1"},
        ${JSON.stringify(causeOf(step.event as RequestEvent, id))},
        ${["SUBMIT", "ANSWER"].includes(step.event) ? "{}" : null},
        ${["SUBMIT", "ANSWER"].includes(step.event) ? "[]" : null},
        ${isAgencysTurn(step.to as RequestStatus) ? step.at : null})`.execute(database.db);

  const steps = fc.array(
    fc.record({
      event: fc.constantFrom(...requestEvents),
      actor: fc.constantFrom(...requestActorKinds),
      waitMs: fc.integer({ min: 0, max: 90_000_000 }),
      illegalFrom: fc.constantFrom(...requestStatuses),
      illegalTo: fc.constantFrom(...requestStatuses),
      seqOff: fc.integer({ min: -2, max: 2 }),
    }),
    { minLength: 4, maxLength: 25 },
  );
  /** Mostly steps that lead on, so that walks get far. */
  const legalFirst = fc.array(fc.nat(), { minLength: 25, maxLength: 25 });

  test("is what the rules say after any steps, and the database takes no others", async () => {
    await fc.assert(
      fc.asyncProperty(steps, legalFirst, async (drawn, choices) => {
        const id = await newDraft();
        let model: RequestStatus = "DRAFT";
        let taken = 0;
        let paid = false;
        let now = new Date("2026-01-05T08:00:00+04:00").getTime();
        const history: string[] = [];
        for (const [index, one] of drawn.entries()) {
          now += one.waitMs;
          const legal = requestEvents.flatMap((event) =>
            requestActorKinds.flatMap((actor): [RequestEvent, RequestActorKind][] =>
              statusAfter(model, event, actor) ? [[event, actor]] : [],
            ),
          );
          const choice = choices[index] ?? 0;
          const [event, actor] =
            legal.length > 0 && choice % 3 > 0
              ? legal[choice % legal.length]!
              : ([one.event, one.actor] as const);
          const to = statusAfter(model, event, actor);
          if (event === "FEE_PAID" && to && !paid) {
            await isRefused(
              insertRaw(id, { seq: taken + 1, event, from: model, to, actor, at: new Date(now) }),
              "nothing tells that the fee",
            );
            await database.db.transaction().execute((tx) =>
              insertFeePayment(tx, {
                request_id: id,
                payment_id: null,
                amount: null,
                currency: null,
                told_by: "AGENCY",
                paid_at: new Date(now),
              }),
            );
            paid = true;
          }
          const row = await readRequest(database.db, id);
          const outcome = await takeStep(
            database.db,
            row,
            {
              event,
              actor,
              actorId: actor === "PERSON" ? personId : "clerk-1",
              cause: causeOf(event, id),
              ...(event === "SUBMIT" || event === "ANSWER"
                ? { sent: { answers: "{}", attachments: "[]" } }
                : {}),
            },
            { now: new Date(now), calendar: cityCalendar },
          );
          expect(outcome.kind).toBe(to ? "DONE" : "REFUSED");
          if (to) {
            history.push(`${event} ${model} ${to}`);
            model = to;
            taken += 1;
          }
          // Any other step, put into the table directly, is refused and leaves no trace.
          const { illegalFrom: from, illegalTo, seqOff } = one;
          const isLegal =
            from === model &&
            seqOff === 0 &&
            statusAfter(model, one.event, one.actor) === illegalTo;
          const isUnpaid = one.event === "FEE_PAID" && !paid;
          if (!isLegal || isUnpaid) {
            await isRefused(
              insertRaw(id, {
                seq: taken + 1 + seqOff,
                event: one.event,
                from,
                to: illegalTo,
                actor: one.actor,
                at: new Date(now),
              }),
            );
          }
        }
        const row = await readRequest(database.db, id);
        expect([row.status, row.steps, row.revision]).toEqual([model, taken, taken + 1]);
        expect(row.due_at !== null).toBe(isAgencysTurn(model));
        const rows = await database.db
          .selectFrom("request_transition")
          .selectAll()
          .where("request_id", "=", id)
          .orderBy("seq")
          .execute();
        expect(rows.map((one) => `${one.event} ${one.from_status} ${one.to_status}`)).toEqual(
          history,
        );
      }),
      { numRuns: 25 },
    );
  });

  test("cannot be rewritten, by whatever statement", async () => {
    const id = await newDraft();
    const at = new Date("2026-01-06T08:00:00+04:00");
    await insertRaw(id, {
      seq: 1,
      event: "SUBMIT",
      from: "DRAFT",
      to: "SUBMITTED",
      actor: "PERSON",
      at,
    });
    const refusedStatements = [
      sql`update service_request set status = 'APPROVED' where id = ${id}`,
      sql`update service_request set due_at = now() where id = ${id}`,
      sql`update service_request set answers = '{"a": 2}' where id = ${id}`,
      sql`update service_request set terms = '{}' where id = ${id}`,
      sql`update service_request set person_id = 'person-other' where id = ${id}`,
      sql`update service_request set revision = 1 where id = ${id}`,
      sql`delete from service_request where id = ${id}`,
      sql`update request_transition set actor_id = 'x' where request_id = ${id}`,
      sql`delete from request_transition where request_id = ${id}`,
      sql`truncate request_transition`,
      sql`insert into request_edge values ('SUBMIT', 'REJECTED', 'APPROVED', 'PERSON')`,
      sql`delete from request_edge`,
      sql`update request_form set schema = '{}'`,
      sql`insert into service_request (id, person_id, service_id, agency_id, status, updated_at)
        values ('req_forged', 'p', 'dha-health-card', 'dha', 'APPROVED', now())`,
    ];
    for (const statement of refusedStatements) {
      await expect(statement.execute(database.db)).rejects.toThrow("is refused");
    }
  });

  test("takes no step of a person who is somebody else, and none before the last", async () => {
    const id = await newDraft();
    const at = new Date("2026-01-06T08:00:00+04:00");
    const step = { seq: 1, event: "DISCARD", from: "DRAFT", to: "DISCARDED", actor: "PERSON", at };
    await expect(
      sql`insert into request_transition (request_id, seq, event, from_status, to_status, at, actor, actor_id)
        values (${id}, 1, 'DISCARD', 'DRAFT', 'DISCARDED', ${at}, 'PERSON', 'person-other')`.execute(
        database.db,
      ),
    ).rejects.toThrow("is not of person-other");
    await expect(insertRaw(id, { ...step, at: new Date("2020-01-01T00:00:00Z") })).rejects.toThrow(
      "nothing can happen to it at",
    );
    await insertRaw(id, step);
    const { answers } = await readRequest(database.db, id);
    expect(answers).toEqual({});
  });
});
