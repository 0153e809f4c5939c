/** For what personal data is used, and on what ground, as the graph shows it. */
import { Directive, Field, ObjectType, registerEnumType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { LegalBasis, PurposeCode } from "./tables.ts";

export const PurposeCodeEnum = {
  SERVICE_DELIVERY: "SERVICE_DELIVERY",
  ELIGIBILITY_CHECK: "ELIGIBILITY_CHECK",
  NOTIFICATION: "NOTIFICATION",
  EMERGENCY_CARE: "EMERGENCY_CARE",
  RESEARCH: "RESEARCH",
  LAW_ENFORCEMENT: "LAW_ENFORCEMENT",
} as const satisfies { [Code in PurposeCode]: Code };

registerEnumType(PurposeCodeEnum, {
  name: "PurposeCode",
  description: "For what personal data is used, in one word.",
  valuesConfig: {
    SERVICE_DELIVERY: { description: "To provide a service that the person asked for." },
    ELIGIBILITY_CHECK: { description: "To check whether the person is entitled to a service." },
    NOTIFICATION: { description: "To tell the person of deadlines and events." },
    EMERGENCY_CARE: { description: "To treat the person in an emergency." },
    RESEARCH: { description: "For research and planning whose results name nobody." },
    LAW_ENFORCEMENT: { description: "To enforce the law. It needs no consent, and takes none." },
  },
});

export const LegalBasisEnum = {
  CONSENT: "CONSENT",
  CONTRACT: "CONTRACT",
  LEGAL_OBLIGATION: "LEGAL_OBLIGATION",
  PUBLIC_TASK: "PUBLIC_TASK",
} as const satisfies { [Basis in LegalBasis]: Basis };

registerEnumType(LegalBasisEnum, {
  name: "LegalBasis",
  description: "What allowed the use of personal data.",
  valuesConfig: {
    CONSENT: { description: "The person's consent." },
    CONTRACT: {
      description: "A contract with the person, or what the person asked for before one.",
    },
    LEGAL_OBLIGATION: { description: "A law that demands it." },
    PUBLIC_TASK: { description: "A task that law gives to the agency." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "For what personal data is used." })
export class Purpose {
  @Field(() => PurposeCodeEnum, { description: "For programs." })
  code!: PurposeCode;

  @Field(() => LocalizedText, { description: "For people, addressed to the person concerned." })
  text!: LocalizedText;
}

export const toPurpose = (row: {
  readonly purpose_code: PurposeCode;
  readonly purpose_en: string;
  readonly purpose_ar: string;
}): Purpose =>
  Object.assign(new Purpose(), {
    code: row.purpose_code,
    text: localized(row.purpose_en, row.purpose_ar),
  });
