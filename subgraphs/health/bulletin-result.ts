/** What publishing, correcting and withdrawing a bulletin answer in the graph. */
import { createUnionType, Field, ObjectType, registerEnumType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { BulletinOutcome, BulletinRefusal } from "./bulletin-change.ts";
import { Bulletin, toBulletin } from "./bulletin.ts";

export const BulletinRefusalEnum = {
  UNKNOWN_BULLETIN: "UNKNOWN_BULLETIN",
  OF_ANOTHER_AGENCY: "OF_ANOTHER_AGENCY",
  WITHDRAWN: "WITHDRAWN",
  ALREADY_SUPERSEDED: "ALREADY_SUPERSEDED",
  REVISION_CHANGED: "REVISION_CHANGED",
  IDEMPOTENCY_KEY_USED: "IDEMPOTENCY_KEY_USED",
} as const satisfies { [Reason in BulletinRefusal]: Reason };

registerEnumType(BulletinRefusalEnum, {
  name: "BulletinRefusal",
  description: "Why a bulletin was left as it is.",
  valuesConfig: {
    UNKNOWN_BULLETIN: { description: "There is none with this id." },
    OF_ANOTHER_AGENCY: { description: "Another agency published it." },
    WITHDRAWN: { description: "It was taken back; publish a new one." },
    ALREADY_SUPERSEDED: {
      description: "Another bulletin replaces it already: replace that one, which is told.",
    },
    REVISION_CHANGED: {
      description:
        "Somebody corrected it in the meantime: read what it says now, and decide again.",
    },
    IDEMPOTENCY_KEY_USED: {
      description: "The key was used for another request: take a new one.",
    },
  },
});

const messages: Readonly<Record<BulletinRefusal, readonly [en: string, ar: string]>> = {
  UNKNOWN_BULLETIN: ["There is no bulletin with this id.", "لا توجد نشرة بهذا المعرّف."],
  OF_ANOTHER_AGENCY: ["Another agency published this bulletin.", "نشرت هذه النشرة جهة أخرى."],
  WITHDRAWN: ["The bulletin was withdrawn.", "سُحبت هذه النشرة."],
  ALREADY_SUPERSEDED: [
    "Another bulletin replaces this one already.",
    "حلّت نشرة أخرى محل هذه النشرة.",
  ],
  REVISION_CHANGED: ["The bulletin was corrected in the meantime.", "صُححت النشرة في هذه الأثناء."],
  IDEMPOTENCY_KEY_USED: ["This key was used for another request.", "استُخدم هذا المفتاح لطلب آخر."],
};

@ObjectType({ description: "It was done, or had been done by the same request before." })
export class BulletinChanged {
  @Field(() => Bulletin, { description: "The bulletin as it is now." })
  bulletin!: Bulletin;

  @Field(() => Boolean, {
    description: "true: a request with this key had done it before, and nothing was done now.",
  })
  repeated!: boolean;
}

@ObjectType({ description: "Nothing was changed." })
export class BulletinRefused {
  @Field(() => BulletinRefusalEnum, { description: "Why, for programs." })
  reason!: BulletinRefusal;

  @Field(() => LocalizedText, { description: "Why, for people." })
  message!: LocalizedText;

  @Field(() => Bulletin, {
    nullable: true,
    description: "The bulletin that stands in the way, as it is now.",
  })
  current!: Bulletin | null;
}

export const BulletinResult = createUnionType({
  name: "BulletinResult",
  description: "What became of a request to publish, correct or withdraw a bulletin.",
  types: () => [BulletinChanged, BulletinRefused] as const,
  resolveType: (value) => ("reason" in value ? BulletinRefused : BulletinChanged),
});

export function toBulletinResult(outcome: BulletinOutcome): typeof BulletinResult {
  if (outcome.kind === "DONE") {
    const { bulletin, repeated } = outcome;
    return Object.assign(new BulletinChanged(), { bulletin: toBulletin(bulletin), repeated });
  }
  const { reason, bulletin } = outcome;
  return Object.assign(new BulletinRefused(), {
    reason,
    message: localized(...messages[reason]),
    current: bulletin && toBulletin(bulletin),
  });
}
