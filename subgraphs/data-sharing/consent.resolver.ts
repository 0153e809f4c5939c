/** The mutations by which people rule over the use of their data. */
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { requirePerson } from "../kit/errors.ts";
import { DateTime } from "../kit/scalars.ts";
import { grantConsent, withdrawConsent } from "./change-consent.ts";
import { ConsentResult, toConsentResult } from "./consent-result.ts";
import { maxConsentYears } from "./consent.rules.ts";
import { invalidate } from "../kit/invalidation.ts";
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

/**
 * No cache keeps consents. Yet a read that is under way at another gateway could be joined by one that
 * begins after the withdrawal: this lets every gateway begin anew.
 */
const consents = { type: "Consent" } as const;

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
    @Ctx() context: DataSharingContext,
  ): Promise<typeof ConsentResult> {
    const { db, principal, clock } = context;
    const { id: personId } = requirePerson(principal);
    const { datasetId, grantedTo, purpose, fields, until } = input;
    const request = { personId, datasetId, grantedTo, purpose, fields, until };
    const nowMs = clock();
    const newId = () => `con_${uuidv7()}`;
    const outcome = await grantConsent(db, request, { nowMs, newId });
    invalidate(context, consents);
    return toConsentResult(outcome, nowMs);
  }

  @Directive("@authenticated")
  @Mutation(() => ConsentResult, {
    nullable: true,
    description:
      "Withdraws one of the signed-in person's consents, with effect at once and for good. Doing it twice changes nothing: `ConsentAlreadyWithdrawn` tells since when.",
  })
  async withdrawConsent(
    @Arg("id", () => ID, { description: "Id of the consent: `con_…`." }) id: string,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof ConsentResult> {
    const { db, principal, clock } = context;
    const { id: personId } = requirePerson(principal);
    const nowMs = clock();
    const outcome = await withdrawConsent(db, { personId, id }, nowMs);
    invalidate(context, consents);
    return toConsentResult(outcome, nowMs);
  }
}
