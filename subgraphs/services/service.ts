/** Service, as clients see it; what is loaded apart from its row is in service.resolver.ts. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { AudienceEnum, EvidenceLevelEnum, ServiceStatusEnum } from "./catalogue-enums.ts";
import { ProcessingTime } from "./service-details.ts";
import type { Audience, EvidenceLevel, ServiceStatus, ServiceTable } from "./tables.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A service that an agency offers." })
export class Service {
  @Field(() => ID, { description: "Stable readable id, for example dewa-electricity-bill." })
  id!: string;

  agencyId!: string;
  categoryId!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What it does, in one sentence." })
  summary!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What to know about it, in a few sentences." })
  description!: LocalizedText;

  @Field(() => [AudienceEnum], { description: "Whom it is for." })
  audiences!: readonly Audience[];

  @Field(() => ProcessingTime, { description: "How long it takes." })
  processingTime!: ProcessingTime;

  @Field(() => Boolean, {
    description:
      "Whether money is paid in it: its own fees, or what it is there to pay, such as a bill, a fine, a top-up or a gift.",
  })
  payable!: boolean;

  @Field(() => ServiceStatusEnum, { description: "Whether it can be used." })
  status!: ServiceStatus;

  @Field(() => EvidenceLevelEnum, {
    description: "How sure it is that the service stood in the city's real app.",
  })
  evidence!: EvidenceLevel;

  @Field(() => Date, { description: "When this entry was last looked over. Sample data." })
  lastReviewedAt!: Date;
}

export const toService = (row: ServiceTable): Service =>
  Object.assign(new Service(), {
    id: row.id,
    agencyId: row.agency_id,
    categoryId: row.category_id,
    name: localized(row.name_en, row.name_ar),
    summary: localized(row.summary_en, row.summary_ar),
    description: localized(row.description_en, row.description_ar),
    audiences: row.audiences,
    processingTime: Object.assign(new ProcessingTime(), {
      duration: row.processing_duration,
      businessDays: row.processing_business_days,
    }),
    payable: row.payable,
    status: row.status,
    evidence: row.evidence,
    lastReviewedAt: row.last_reviewed_at,
  });

export const { Connection: ServiceConnection } = connectionOf("Service", () => Service);
