/** What clients send about requests; bounds are checked by request-input.rules.ts. */
import { Field, ID, InputType, Int } from "type-graphql";
import { RequestStatusEnum } from "./request-enums.ts";
import { attachmentLimitBytes, attachmentsLimit, reasonLimit } from "./request-input.rules.ts";
import type { RequestStatus } from "./request.rules.ts";

@InputType({ description: "A document that goes with a request; store its bytes first." })
export class RequestAttachmentInput {
  @Field(() => ID, {
    description: "Under which the document's store knows it: 1 to 100 letters, digits, `-`, `_`.",
  })
  id!: string;

  @Field(() => String, { description: "Its name, 1 to 200 characters." })
  name!: string;

  @Field(() => String, {
    description: "Its media type: application/pdf, image/jpeg, image/png or image/heic.",
  })
  mediaType!: string;

  @Field(() => Int, { description: `Its size in bytes, 1 to ${attachmentLimitBytes}.` })
  bytes!: number;

  @Field(() => String, { description: "SHA-256 of its bytes, 64 hexadecimal digits, lower case." })
  sha256!: string;
}

export const attachmentsText = `The documents that go with it, ${attachmentsLimit} at most, all of them.`;

@InputType({ description: "A text in both languages." })
export class LocalizedTextInput {
  @Field(() => String, { description: `English, 1 to ${reasonLimit} characters.` })
  en!: string;

  @Field(() => String, { description: `Arabic, 1 to ${reasonLimit} characters.` })
  ar!: string;
}

@InputType({ description: "Which requests of an agency's queue; without any, all of them." })
export class AgencyRequestsFilter {
  @Field(() => [RequestStatusEnum], { nullable: true, description: "That stand at one of these." })
  statuses?: readonly RequestStatus[] | null;

  @Field(() => ID, { nullable: true, description: "For this service." })
  serviceId?: string | null;

  @Field(() => ID, { nullable: true, description: "Given to this clerk." })
  assignedTo?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whose time runs and is used up, or (false) runs and is not.",
  })
  overdue?: boolean | null;

  @Field(() => String, { nullable: true, description: "With exactly this reference." })
  reference?: string | null;
}
