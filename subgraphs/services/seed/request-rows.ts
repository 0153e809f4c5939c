/** The seed's forms and requests. A request gets to where it stands by its steps, as the database wants. */
import type { Insertable, Kysely } from "kysely";
import { cityCalendar } from "../../kit/city-calendar.ts";
import type { RequestEvent } from "../request.rules.ts";
import { takeStep } from "../request-step.ts";
import { insertDraft, type ServiceRequestRow } from "../service-request.store.ts";
import type { RequestCause, RequestFormTable, RequestTerms, ServicesTables } from "../tables.ts";
import type { SeedRequest, SeedRequestForms, SeedService } from "./catalogue.schema.ts";

export const toFormRows = (forms: SeedRequestForms): Insertable<RequestFormTable>[] =>
  Object.entries(forms).map(([service_id, schema]) => ({
    service_id,
    version: 1,
    schema: JSON.stringify(schema),
    sample: true,
  }));

const ways: Readonly<Record<SeedRequest["status"], readonly RequestEvent[]>> = {
  DRAFT: [],
  SUBMITTED: ["SUBMIT"],
  IN_REVIEW: ["SUBMIT", "ASSIGN", "START_REVIEW"],
  APPROVED: ["SUBMIT", "ASSIGN", "START_REVIEW", "APPROVE"],
  REJECTED: ["SUBMIT", "ASSIGN", "START_REVIEW", "REJECT"],
};

/** They were sent before there were forms, which the version 0 stands for. */
const termsOf = (service: SeedService): RequestTerms => ({
  name: service.name,
  processing: service.processingTime,
  fees: service.fees.map(({ upTo, ...fee }) => ({
    ...fee,
    amount: `${fee.amount}`,
    upTo: upTo === null ? null : `${upTo}`,
    currency: "AED",
  })),
  requiredDocuments: service.requiredDocuments,
  formVersion: 0,
  serviceVersion: 1,
});

const causeOf = (
  event: RequestEvent,
  { reference }: SeedRequest,
  service: SeedService,
): RequestCause => {
  if (event === "SUBMIT") return { reference: reference ?? "", terms: termsOf(service) };
  if (event === "ASSIGN") return { assignee: `agency-${service.agency}` };
  if (event !== "REJECT") return {};
  return { reasons: [{ en: "A paper is missing (sample).", ar: "مستند ناقص (بيانات تجريبية)." }] };
};

const emptyContent = { answers: "{}", attachments: "[]" };

export async function seedRequests(
  db: Kysely<ServicesTables>,
  requests: readonly SeedRequest[],
  services: readonly SeedService[],
): Promise<void> {
  const byId = new Map(services.map((service) => [service.id, service]));
  for (const request of requests) {
    const service = byId.get(request.service);
    if (!service) throw new Error(`"${request.id}" names a service that is not in the seed.`);
    const begun = new Date(request.submittedAt ?? request.updatedAt);
    let row: ServiceRequestRow = await insertDraft(db, {
      id: request.id,
      personId: request.person,
      serviceId: service.id,
      agencyId: service.agency,
      now: begun,
      ...emptyContent,
    });
    for (const event of ways[request.status]) {
      const isPersons = event === "SUBMIT";
      const outcome = await takeStep(
        db,
        row,
        {
          event,
          actor: isPersons ? "PERSON" : "AGENCY",
          actorId: isPersons ? request.person : `agency-${service.agency}`,
          cause: causeOf(event, request, service),
          ...(isPersons ? { sent: emptyContent } : {}),
        },
        { now: isPersons ? begun : new Date(request.updatedAt), calendar: cityCalendar },
      );
      if (outcome.kind === "REFUSED") throw new Error(`${request.id} cannot be ${event}.`);
      row = outcome.request;
    }
  }
}
