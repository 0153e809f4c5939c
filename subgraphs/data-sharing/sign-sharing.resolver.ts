/** Signatures under agreements, and the keys that they are checked by. */
import { Arg, Ctx, Directive, Field, ID, Mutation, ObjectType, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { badUserInput } from "../kit/errors.ts";
import { invalidate } from "../kit/invalidation.ts";
import { signAgreement } from "./agree-sharing.ts";
import type { DataSharingContext } from "./context.ts";
import { tellAndLog } from "./sharing-outcome.ts";
import { requestScope, requireActor, reviewScope } from "./sharing.actor.ts";
import { insertSigningKey } from "./sharing.store.ts";
import { grants, SharingResult } from "./sharing.ts";
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

@Resolver()
export class SignSharingResolver {
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
    if (outcome.kind === "DONE") invalidate(context, grants);
    const attempt = { actor, subjectId: requestId, datasetId: null, purpose: "" } as const;
    return tellAndLog(outcome, context, { ...attempt, operation: "SIGN" });
  }
}
