/** What the mutations of data sharing take. */
import { Field, ID, InputType, Int } from "type-graphql";
import { DateTime } from "../kit/scalars.ts";
import { LegalBasisEnum, PurposeCodeEnum } from "./purpose.ts";
import {
  maxScore,
  minReasonCharacters,
  type ReadOperation,
  readOperations,
  type SafeAnswer,
} from "./sharing.rules.ts";
import { RowFilterInput } from "./sharing.ts";
import type { LegalBasis, PurposeCode } from "./tables.ts";

@InputType({ description: "Which data is wanted, for what, by whom and for how long." })
export class RequestSharingInput {
  @Field(() => ID, { description: "Id of a dataset that has a `product`." })
  datasetId!: string;

  @Field(() => PurposeCodeEnum, { description: "For what; each access states it again." })
  purpose!: PurposeCode;

  @Field(() => String, { description: "For what, in your words: 20 characters or more." })
  purposeText!: string;

  @Field(() => LegalBasisEnum, {
    description: "On what ground. CONSENT gives the rows of those only who consent.",
  })
  legalBasis!: LegalBasis;

  @Field(() => [String], { description: "Names of the product's fields, at least one." })
  fields!: string[];

  @Field(() => [String], { description: "Everybody who will see the data, by name." })
  recipients!: string[];

  @Field(() => DateTime, { description: "Since when." })
  since!: Date;

  @Field(() => DateTime, { description: "Until when: within five years of `since`." })
  until!: Date;
}

@InputType({ description: "One of the Five Safes: a score, and the reason for it." })
class SafeAnswerInput implements SafeAnswer {
  @Field(() => Int, { description: `From 0, no risk that is seen, to ${maxScore}, grave.` })
  score!: number;

  @Field(() => String, {
    description: `Why: ${minReasonCharacters} characters or more.`,
  })
  reason!: string;
}

@InputType({ description: "A request weighed by the Five Safes." })
export class AssessmentInput {
  @Field(() => SafeAnswerInput, { description: "Is this use of the data proper and of value?" })
  project!: SafeAnswerInput;

  @Field(() => SafeAnswerInput, { description: "Can those who will use it be relied on?" })
  people!: SafeAnswerInput;

  @Field(() => SafeAnswerInput, { description: "How much can the data itself give away?" })
  data!: SafeAnswerInput;

  @Field(() => SafeAnswerInput, { description: "Does the place of use guard against misuse?" })
  setting!: SafeAnswerInput;

  @Field(() => SafeAnswerInput, { description: "Can results give anybody away?" })
  output!: SafeAnswerInput;
}

@InputType({ description: "What is offered: never more than what was requested." })
export class SharingTermsInput {
  @Field(() => [String], { description: "Fields, among those requested." })
  fields!: string[];

  @Field(() => [readOperations], {
    description:
      "By which ways. Of data that tells of persons, ROWS or others, never both; on consent, ROWS.",
  })
  operations!: ReadOperation[];

  @Field(() => [RowFilterInput], {
    defaultValue: [],
    description: "Rows; all when it is empty.",
  })
  rowFilter!: RowFilterInput[];

  @Field(() => Int, { defaultValue: 60, description: "Accesses in an hour." })
  ratePerHour!: number;

  @Field(() => Int, {
    defaultValue: 10,
    description: "Counts of fewer persons are kept back; 5 or more.",
  })
  minimumPersons!: number;

  @Field(() => Int, {
    defaultValue: 0,
    description: "Privacy budget for noisy figures, in thousandths of epsilon.",
  })
  budgetMilliEpsilon!: number;

  @Field(() => DateTime, { description: "Until when, within the requested period." })
  until!: Date;
}
