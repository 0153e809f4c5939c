/** ServiceRequest, as its person and its agency see it; what is loaded apart is in service-request.resolver.ts. */
import { createUnionType, Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import {
  AttachmentType,
  ProblemType,
  TermsType,
  toAttachment,
  toProblem,
} from "./request-details.ts";
import { toTerms } from "./request-details.ts";
import { RequestStatusEnum } from "./request-enums.ts";
import { JsonObject } from "./request-form.graph.ts";
import { requestMessages } from "./request-messages.ts";
import type { RequestStatus } from "./request.rules.ts";
import { type RequestOutcome, type RequestRefusal, requestRefusals } from "./request-step.ts";
import type { ServiceRequestRow } from "./service-request.store.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType({
  description:
    "What a person has applied for; that person can read it, and, once it is sent, its agency.",
})
export class ServiceRequest {
  @Field(() => ID, { description: "Stable id; ids sort by when requests were begun." })
  id!: string;

  serviceId!: string;
  row!: ServiceRequestRow;

  @Field(() => RequestStatusEnum, { description: "Where it stands." })
  status!: RequestStatus;

  @Field(() => Int, {
    description:
      "Grows with each change. Pass the one that was shown when you change something: if it has grown since, nothing is done, and you are told.",
  })
  revision!: number;

  @Field(() => Date, {
    nullable: true,
    description: "When it was sent to the agency; null as long as it is a draft.",
  })
  submittedAt!: Date | null;

  @Field(() => Date, { description: "When anything about it last changed, messages aside." })
  updatedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: "The number to name when asking the agency; null as long as it is a draft.",
  })
  reference!: string | null;

  @Field(() => JsonObject, { description: "The answers to the service's form." })
  answers!: object;

  @Field(() => [AttachmentType], { description: "The documents that go with it." })
  attachments!: readonly AttachmentType[];

  @Field(() => TermsType, {
    nullable: true,
    description:
      "The terms that hold for it; null for drafts, and for requests that were sent before terms were kept.",
  })
  terms!: TermsType | null;
}

export const toServiceRequest = (row: ServiceRequestRow): ServiceRequest =>
  Object.assign(new ServiceRequest(), {
    id: row.id,
    serviceId: row.service_id,
    row,
    status: row.status,
    revision: row.revision,
    submittedAt: row.submitted_at,
    updatedAt: row.updated_at,
    reference: row.reference,
    answers: row.answers,
    attachments: row.attachments.map(toAttachment),
    terms: row.terms && toTerms(row.terms),
  });

export const { Connection: ServiceRequestConnection } = connectionOf(
  "ServiceRequest",
  () => ServiceRequest,
);

@ObjectType({ description: "Nothing was done with the request." })
export class ServiceRequestRefused {
  @Field(() => requestRefusals, { description: "The reason, for programs." })
  code!: RequestRefusal;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;

  @Field(() => [ProblemType], { description: "What is wrong with which answer." })
  problems!: readonly ProblemType[];

  @Field(() => ServiceRequest, {
    nullable: true,
    description: "The request as it is now; null when there is none for you.",
  })
  current!: ServiceRequest | null;
}

export const ServiceRequestResult = createUnionType({
  name: "ServiceRequestResult",
  description: "What became of something that was to be done with a request.",
  types: () => [ServiceRequest, ServiceRequestRefused] as const,
});

export function toResult(outcome: RequestOutcome): typeof ServiceRequestResult {
  if (outcome.kind === "DONE") return toServiceRequest(outcome.request);
  const { code, problems, current } = outcome;
  const { en, ar } = requestMessages[code];
  return Object.assign(new ServiceRequestRefused(), {
    code,
    message: localized(en, ar),
    problems: problems.map(toProblem),
    current: current ? toServiceRequest(current) : null,
  });
}
