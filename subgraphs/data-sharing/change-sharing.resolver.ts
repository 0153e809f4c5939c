/** The mutations on the way from request to access: arguments → the use cases → what the client is told. */
import { Arg, Ctx, Directive, Field, ID, Mutation, ObjectType, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { badUserInput } from "../kit/errors.ts";
import { DateTime } from "../kit/scalars.ts";
import type { AccessOperation } from "./access-log.rules.ts";
import { acceptOffer, renewSharing, signAgreement } from "./agree-sharing.ts";
import { changeGrant } from "./change-grant.ts";
import type { DataSharingContext } from "./context.ts";
import { requestSharing, type SharingOutcome, withdrawRequest } from "./request-sharing.ts";
import { assessRequest, decideRequest } from "./review-sharing.ts";
import { GrantStateEnum } from "./sharing-enums.ts";
import { AssessmentInput, RequestSharingInput, SharingTermsInput } from "./sharing-input.ts";
import { type Actor, requestScope, requireActor, reviewScope } from "./sharing.actor.ts";
import type { GrantState, RefusalCode } from "./sharing.rules.ts";
import { insertSigningKey } from "./sharing.store.ts";
import { SharingResult, toRefused, toSharingRequest } from "./sharing.ts";
import { readPublicKey } from "./signature.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");
const authenticated = () => Directive("@authenticated");
const newAgreementId = () => `agr_${uuidv7()}`;

@privately()
@ObjectType({ description: "A public key that an agency signs agreements with." })
class SigningKey {
  @Field(() => ID, {
    description: "RFC 7638 thumbprint of the key: the `kid` that signatures must name.",
  })
  keyId!: string;
}

const told = (outcome: SharingOutcome): typeof SharingResult =>
  outcome.kind === "DONE" ? toSharingRequest(outcome.request) : toRefused(outcome.code);

/** Refusals that look like an attempt on the rules; they go to the access log as well. */
const logged: readonly RefusalCode[] = [
  "OVERLAPPING_REQUEST",
  "SIGNATURE_INVALID",
  "SIGNATURE_REPLAYED",
];

async function tellAndLog(
  outcome: SharingOutcome,
  { accessLogWriter, requestId }: DataSharingContext,
  attempt: {
    readonly actor: Actor;
    readonly operation: AccessOperation;
    readonly subjectId: string;
    readonly datasetId: string | null;
    readonly purpose: string;
  },
): Promise<typeof SharingResult> {
  if (outcome.kind === "DONE" || !logged.includes(outcome.code)) return told(outcome);
  const { actor, operation, subjectId, datasetId, purpose } = attempt;
  const { entry } = await accessLogWriter.write({
    actor: actor.id,
    agencyId: actor.agencyId,
    subjectId: subjectId.slice(0, 100),
    datasetId,
    purpose,
    operation,
    fields: [],
    rowCount: 0,
    suppressedCells: 0,
    outcome: "REFUSED",
    refusal: outcome.code,
    requestId,
  });
  return toRefused(outcome.code, entry.sequence);
}

@Resolver()
export class ChangeSharingResolver {
  @authenticated()
  @Mutation(() => SigningKey, {
    nullable: true,
    description:
      "Registers a public key by which the agency signs agreements. Keys are never changed or removed. Needs the scope data-sharing:request or data-sharing:review.",
  })
  async registerSigningKey(
    @Arg("publicKey", () => String, {
      description: "A public JSON Web Key (RFC 7517) as JSON text: Ed25519 or P-256.",
    })
    publicKey: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<SigningKey> {
    const actor = requireActor(principal, requestScope, reviewScope);
    const { keyId, jwk } = await readPublicKey(publicKey);
    const isNew = await insertSigningKey(db, {
      key_id: keyId,
      agency_id: actor.agencyId,
      public_jwk: JSON.stringify(jwk),
      added_by: actor.id,
      added_at: new Date(clock()),
    });
    if (!isNew) throw badUserInput("This key is registered already: make a key of your own.");
    return Object.assign(new SigningKey(), { keyId });
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description: "Asks for data. Needs the scope data-sharing:request.",
  })
  async requestSharing(
    @Arg("input", () => RequestSharingInput, { description: "What is asked for." })
    input: RequestSharingInput,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const { db, principal, clock } = context;
    const actor = requireActor(principal, requestScope);
    const { since: from, ...rest } = input;
    const newId = () => `req_${uuidv7()}`;
    const outcome = await requestSharing(db, actor, { ...rest, from }, { nowMs: clock(), newId });
    const { datasetId, purpose } = input;
    const attempt = {
      actor,
      operation: "REQUEST",
      subjectId: datasetId,
      datasetId,
      purpose,
    } as const;
    return tellAndLog(outcome, context, attempt);
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description: "Takes a request back before it is decided. Needs the scope data-sharing:request.",
  })
  async withdrawSharingRequest(
    @Arg("id", () => ID, { description: "Id of the request." }) id: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    return told(await withdrawRequest(db, requireActor(principal, requestScope), id, clock()));
  }

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
    description: "Accepts the offered agreement. Needs the scope data-sharing:request.",
  })
  async acceptSharingOffer(
    @Arg("requestId", () => ID, { description: "Id of the request." }) requestId: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    return told(await acceptOffer(db, requireActor(principal, requestScope), requestId, clock()));
  }

  @authenticated()
  @Mutation(() => SharingResult, {
    nullable: true,
    description:
      "Signs the accepted agreement: the publisher first, then the requester; with both signatures access is granted. A bad signature is refused, and the attempt is in the access log.",
  })
  async signSharingAgreement(
    @Arg("requestId", () => ID, { description: "Id of the request." }) requestId: string,
    @Arg("signature", () => String, {
      description: "Compact JWS over `agreement.document`, by a registered key that `kid` names.",
    })
    jws: string,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const { db, principal, clock } = context;
    const actor = requireActor(principal, requestScope, reviewScope);
    const newGrantId = () => `grant_${uuidv7()}`;
    const options = { nowMs: clock(), newId: newAgreementId, newGrantId };
    const outcome = await signAgreement(db, actor, { requestId, jws }, options);
    const attempt = { actor, subjectId: requestId, datasetId: null, purpose: "" } as const;
    return tellAndLog(outcome, context, { ...attempt, operation: "SIGN" });
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
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    const actor = requireActor(principal, reviewScope);
    return told(await changeGrant(db, actor, { grantId, to, reason }, clock()));
  }
}
