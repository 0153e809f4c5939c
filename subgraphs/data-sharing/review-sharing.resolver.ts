/** The steps of who publishes: assessment, decision, renewal, and changes of a grant. */
import { Arg, Ctx, Directive, ID, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { invalidate } from "../kit/invalidation.ts";
import { DateTime } from "../kit/scalars.ts";
import { renewSharing } from "./agree-sharing.ts";
import { changeGrant } from "./change-grant.ts";
import type { DataSharingContext } from "./context.ts";
import { assessRequest, decideRequest } from "./review-sharing.ts";
import { GrantStateEnum } from "./sharing-enums.ts";
import { AssessmentInput, SharingTermsInput } from "./sharing-input.ts";
import { told } from "./sharing-outcome.ts";
import { requireActor, reviewScope } from "./sharing.actor.ts";
import type { GrantState } from "./sharing.rules.ts";
import { grants, SharingResult } from "./sharing.ts";

const authenticated = () => Directive("@authenticated");
const newAgreementId = () => `agr_${uuidv7()}`;

@Resolver()
export class ReviewSharingResolver {
  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description:
      "Weighs a request by the Five Safes, for the publisher. From a risk of 8 on, two others must approve. Needs the scope data-sharing:review.",
  })
  async assessSharingRequest(
    @Arg("id", () => ID, { description: "Id of the request." }) id: string,
    @Arg("assessment", () => AssessmentInput, { description: "Five scores with their reasons." })
    assessment: AssessmentInput,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const actor = requireActor(principal, reviewScope);
    return told(await assessRequest(db, actor, { id, assessment }, clock()));
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description:
      "Approves a request, for the publisher, and offers an agreement; at a high risk the second approval does. Needs the scope data-sharing:review.",
  })
  async approveSharingRequest(
    @Arg("id", () => ID, { description: "Id of the request." }) id: string,
    @Arg("terms", () => SharingTermsInput, { description: "What is offered." })
    terms: SharingTermsInput,
    @Arg("reason", () => String, { description: "Why: 20 characters or more." }) reason: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const actor = requireActor(principal, reviewScope);
    const decision = { kind: "APPROVE", terms, reason } as const;
    const options = { nowMs: clock(), newId: newAgreementId };
    return told(await decideRequest(db, actor, { id, decision }, options));
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description: "Rejects a request, for the publisher. Needs the scope data-sharing:review.",
  })
  async rejectSharingRequest(
    @Arg("id", () => ID, { description: "Id of the request." }) id: string,
    @Arg("reason", () => String, { description: "Why: 20 characters or more." }) reason: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const actor = requireActor(principal, reviewScope);
    const decision = { kind: "REJECT", reason } as const;
    const options = { nowMs: clock(), newId: newAgreementId };
    return told(await decideRequest(db, actor, { id, decision }, options));
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description:
      "Offers the same terms for longer, as a new version that both sides accept and sign. Needs the scope data-sharing:review.",
  })
  async renewSharing(
    @Arg("requestId", () => ID, { description: "Id of the request." }) requestId: string,
    @Arg("until", () => DateTime, { description: "The new end, within five years." }) until: Date,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const actor = requireActor(principal, reviewScope);
    const options = { nowMs: clock(), newId: newAgreementId };
    return told(await renewSharing(db, actor, { requestId, until }, options));
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description:
      "Suspends, resumes or revokes a grant, for the publisher, with effect at once and on accesses under way. Needs the scope data-sharing:review.",
  })
  async changeGrant(
    @Arg("grantId", () => ID, { description: "Id of the grant." }) grantId: string,
    @Arg("to", () => GrantStateEnum, {
      description: "SUSPENDED, ACTIVE again, or REVOKED for good.",
    })
    to: GrantState,
    @Arg("reason", () => String, { description: "Why: 20 characters or more." }) reason: string,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const { db, principal, clock } = context;
    const actor = requireActor(principal, reviewScope);
    const outcome = await changeGrant(db, actor, { grantId, to, reason }, clock());
    if (outcome.kind === "DONE") invalidate(context, grants);
    return told(outcome);
  }
}
