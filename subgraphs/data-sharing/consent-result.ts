/** What a change of consents can come to. Refusals are part of the schema, so that a client must handle them. */
import {
  createUnionType,
  Directive,
  Field,
  InterfaceType,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { ConsentOutcome } from "./change-consent.ts";
import { consentMessages } from "./consent-messages.ts";
import { Consent, toConsent } from "./consent.ts";

const refusalCodes = {
  NOT_FOUND: "NOT_FOUND",
  ALREADY_GRANTED: "ALREADY_GRANTED",
  ALREADY_WITHDRAWN: "ALREADY_WITHDRAWN",
  EXPIRED: "EXPIRED",
} as const;
type ConsentRefusalCode = keyof typeof refusalCodes;

registerEnumType(refusalCodes, {
  name: "ConsentRefusalCode",
  description: "Why no consent was changed.",
  valuesConfig: {
    NOT_FOUND: { description: "The person has no such consent." },
    ALREADY_GRANTED: { description: "A consent to the same stands already." },
    ALREADY_WITHDRAWN: { description: "It was withdrawn before." },
    EXPIRED: { description: "It has ended by itself." },
  },
});

@InterfaceType({ description: "Why no consent was changed. Everything is as it was." })
export abstract class ConsentRefusal {
  @Field(() => refusalCodes, { description: "The reason, for programs." })
  code!: ConsentRefusalCode;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;
}

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@privately()
@ObjectType({ description: "The consent was granted or withdrawn, with effect at once." })
export class ConsentChanged {
  @Field(() => Consent, { description: "The consent as it is now." })
  consent!: Consent;

  @Field(() => LocalizedText, { description: "What to tell the person." })
  message!: LocalizedText;
}

@privately()
@ObjectType({
  implements: ConsentRefusal,
  description:
    "The person has no consent with this id. Somebody else's consent is not told from none.",
})
export class ConsentNotFound extends ConsentRefusal {}

@privately()
@ObjectType({
  implements: ConsentRefusal,
  description:
    "The person consents already to this use of the dataset by this agency. To change fields or end, withdraw that consent and grant another.",
})
export class ConsentAlreadyGranted extends ConsentRefusal {
  @Field(() => Consent, { description: "The consent that stands." })
  consent!: Consent;
}

@privately()
@ObjectType({
  implements: ConsentRefusal,
  description: "It was withdrawn before, and is so since then.",
})
export class ConsentAlreadyWithdrawn extends ConsentRefusal {
  @Field(() => Consent, { description: "The consent, with the time of its withdrawal." })
  consent!: Consent;
}

@privately()
@ObjectType({
  implements: ConsentRefusal,
  description: "It has ended by itself, so that there is nothing to withdraw.",
})
export class ConsentExpired extends ConsentRefusal {
  @Field(() => Consent, { description: "The consent, with the time of its end." })
  consent!: Consent;
}

export const ConsentResult = createUnionType({
  name: "ConsentResult",
  description:
    "What a change of consents came to: `ConsentChanged`, or a `ConsentRefusal` with its details.",
  types: () =>
    [
      ConsentChanged,
      ConsentNotFound,
      ConsentAlreadyGranted,
      ConsentAlreadyWithdrawn,
      ConsentExpired,
    ] as const,
});

/** @param nowMs Unix time in milliseconds. */
export function toConsentResult(outcome: ConsentOutcome, nowMs: number): typeof ConsentResult {
  const { en, ar } = consentMessages[outcome.kind];
  const message = localized(en, ar);
  if (outcome.kind === "NOT_FOUND") {
    return Object.assign(new ConsentNotFound(), { code: outcome.kind, message });
  }
  const consent = toConsent(outcome.consent, nowMs);
  switch (outcome.kind) {
    case "GRANTED":
    case "WITHDRAWN":
      return Object.assign(new ConsentChanged(), { consent, message });
    case "ALREADY_GRANTED":
      return Object.assign(new ConsentAlreadyGranted(), { code: outcome.kind, message, consent });
    case "ALREADY_WITHDRAWN":
      return Object.assign(new ConsentAlreadyWithdrawn(), { code: outcome.kind, message, consent });
    case "EXPIRED":
      return Object.assign(new ConsentExpired(), { code: outcome.kind, message, consent });
    default:
      throw new TypeError(`No such outcome: ${String(outcome satisfies never)}`);
  }
}
