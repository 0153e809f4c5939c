/** What a request has beside its own row, by loaders; and one request by its id. */
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { cityCalendar } from "../kit/city-calendar.ts";
import type { ServicesContext } from "./context.ts";
import { loadExisting, versionKey } from "./loaders.ts";
import { Person, toPerson } from "./person.ts";
import { requestActorOf, requireRequestActor } from "./request.actor.ts";
import { isOverdue, usedMsAt } from "./request-clock.rules.ts";
import { hasOwnFee, ownFeeOf } from "./request-process.ts";
import {
  ProblemType,
  RequestFee,
  ServiceLevel,
  ServiceRequestMessage,
  ServiceRequestStep,
  toMessage,
  toProblem,
  toRequestFee,
  toStep,
} from "./request-details.ts";
import { RequestEventEnum } from "./request-enums.ts";
import { feeIdOf } from "./request-fee.ts";
import { RequestForm, toRequestForm } from "./request-form.graph.ts";
import { nextEvents, type RequestEvent } from "./request.rules.ts";
import { promisedBy } from "./request-step.ts";
import { ServiceRequest, toServiceRequest } from "./service-request.ts";
import type { ServiceRequestRow } from "./service-request.store.ts";
import { Service, toFormerService, toService } from "./service.ts";

/** What a step of its own has to do elsewhere is not offered: approving finds out whether a fee is due. */
const offered = (event: RequestEvent): boolean => event !== "APPROVE_WITH_FEE";

/** Whether a fee is due, or was. */
const isWithFee = ({ status, terms }: ServiceRequestRow): boolean =>
  ["FEE_DUE", "APPROVED", "COMPLETED"].includes(status) && hasOwnFee(terms);

@Resolver(() => ServiceRequest)
export class ServiceRequestResolver {
  @Directive("@authenticated")
  @Query(() => ServiceRequest, {
    nullable: true,
    description:
      "One request: your own, or, for agencies with the scope requests:process, one that was sent to you; null for everybody else.",
  })
  async serviceRequest(
    @Arg("id", () => ID, { description: "Its id: `req_…`." }) id: string,
    @Ctx() { principal, loaders }: ServicesContext,
  ): Promise<ServiceRequest | null> {
    requireRequestActor(principal);
    const row = await loaders.visibleRequest.load(id);
    return row && toServiceRequest(row);
  }

  @FieldResolver(() => Service, { description: "The service that it is for." })
  async service(
    @Root() { serviceId }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Service> {
    return toService(await loadExisting(loaders.service, serviceId));
  }

  @FieldResolver(() => Service, {
    nullable: true,
    description:
      "The service as it was when the request was sent, however it was changed since; null for drafts, and for requests that were sent before versions were kept.",
  })
  async serviceAsSubmitted(
    @Root() { row }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Service | null> {
    const version = row.terms?.serviceVersion;
    if (version === undefined) return null;
    const kept = await loadExisting(loaders.versionOfService, versionKey(row.service_id, version));
    return toFormerService(kept.entry, kept.version);
  }

  @FieldResolver(() => Person, {
    description: "Whose it is. An agency sees the id alone: the rest is the person's own.",
  })
  applicant(@Root() { row }: ServiceRequest): Person {
    return toPerson(row.person_id);
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: "The clerk that it was given to; shown to the agency alone.",
  })
  assignedTo(@Root() { row }: ServiceRequest, @Ctx() { principal }: ServicesContext) {
    return requestActorOf(principal)?.kind === "AGENCY" ? row.assigned_to : null;
  }

  @FieldResolver(() => [RequestEventEnum], {
    description: "What you can do with it now: which buttons to show.",
  })
  nextSteps(
    @Root() { status }: ServiceRequest,
    @Ctx() { principal }: ServicesContext,
  ): readonly RequestEvent[] {
    const actor = requestActorOf(principal);
    return actor ? nextEvents(status, actor.kind).filter(offered) : [];
  }

  @FieldResolver(() => ServiceLevel, {
    nullable: true,
    description: "The agency's time for it; null for drafts, and where no terms were kept.",
  })
  serviceLevel(
    @Root() { row }: ServiceRequest,
    @Ctx() { clock }: ServicesContext,
  ): ServiceLevel | null {
    if (!row.terms) return null;
    const promised = promisedBy(row.terms);
    const counted = {
      usedMs: Number(row.clock_used_ms),
      since: row.clock_since,
      dueAt: row.due_at,
    };
    const now = new Date(clock());
    const usedMs = usedMsAt(counted, now, promised.businessDays, cityCalendar);
    const isPaused = row.status === "INFORMATION_REQUESTED";
    return Object.assign(new ServiceLevel(), {
      state: row.clock_since ? "RUNNING" : isPaused ? "PAUSED" : "ENDED",
      promisedSeconds: promised.targetMs / 1_000,
      usedSeconds: Math.floor(usedMs / 1_000),
      businessDays: promised.businessDays,
      dueAt: row.due_at,
      overdue: isOverdue(counted, now, promised, cityCalendar),
    });
  }

  @FieldResolver(() => [ServiceRequestStep], {
    description: "Everything that happened to it since it was sent, in order.",
  })
  async history(
    @Root() { id }: ServiceRequest,
    @Ctx() { principal, loaders }: ServicesContext,
  ): Promise<ServiceRequestStep[]> {
    const showsClerks = requestActorOf(principal)?.kind === "AGENCY";
    return (await loaders.requestSteps.load(id)).map((row) => toStep(row, showsClerks));
  }

  @FieldResolver(() => [ServiceRequestMessage], {
    description: "What person and agency wrote to each other about it, in order; 200 at most.",
  })
  async messages(
    @Root() { id }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<ServiceRequestMessage[]> {
    return (await loaders.requestMessages.load(id)).map(toMessage);
  }

  @FieldResolver(() => RequestForm, {
    nullable: true,
    description:
      "The form that its answers belong to: that of its terms, or, for drafts, the service's newest.",
  })
  async form(
    @Root() { serviceId, row }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<RequestForm | null> {
    const form = await loaders.requestForm(row.terms?.formVersion).load(serviceId);
    return form && toRequestForm(form);
  }

  @FieldResolver(() => [ProblemType], {
    description:
      "What keeps a draft from being sent; empty when nothing does, and once it is sent.",
  })
  async problems(
    @Root() { serviceId, status, row }: ServiceRequest,
    @Ctx() { loaders, checkAnswers }: ServicesContext,
  ): Promise<ProblemType[]> {
    const form = status === "DRAFT" && (await loaders.requestForm(undefined).load(serviceId));
    if (!form) return [];
    const { version, schema } = form;
    return checkAnswers({ serviceId, version, schema }, row.answers, row.attachments).map(
      toProblem,
    );
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: "Id of the fee that the agency charges for it; null when no fee is due.",
  })
  feeId(@Root() { id, row }: ServiceRequest): string | null {
    return isWithFee(row) ? feeIdOf(row.agency_id, id) : null;
  }

  @FieldResolver(() => RequestFee, {
    nullable: true,
    description: "What is due for it, once it is granted; null before, and when it is free.",
  })
  async fee(
    @Root() { id, row }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<RequestFee | null> {
    if (!isWithFee(row)) return null;
    const paid = await loaders.requestFeePayment.load(id);
    return toRequestFee(ownFeeOf(row.terms), paid ?? undefined);
  }
}
