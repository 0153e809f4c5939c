/** The mutations by which an agency's clerks and machines publish, correct and withdraw bulletins. */
import { Arg, Ctx, Directive, Field, ID, InputType, Int, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { invalidate } from "../kit/invalidation.ts";
import { DateTime } from "../kit/scalars.ts";
import {
  type BulletinOutcome,
  correctBulletin,
  publishBulletin,
  withdrawBulletin,
} from "./bulletin-change.ts";
import {
  type BulletinText,
  checkBulletin,
  checkKey,
  checkReason,
  maxBodyLength,
  maxReasonLength,
  maxTitleLength,
  publishingScope,
  requirePublisher,
} from "./bulletin-change.rules.ts";
import { BulletinAudienceEnum, BulletinSeverityEnum } from "./bulletin-enums.ts";
import { BulletinResult, toBulletinResult } from "./bulletin-result.ts";
import type { HealthContext } from "./context.ts";
import type { BulletinAudience, BulletinSeverity } from "./tables.ts";

@InputType({ description: "A text in both languages of the city." })
export class LocalizedTextInput {
  @Field(() => String, { description: "English." })
  en!: string;

  @Field(() => String, { description: "Arabic." })
  ar!: string;
}

@InputType({ description: "What a bulletin says." })
class BulletinTextInput {
  @Field(() => LocalizedTextInput, {
    description: `One line; 1 to ${maxTitleLength} characters a language.`,
  })
  title!: LocalizedTextInput;

  @Field(() => LocalizedTextInput, {
    description: `The whole text, without markup; 1 to ${maxBodyLength} characters a language.`,
  })
  body!: LocalizedTextInput;

  @Field(() => BulletinSeverityEnum, { description: "How much it asks of people." })
  severity!: BulletinSeverity;

  @Field(() => BulletinAudienceEnum, {
    defaultValue: BulletinAudienceEnum.EVERYBODY,
    description: "Whom it is for.",
  })
  audience!: BulletinAudience;

  @Field(() => DateTime, { description: "From when on it holds; may be past or to come." })
  validFrom!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when it holds, after `validFrom` and after now; without it, open.",
  })
  validUntil?: Date | null;
}

const keyDescription =
  "A key of your choice for this one request, 1 to 64 visible ASCII characters: repeated with it, the request is done once.";

@InputType({ description: "A bulletin to publish." })
class PublishBulletinInput extends BulletinTextInput {
  @Field(() => ID, {
    nullable: true,
    description: "Id of your older bulletin whose place it takes.",
  })
  supersedesId?: string | null;

  @Field(() => String, { description: keyDescription })
  idempotencyKey!: string;
}

@InputType({
  description: "What a bulletin shall say from now on: all of it, not only what changes.",
})
class CorrectBulletinInput extends BulletinTextInput {
  @Field(() => ID, { description: "Id of the bulletin." })
  id!: string;

  @Field(() => Int, {
    description: "Its `revision` as you saw it: if it is another by now, nothing is changed.",
  })
  expectedRevision!: number;

  @Field(() => String, { description: keyDescription })
  idempotencyKey!: string;
}

@InputType({ description: "A bulletin to take back, and why." })
class WithdrawBulletinInput {
  @Field(() => ID, { description: "Id of the bulletin." })
  id!: string;

  @Field(() => LocalizedTextInput, {
    description: `Why, for everybody to read; 1 to ${maxReasonLength} characters a language.`,
  })
  reason!: LocalizedTextInput;

  @Field(() => String, { description: keyDescription })
  idempotencyKey!: string;
}

// Copied field by field: equal requests must be equal data, whatever order a client wrote them in.
const textOf = (input: BulletinTextInput): BulletinText => ({
  title: { en: input.title.en, ar: input.title.ar },
  body: { en: input.body.en, ar: input.body.ar },
  severity: input.severity,
  audience: input.audience,
  validFrom: input.validFrom,
  validUntil: input.validUntil ?? null,
});

/** Lists and the newer and older ones of a chain show the change, so all bulletins are read anew. */
function tell(context: HealthContext, outcome: BulletinOutcome): typeof BulletinResult {
  if (outcome.kind === "DONE") {
    invalidate(context, { type: "Bulletin" }, { cacheTag: "bulletins" });
  }
  return toBulletinResult(outcome);
}

function changeDeps({ principal, clock }: HealthContext, idempotencyKey: string) {
  const publisher = requirePublisher(principal, publishingScope);
  checkKey(idempotencyKey);
  return { publisher, now: new Date(clock()), idempotencyKey };
}

@Resolver()
export class BulletinChangeResolver {
  @Directive(`@requiresScopes(scopes: [["${publishingScope}"]])`)
  @Mutation(() => BulletinResult, {
    nullable: true,
    description:
      "Publishes a bulletin of the agency that you act for, at once. Every reader sees it, whatever was cached. Needs the scope bulletins:write.",
  })
  async publishBulletin(
    @Arg("input", () => PublishBulletinInput, { description: "What it says." })
    input: PublishBulletinInput,
    @Ctx() context: HealthContext,
  ): Promise<typeof BulletinResult> {
    const deps = { ...changeDeps(context, input.idempotencyKey), newId: () => `bul_${uuidv7()}` };
    const text = textOf(input);
    checkBulletin(text, context.clock());
    const request = { text, supersedesId: input.supersedesId ?? null };
    return tell(context, await publishBulletin(context.db, request, deps));
  }

  @Directive(`@requiresScopes(scopes: [["${publishingScope}"]])`)
  @Mutation(() => BulletinResult, {
    nullable: true,
    description:
      "Corrects a bulletin of the agency that you act for; what it said before stays in `revisions`. For a new state of affairs publish a new one that supersedes it. Needs the scope bulletins:write.",
  })
  async correctBulletin(
    @Arg("input", () => CorrectBulletinInput, { description: "What it shall say." })
    input: CorrectBulletinInput,
    @Ctx() context: HealthContext,
  ): Promise<typeof BulletinResult> {
    const deps = changeDeps(context, input.idempotencyKey);
    const text = textOf(input);
    checkBulletin(text, context.clock());
    const { id, expectedRevision } = input;
    const request = { id, expectedRevision, text };
    return tell(context, await correctBulletin(context.db, request, deps));
  }

  @Directive(`@requiresScopes(scopes: [["${publishingScope}"]])`)
  @Mutation(() => BulletinResult, {
    nullable: true,
    description:
      "Takes back a bulletin of the agency that you act for, for good. Needs the scope bulletins:write.",
  })
  async withdrawBulletin(
    @Arg("input", () => WithdrawBulletinInput, { description: "Which, and why." })
    input: WithdrawBulletinInput,
    @Ctx() context: HealthContext,
  ): Promise<typeof BulletinResult> {
    const deps = changeDeps(context, input.idempotencyKey);
    const { id, reason } = input;
    checkReason(reason);
    const request = { id, reason: { en: reason.en, ar: reason.ar } };
    return tell(context, await withdrawBulletin(context.db, request, deps));
  }
}
