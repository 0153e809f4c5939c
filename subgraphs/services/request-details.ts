/** What a request has beside its own row: attachments, terms, time, steps, messages, the fee that is due. */
import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import {
  FormProblemCodeEnum,
  RequestActorEnum,
  RequestEventEnum,
  RequestStatusEnum,
  serviceLevelStates,
} from "./request-enums.ts";
import type { FormProblemCode } from "./request-form-messages.ts";
import type { FormProblem } from "./request-form.ts";
import type {
  RequestFeePaymentRow,
  RequestMessageRow,
  RequestTransitionRow,
} from "./request-history.store.ts";
import type { RequestActorKind, RequestEvent, RequestStatus } from "./request.rules.ts";
import { Fee, ProcessingTime } from "./service-details.ts";
import type { RequestAttachment, RequestTerms, Text } from "./tables.ts";

const textOf = ({ en, ar }: Text): LocalizedText => localized(en, ar);

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType("RequestAttachment", {
  description: "A document that goes with a request. Its bytes are kept elsewhere, under its id.",
})
export class AttachmentType {
  @Field(() => ID, { description: "Under which the document's store knows it." })
  id!: string;

  @Field(() => String, { description: "Its name, as the person sees it." })
  name!: string;

  @Field(() => String, { description: "Its media type, for example application/pdf." })
  mediaType!: string;

  @Field(() => Int, { description: "Its size in bytes." })
  bytes!: number;

  @Field(() => String, {
    description: "SHA-256 of its bytes, in hexadecimal: whoever fetches them compares.",
  })
  sha256!: string;
}

export const toAttachment = (attachment: RequestAttachment): AttachmentType =>
  Object.assign(new AttachmentType(), attachment);

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType("RequestTerms", {
  description:
    "What the service said when the request was sent; changes made later do not touch it.",
})
export class TermsType {
  @Field(() => LocalizedText, { description: "The service's name." })
  name!: LocalizedText;

  @Field(() => ProcessingTime, { description: "How long it was said to take." })
  processingTime!: ProcessingTime;

  @Field(() => [Fee], { description: "What it cost, line by line." })
  fees!: readonly Fee[];

  @Field(() => Money, {
    description: "The sum of its fees; the least that it could be when some were not fixed.",
  })
  totalFee!: Money;

  @Field(() => [LocalizedText], { description: "What had to be at hand." })
  requiredDocuments!: readonly LocalizedText[];

  @Field(() => Int, { description: "The version of the form that was answered." })
  formVersion!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      "The version of the service, which `ServiceRequest.serviceAsSubmitted` shows whole; null for requests that were sent before versions were kept.",
  })
  serviceVersion!: number | null;
}

export function toTerms(terms: RequestTerms): TermsType {
  const fees = terms.fees.map(({ kind, name, amount, currency, sample, pricing, upTo, rule }) =>
    Object.assign(new Fee(), {
      kind,
      name: textOf(name),
      pricing: pricing ?? "FIXED",
      amount: Money.of(BigInt(amount), currency),
      upTo: upTo ? Money.of(BigInt(upTo), currency) : null,
      rule: rule ? textOf(rule) : null,
      sample,
    }),
  );
  const total = fees.reduce((sum, { amount }) => sum + amount.amount, 0n);
  return Object.assign(new TermsType(), {
    name: textOf(terms.name),
    processingTime: Object.assign(new ProcessingTime(), terms.processing),
    fees,
    totalFee: Money.of(total, "AED"),
    requiredDocuments: terms.requiredDocuments.map(textOf),
    formVersion: terms.formVersion,
    serviceVersion: terms.serviceVersion ?? null,
  });
}

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType({
  description:
    "The agency's time for a request. It runs while it is the agency's turn; that of services which promise working days runs on working days only (weekends and public holidays of the city do not count).",
})
export class ServiceLevel {
  @Field(() => serviceLevelStates, { description: "Whether it runs." })
  state!: keyof typeof serviceLevelStates;

  @Field(() => Float, { description: "How many seconds were promised." })
  promisedSeconds!: number;

  @Field(() => Float, { description: "How many seconds have been counted." })
  usedSeconds!: number;

  @Field(() => Boolean, { description: "Whether working days are counted." })
  businessDays!: boolean;

  @Field(() => Date, {
    nullable: true,
    description: "When the time runs out, or ran out; null while it does not run.",
  })
  dueAt!: Date | null;

  @Field(() => Boolean, { description: "Whether more was used than promised." })
  overdue!: boolean;
}

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType({ description: "A step of a request, as it was recorded; steps are never changed." })
export class ServiceRequestStep {
  @Field(() => Int, { description: "Its number, from 1." })
  number!: number;

  @Field(() => RequestEventEnum, { description: "What happened." })
  event!: RequestEvent;

  @Field(() => RequestStatusEnum, { description: "Where the request stood." })
  from!: RequestStatus;

  @Field(() => RequestStatusEnum, { description: "Where it stands after it." })
  to!: RequestStatus;

  @Field(() => Date, { description: "When it happened." })
  at!: Date;

  @Field(() => RequestActorEnum, { description: "Who took it." })
  by!: RequestActorKind;

  @Field(() => ID, {
    nullable: true,
    description: "Which clerk, person or payment; clerks are shown to their agency alone.",
  })
  actorId!: string | null;

  @Field(() => String, { nullable: true, description: "What was asked, answered or noted." })
  text!: string | null;

  @Field(() => [LocalizedText], { description: "Why it was refused, or left to lapse." })
  reasons!: readonly LocalizedText[];
}

export const toStep = (row: RequestTransitionRow, showsClerks: boolean): ServiceRequestStep =>
  Object.assign(new ServiceRequestStep(), {
    number: row.seq,
    event: row.event,
    from: row.from_status,
    to: row.to_status,
    at: row.at,
    by: row.actor,
    actorId: row.actor === "AGENCY" && !showsClerks ? null : row.actor_id,
    text: row.cause.text ?? null,
    reasons: (row.cause.reasons ?? []).map(textOf),
  });

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType({ description: "A message between a person and an agency about a request." })
export class ServiceRequestMessage {
  @Field(() => Int, { description: "Its number, from 1." })
  number!: number;

  @Field(() => Date, { description: "When it was written." })
  at!: Date;

  @Field(() => RequestActorEnum, { description: "Who wrote it." })
  by!: RequestActorKind;

  @Field(() => String, { description: "What was written: text, no markup." })
  text!: string;
}

export const toMessage = ({ seq, at, author, text }: RequestMessageRow): ServiceRequestMessage =>
  Object.assign(new ServiceRequestMessage(), { number: seq, at, by: author, text });

@personalData("SERVICE_USE", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType("FormProblem", { description: "What is wrong with one answer to a form." })
export class ProblemType {
  @Field(() => String, {
    description: "Where: a JSON Pointer (RFC 6901) into `answers`; empty for all of them.",
  })
  field!: string;

  @Field(() => FormProblemCodeEnum, { description: "What, for programs." })
  code!: FormProblemCode;

  @Field(() => LocalizedText, { description: "What, and how to mend it, for people." })
  message!: LocalizedText;
}

export const toProblem = ({ field, code, message }: FormProblem): ProblemType =>
  Object.assign(new ProblemType(), { field, code, message: textOf(message) });

@personalData("FINANCIAL", "To decide on what somebody asks of an agency, and to account for it")
@ObjectType({ description: "The fee of a request that is granted." })
export class RequestFee {
  @Field(() => Money, {
    description:
      "What the agency passes to the mutation chargeFee as `fee`, with the request's id as `reference`; Knowledge and Innovation Dirham come on top of it there. Where a fee is not fixed this is its least, and the agency charges what is due.",
  })
  toCharge!: Money;

  @Field(() => Date, {
    nullable: true,
    description: "When it was paid; null as long as it is not.",
  })
  paidAt!: Date | null;
}

export const toRequestFee = (
  toCharge: bigint,
  paid: RequestFeePaymentRow | undefined,
): RequestFee =>
  Object.assign(new RequestFee(), {
    toCharge: Money.of(toCharge, "AED"),
    paidAt: paid?.paid_at ?? null,
  });
