/** Service, as clients see it; what is loaded apart from its row is in service.resolver.ts. */
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { AudienceEnum, EvidenceLevelEnum, ServiceStatusEnum } from "./catalogue-enums.ts";
import {
  LegalResource,
  ProcessingTime,
  ServiceStep,
  toLegalBasis,
  toSteps,
  toText,
} from "./service-details.ts";
import type { ServiceEntry } from "./service-entry.ts";
import { toChannelRows, toDocumentRows, toFeeRows, toServiceRow } from "./service-rows.ts";
import type { Audience, EvidenceLevel, ServiceStatus, ServiceTable } from "./tables.ts";
import type { FeeTable, RequiredDocumentTable, ServiceChannelTable } from "./tables.ts";

/** What a former version had of what is loaded apart from the row of the present one. */
export type FormerParts = {
  readonly channels: readonly ServiceChannelTable[];
  readonly fees: readonly FeeTable[];
  readonly requiredDocuments: readonly RequiredDocumentTable[];
  readonly lifeEventIds: readonly string[];
};

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A service that an agency offers." })
export class Service {
  @Field(() => ID, { description: "Stable readable id, for example dewa-electricity-bill." })
  id!: string;

  agencyId!: string;
  categoryId!: string;
  furtherCategoryIds!: readonly string[];
  relatedIds!: readonly string[];
  /** Undefined for what holds now. */
  former?: FormerParts;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What it does, in one sentence." })
  summary!: LocalizedText;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "What to know about it, in a few sentences." })
  description!: LocalizedText;

  @Field(() => Int, {
    description: "Number of the version that is shown, from 1; each change of it makes the next.",
  })
  version!: number;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [LocalizedText], {
    description: "Who may use it, condition by condition. Sample data in the seed.",
  })
  eligibility!: readonly LocalizedText[];

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [LocalizedText], {
    description: "What holds for whoever uses it, rule by rule. Sample data in the seed.",
  })
  rules!: readonly LocalizedText[];

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [ServiceStep], { description: "The way through it, in order." })
  steps!: readonly ServiceStep[];

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [LocalizedText], {
    description: "What one has when it is done. Sample data in the seed.",
  })
  outputs!: readonly LocalizedText[];

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [LegalResource], {
    description: "What it rests on in law. Sample data in the seed.",
  })
  legalBasis!: readonly LegalResource[];

  @Field(() => String, {
    nullable: true,
    description:
      "The first day on which it is offered, YYYY-MM-DD; null when there is no such day.",
  })
  validFrom!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The last day on which it is offered, YYYY-MM-DD; null when there is no such day.",
  })
  validUntil!: string | null;

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
    furtherCategoryIds: row.further_category_ids,
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
    version: row.version,
    eligibility: row.details.eligibility.map(toText),
    rules: row.details.rules.map(toText),
    steps: toSteps(row.details.steps),
    outputs: row.details.outputs.map(toText),
    legalBasis: toLegalBasis(row.details.legalBasis),
    validFrom: row.details.validFrom,
    validUntil: row.details.validUntil,
    relatedIds: row.details.relatedServices,
  });

/** A service as a kept version of it says. */
export const toFormerService = (entry: ServiceEntry, version: number): Service =>
  Object.assign(toService(toServiceRow(entry, version)), {
    former: {
      channels: toChannelRows(entry),
      fees: toFeeRows(entry),
      requiredDocuments: toDocumentRows(entry),
      lifeEventIds: entry.lifeEvents,
    },
  });

export const { Connection: ServiceConnection } = connectionOf("Service", () => Service);
