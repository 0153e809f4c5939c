/** The steps of who asks for data: request, withdrawal, acceptance of an offer. */
import { Arg, Ctx, Directive, ID, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { acceptOffer } from "./agree-sharing.ts";
import type { DataSharingContext } from "./context.ts";
import { requestSharing, withdrawRequest } from "./request-sharing.ts";
import { RequestSharingInput } from "./sharing-input.ts";
import { tellAndLog, told } from "./sharing-outcome.ts";
import { requestScope, requireActor } from "./sharing.actor.ts";
import { SharingResult } from "./sharing.ts";

const authenticated = () => Directive("@authenticated");

@Resolver()
export class AskSharingResolver {
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
    description: "Accepts the offered agreement. Needs the scope data-sharing:request.",
  })
  async acceptSharingOffer(
    @Arg("requestId", () => ID, { description: "Id of the request." }) requestId: string,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<typeof SharingResult> {
    return told(await acceptOffer(db, requireActor(principal, requestScope), requestId, clock()));
  }
}
