/** The way from request to access as the graph shows it: request, assessment, agreement, grant. */
import { GraphQLSafeInt } from "graphql-scalars";
import { createUnionType, Directive, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { LegalBasisEnum, PurposeCodeEnum } from "./purpose.ts";
import { GrantStateEnum, NegotiationStateEnum, RequestStateEnum } from "./sharing-enums.ts";
import { sharingMessages } from "./sharing-messages.ts";
import {
  type GrantState,
  type NegotiationState,
  type ReadOperation,
  readOperations,
  type RefusalCode,
  refusalCodes,
  type RequestState,
} from "./sharing.rules.ts";
import type { AgreementRow, GrantRow, RequestRow, StepRow } from "./sharing.store.ts";
import { Agency } from "./stubs.ts";
import type { LegalBasis, PurposeCode } from "./tables.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@privately()
@ObjectType({ description: "One step that was taken; steps are never changed or removed." })
export class SharingStep {
  @Field(() => String, { description: "REQUEST, NEGOTIATION or GRANT: what took it." })
  machine!: string;

  @Field(() => String, { description: "The state before; empty at the beginning." })
  from!: string;

  @Field(() => String, { description: "The state after." })
  to!: string;

  @personalData("IDENTITY", "To know who answered for a step")
  @Field(() => String, { description: "Who took it." })
  by!: string;

  @Field(() => DateTime, { description: "When." })
  at!: Date;

  @Field(() => String, { description: "Why." })
  reason!: string;
}

export const toSharingStep = (row: StepRow): SharingStep =>
  Object.assign(new SharingStep(), {
    machine: row.machine,
    from: row.from_state,
    to: row.to_state,
    by: row.by_whom,
    at: row.at,
    reason: row.reason,
  });

@privately()
@ObjectType({ description: "Rows whose field has one of the values." })
export class RowFilter {
  @Field(() => String, { description: "Name of the field." })
  field!: string;

  @Field(() => [String], { description: "The values." })
  values!: readonly string[];
}

@InputType({ description: "Rows whose field has one of the values." })
export class RowFilterInput {
  @Field(() => String, { description: "Name of a field of the product." })
  field!: string;

  @Field(() => [String], { description: "The values, at least one." })
  values!: string[];
}

@privately()
@ObjectType({ description: "What a publisher and a requester agree on, and both sign." })
export class SharingAgreement {
  @Field(() => ID, { description: "Stable id; begins with `agr_`." })
  id!: string;

  @Field(() => Int, { description: "Number of the version, from 1; a renewal is a new one." })
  version!: number;

  @Field(() => NegotiationStateEnum, { description: "How far the negotiation has come." })
  state!: NegotiationState;

  @Field(() => String, {
    description:
      "The agreement as an ODRL 2.2 document in canonical JSON (RFC 8785): the payload, byte by byte, of both signatures.",
  })
  document!: string;

  @Field(() => DateTime, { description: "Until when it lasts." })
  until!: Date;

  @Field(() => String, {
    nullable: true,
    description: "The publisher's signature, a compact JWS; null before.",
  })
  publisherSignature!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The requester's signature, a compact JWS; null before.",
  })
  requesterSignature!: string | null;

  readonly row!: AgreementRow;
}

export const toAgreement = (row: AgreementRow): SharingAgreement =>
  Object.assign(new SharingAgreement(), {
    id: row.id,
    version: row.version,
    state: row.state,
    document: row.document,
    until: new Date(row.terms.until),
    publisherSignature: row.publisher_jws,
    requesterSignature: row.requester_jws,
    row,
  });

@privately()
@ObjectType({ description: "An agency's right to read a dataset for a purpose." })
export class AccessGrant {
  @Field(() => ID, { description: "Stable id; begins with `grant_`." })
  id!: string;

  @Field(() => GrantStateEnum, { description: "What it is worth." })
  state!: GrantState;

  @Field(() => [String], { description: "The fields that may be read." })
  fields!: readonly string[];

  @Field(() => [readOperations], { description: "The ways by which data may be read." })
  operations!: readonly ReadOperation[];

  @Field(() => [RowFilter], { description: "The rows that may be read; all when it is empty." })
  rowFilter!: readonly RowFilter[];

  @Field(() => Int, { description: "How often it may be used in an hour of the clock." })
  ratePerHour!: number;

  @Field(() => Int, { description: "Counts of fewer persons are kept back." })
  minimumPersons!: number;

  @Field(() => Int, { description: "The whole privacy budget, in thousandths of epsilon." })
  budgetMilliEpsilon!: number;

  @Field(() => Int, { description: "What of it is spent, in thousandths of epsilon." })
  spentMilliEpsilon!: number;

  @Field(() => DateTime, { description: "Since when." })
  since!: Date;

  @Field(() => DateTime, { description: "Until when." })
  until!: Date;
}

export const toGrant = (row: GrantRow): AccessGrant =>
  Object.assign(new AccessGrant(), {
    id: row.id,
    state: row.state,
    fields: row.fields,
    operations: row.operations,
    rowFilter: row.row_filter.map((one) => Object.assign(new RowFilter(), one)),
    ratePerHour: row.rate_per_hour,
    minimumPersons: row.minimum_persons,
    budgetMilliEpsilon: row.budget_milli_epsilon,
    spentMilliEpsilon: row.spent_milli_epsilon,
    since: row.from_at,
    until: row.until_at,
  });

@privately()
@ObjectType({ description: "An agency's request for data, on its way to a grant." })
export class SharingRequest {
  @Field(() => ID, { description: "Stable id; begins with `req_`." })
  id!: string;

  @Field(() => RequestStateEnum, { description: "How far it has come." })
  state!: RequestState;

  @Field(() => Agency, { nullable: true, description: "Who asks." })
  requester!: Agency;

  @Field(() => PurposeCodeEnum, { description: "For what, for programs." })
  purpose!: PurposeCode;

  @Field(() => String, { description: "For what, in the requester's words." })
  purposeText!: string;

  @Field(() => LegalBasisEnum, { description: "On what ground." })
  legalBasis!: LegalBasis;

  @Field(() => [String], { description: "The fields that are asked for." })
  fields!: readonly string[];

  @Field(() => [String], { description: "Who will see the data." })
  recipients!: readonly string[];

  @Field(() => DateTime, { description: "When it was made." })
  requestedAt!: Date;

  @Field(() => DateTime, { description: "Since when the data is wanted." })
  since!: Date;

  @Field(() => DateTime, { description: "Until when the data is wanted." })
  until!: Date;

  @Field(() => Int, {
    nullable: true,
    description: "Sum of the five scores, from 0 to 20; null before the assessment.",
  })
  risk!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether two people must approve; null before the assessment.",
  })
  needsSecondReview!: boolean | null;

  readonly row!: RequestRow;
}

export const { Connection: SharingRequestConnection } = connectionOf(
  "SharingRequest",
  () => SharingRequest,
);

export const toSharingRequest = (row: RequestRow): SharingRequest =>
  Object.assign(new SharingRequest(), {
    id: row.id,
    state: row.state,
    requester: Agency.of(row.requester_id),
    purpose: row.purpose_code,
    purposeText: row.purpose_text,
    legalBasis: row.legal_basis,
    fields: row.fields,
    recipients: row.recipients,
    requestedAt: row.requested_at,
    since: row.from_at,
    until: row.until_at,
    risk: row.risk,
    needsSecondReview: row.needs_second_review,
    row,
  });

@privately()
@ObjectType({ description: "Something was refused. Nothing was changed and nothing handed over." })
export class SharingRefused {
  @Field(() => refusalCodes, { description: "The reason, for programs." })
  code!: RefusalCode;

  @Field(() => LocalizedText, { description: "The reason, for people, and how to mend it." })
  message!: LocalizedText;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "The attempt's place in the access log; null for steps that are not logged there.",
  })
  loggedAs!: number | null;
}

export function toRefused(code: RefusalCode, loggedAs: number | null = null): SharingRefused {
  const { en, ar } = sharingMessages[code];
  return Object.assign(new SharingRefused(), { code, message: localized(en, ar), loggedAs });
}

export const SharingResult = createUnionType({
  name: "SharingResult",
  description: "What a step came to: the request as it is now, or a refusal.",
  types: () => [SharingRequest, SharingRefused] as const,
});

/**
 * No cache keeps grants. Yet a read that is under way at another gateway could be joined by one that
 * begins after a change: naming them stale lets every gateway begin anew.
 */
export const grants = { type: "AccessGrant" } as const;
