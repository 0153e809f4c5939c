/** ServiceRequest, as its person sees it. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { RequestStatusEnum } from "./catalogue-enums.ts";
import type { RequestStatus, ServiceRequestTable } from "./tables.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "What a person has applied for; only that person can read it." })
export class ServiceRequest {
  @Field(() => ID, { description: "Stable id; ids sort by when requests were begun." })
  id!: string;

  serviceId!: string;

  @Field(() => RequestStatusEnum, { description: "Where it stands." })
  status!: RequestStatus;

  @Field(() => Date, {
    nullable: true,
    description: "When it was sent to the agency; null as long as it is a draft.",
  })
  submittedAt!: Date | null;

  @Field(() => Date, { description: "When anything about it last changed." })
  updatedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: "The number to name when asking the agency; null as long as it is a draft.",
  })
  reference!: string | null;
}

export const toServiceRequest = (row: ServiceRequestTable): ServiceRequest =>
  Object.assign(new ServiceRequest(), {
    id: row.id,
    serviceId: row.service_id,
    status: row.status,
    submittedAt: row.submitted_at,
    updatedAt: row.updated_at,
    reference: row.reference,
  });

export const { Connection: ServiceRequestConnection } = connectionOf(
  "ServiceRequest",
  () => ServiceRequest,
);
