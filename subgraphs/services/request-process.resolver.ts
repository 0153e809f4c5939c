/** What an agency does with requests: its queue, and its steps, for clerks and machines with the scope. */
import { Arg, Args, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import type { ServicesContext } from "./context.ts";
import { processScope, requireAgencyActor } from "./request.actor.ts";
import {
  messageLimit,
  readAssignee,
  readReasons,
  readText,
  reasonsLimit,
} from "./request-input.rules.ts";
import { AgencyRequestsFilter, LocalizedTextInput } from "./request-input.ts";
import { type AgencyStep, approveRequest, confirmFee, takeAgencyStep } from "./request-process.ts";
import { countQueue, listQueue } from "./request-queue.store.ts";
import {
  type ServiceRequest,
  ServiceRequestConnection,
  ServiceRequestResult,
  toResult,
  toServiceRequest,
} from "./service-request.ts";
import type { RequestCause } from "./tables.ts";

type Result = typeof ServiceRequestResult;

const needsScope = () => Directive(`@requiresScopes(scopes: [["${processScope}"]])`);
const Id = () => Arg("id", () => ID, { description: "Id of the request: `req_…`." });
const Revision = () =>
  Arg("revision", () => Int, { description: "The request's `revision` that the clerk saw." });
const Reasons = () =>
  Arg("reasons", () => [LocalizedTextInput], {
    description: `Why, for the person to read: 1 to ${reasonsLimit}.`,
  });
const forAgencies = `For its agency, with the scope ${processScope}.`;

function step(
  { db, principal, requestDeps }: ServicesContext,
  seen: { readonly id: string; readonly revision: number },
  event: AgencyStep,
  cause: RequestCause = {},
): Promise<Result> {
  const actor = requireAgencyActor(principal);
  return takeAgencyStep(db, actor, seen, { event, cause }, requestDeps()).then(toResult);
}

@Resolver()
export class RequestProcessResolver {
  @needsScope()
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => ServiceRequestConnection, {
    nullable: true,
    description: `The requests that were sent to your agency, the longest waiting first. Needs the scope ${processScope}.`,
  })
  async agencyRequests(
    @Arg("filter", () => AgencyRequestsFilter, {
      nullable: true,
      description: "Which of them; all when left out.",
    })
    filter: AgencyRequestsFilter | null | undefined,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal, clock }: ServicesContext,
  ): Promise<Connection<ServiceRequest>> {
    const { agencyId } = requireAgencyActor(principal);
    const page = readPage(given, ["string", "string"]);
    if (page.after && Number.isNaN(Date.parse(String(page.after[0])))) {
      throw badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");
    }
    const match = {
      agencyId,
      statuses: filter?.statuses ?? undefined,
      serviceId: filter?.serviceId ?? undefined,
      assignedTo: filter?.assignedTo ?? undefined,
      overdue: filter?.overdue ?? undefined,
      reference: filter?.reference ?? undefined,
      now: new Date(clock()),
    };
    return toConnection({
      rows: match.statuses?.length === 0 ? [] : await listQueue(db, match, page),
      page,
      keysOf: (row) => [row.submitted_at?.toISOString() ?? "", row.id],
      toNode: toServiceRequest,
      count: async () => (match.statuses?.length === 0 ? 0 : countQueue(db, match)),
    });
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Gives a request to a clerk. ${forAgencies}`,
  })
  async assignServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("assignee", () => ID, { description: "Id of the clerk, as the agency names its clerks." })
    assignee: string,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    requireAgencyActor(context.principal);
    return step(context, { id, revision }, "ASSIGN", { assignee: readAssignee(assignee) });
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Begins to work on a request that was given to a clerk. ${forAgencies}`,
  })
  async reviewServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    return step(context, { id, revision }, "START_REVIEW");
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Asks the person for something; the agency's time stands still until the answer. ${forAgencies}`,
  })
  async requestInformation(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("text", () => String, { description: `What is asked, 1 to ${messageLimit} characters.` })
    text: string,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    requireAgencyActor(context.principal);
    const question = readText("text", text, messageLimit);
    return step(context, { id, revision }, "REQUEST_INFORMATION", { text: question });
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Grants a request. When its terms have a fee, that is due first (FEE_DUE): charge it by chargeFee with the request's id as reference. ${forAgencies}`,
  })
  async approveServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requireAgencyActor(principal);
    return toResult(await approveRequest(db, actor, { id, revision }, requestDeps()));
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Refuses a request. ${forAgencies}`,
  })
  async rejectServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Reasons() reasons: LocalizedTextInput[],
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    requireAgencyActor(context.principal);
    return step(context, { id, revision }, "REJECT", { reasons: readReasons(reasons) });
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Tells that the fee was paid to the agency by another way than the city's payments. ${forAgencies}`,
  })
  async confirmServiceRequestFee(
    @Id() id: string,
    @Revision() revision: number,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requireAgencyActor(principal);
    return toResult(await confirmFee(db, actor, { id, revision }, requestDeps()));
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Closes a request whose fee was not paid. Withdraw the fee by withdrawFee first: that is refused when it is being paid. ${forAgencies}`,
  })
  async lapseServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Reasons() reasons: LocalizedTextInput[],
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    requireAgencyActor(context.principal);
    return step(context, { id, revision }, "LAPSE", { reasons: readReasons(reasons) });
  }

  @needsScope()
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: `Tells that what was asked for is handed over. ${forAgencies}`,
  })
  async completeServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    return step(context, { id, revision }, "COMPLETE");
  }
}
