/** The mutations by which people rule over the use of their data. */
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { requirePerson } from "../kit/errors.ts";
import { DateTime } from "../kit/scalars.ts";
import { grantConsent, withdrawConsent } from "./change-consent.ts";
import { ConsentResult, toConsentResult } from "./consent-result.ts";
import { maxConsentYears } from "./consent.rules.ts";
import type { DataSharingContext } from "./context.ts";
import { PurposeCodeEnum } from "./purpose.ts";
import type { PurposeCode } from "./tables.ts";

@InputType({ description: "Who may use which of the person's data, for what and until when." })
class GrantConsentInput {
  @Field(() => ID, { description: "Id of the dataset; one that has `personalFields`." })
  datasetId!: string;

  @Field(() => ID, { description: "Id of the agency that may use the data, for example dewa." })
  grantedTo!: string;

  @Field(() => PurposeCodeEnum, { description: "For what; not LAW_ENFORCEMENT." })
  purpose!: PurposeCode;

  @Field(() => [String], { description: "Names of the dataset's `personalFields`, at least one." })
  fields!: string[];

  @Field(() => DateTime, {
    description: `When it ends by itself: after now, and within ${maxConsentYears} years.`,
  })
  until!: Date;
}

@Resolver()
export class ChangeConsentResolver {
  @Directive("@authenticated")
  @Mutation(() => ConsentResult, {
    nullable: true,
    description:
      "Consents to a use of the signed-in person's data, from now on. Doing it twice grants nothing twice: `ConsentAlreadyGranted` tells the consent that stands.",
  })
  async grantConsent(
    @Arg("input", () => GrantConsentInput, { description: "What the person consents to." })
    input: GrantConsentInput,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof ConsentResult> {
    const { id: personId } = requirePerson(principal);
    const { datasetId, grantedTo, purpose, fields, until } = input;
    const request = { personId, datasetId, grantedTo, purpose, fields, until };
    const nowMs = clock();
    const newId = () => `con_${uuidv7()}`;
    return toConsentResult(await grantConsent(db, request, { nowMs, newId }), nowMs);
  }

  @Directive("@authenticated")
  @Mutation(() => ConsentResult, {
    nullable: true,
    description:
      "Withdraws one of the signed-in person's consents, with effect at once and for good. Doing it twice changes nothing: `ConsentAlreadyWithdrawn` tells since when.",
  })
  async withdrawConsent(
    @Arg("id", () => ID, { description: "Id of the consent: `con_…`." }) id: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof ConsentResult> {
    const { id: personId } = requirePerson(principal);
    const nowMs = clock();
    return toConsentResult(await withdrawConsent(db, { personId, id }, nowMs), nowMs);
  }
}
