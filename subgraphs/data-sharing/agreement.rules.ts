/**
 * An agreement as both sides sign it: terms → an ODRL 2.2 agreement as canonical JSON-LD (RFC 8785),
 * and the same as a page that people read, in both languages. Pure.
 */
import canonicalize from "canonicalize";
import type { LegalBasis, PurposeCode, Text } from "./tables.ts";
import type { Terms } from "./sharing.tables.ts";

export type AgreementParts = {
  readonly id: string;
  readonly version: number;
  readonly datasetId: string;
  readonly datasetTitle: Text;
  readonly publisherId: string;
  readonly requesterId: string;
  readonly recipients: readonly string[];
  readonly purpose: PurposeCode;
  readonly purposeText: string;
  readonly legalBasis: LegalBasis;
  readonly terms: Terms;
};

const cityTerms = "urn:city-graph:odrl:";
const urn = (kind: string, id: string): string => `urn:city-graph:${kind}:${id}`;

type Constraint = {
  readonly leftOperand: string;
  readonly operator: string;
  readonly rightOperand: unknown;
};

const dateTime = (value: string) => ({ "@value": value, "@type": "xsd:dateTime" });

function constraintsOf({ purpose, terms }: AgreementParts): readonly Constraint[] {
  return [
    { leftOperand: "purpose", operator: "eq", rightOperand: urn("purpose", purpose) },
    { leftOperand: "dateTime", operator: "gteq", rightOperand: dateTime(terms.from) },
    { leftOperand: "dateTime", operator: "lt", rightOperand: dateTime(terms.until) },
    { leftOperand: `${cityTerms}way`, operator: "isAnyOf", rightOperand: terms.operations },
    { leftOperand: `${cityTerms}field`, operator: "isAnyOf", rightOperand: terms.fields },
    ...terms.rowFilter.map(({ field, values }) => ({
      leftOperand: `${cityTerms}row:${field}`,
      operator: "isAnyOf",
      rightOperand: values,
    })),
    {
      leftOperand: `${cityTerms}accessesPerHour`,
      operator: "lteq",
      rightOperand: terms.ratePerHour,
    },
    {
      leftOperand: `${cityTerms}personsPerCount`,
      operator: "gteq",
      rightOperand: terms.minimumPersons,
    },
    {
      leftOperand: `${cityTerms}milliEpsilon`,
      operator: "lteq",
      rightOperand: terms.budgetMilliEpsilon,
    },
  ];
}

/** The bytes that are signed. Id and version are in them, so no signature fits another agreement. */
export function writeAgreement(parts: AgreementParts): string {
  const { id, version, datasetId, publisherId, requesterId, recipients, legalBasis } = parts;
  const text = canonicalize({
    "@context": [
      "http://www.w3.org/ns/odrl.jsonld",
      { dct: "http://purl.org/dc/terms/", xsd: "http://www.w3.org/2001/XMLSchema#" },
    ],
    "@type": "Agreement",
    uid: urn("agreement", `${id}:${version}`),
    profile: cityTerms,
    "dct:description": parts.purposeText,
    [`${cityTerms}legalBasis`]: legalBasis,
    permission: [
      {
        target: urn("dataset", datasetId),
        assigner: urn("agency", publisherId),
        assignee: urn("agency", requesterId),
        action: "use",
        constraint: constraintsOf(parts),
        duty: [
          {
            action: "delete",
            constraint: [
              { leftOperand: "event", operator: "gt", rightOperand: { "@id": "odrl:policyUsage" } },
            ],
          },
        ],
      },
    ],
    prohibition: [
      {
        target: urn("dataset", datasetId),
        action: "distribute",
        constraint: [
          {
            leftOperand: "recipient",
            operator: "isNoneOf",
            rightOperand: recipients.map((one) => urn("agency", one)),
          },
        ],
      },
    ],
  });
  if (text === undefined) throw new TypeError("An agreement must be a JSON object.");
  return text;
}

/** The same for people. What it says follows from the parts alone, like the document. */
export function describeAgreement(parts: AgreementParts): Text {
  const { id, version, datasetTitle, publisherId, requesterId, recipients, terms } = parts;
  const filterEn = terms.rowFilter.map(({ field, values }) => `${field}: ${values.join(", ")}`);
  const common = { fields: terms.fields.join(", "), to: recipients.join(", ") };
  const epsilon = terms.budgetMilliEpsilon / 1_000;
  return {
    en: [
      `Agreement ${id}, version ${version}`,
      `${publisherId} lets ${requesterId} use "${datasetTitle.en}".`,
      `Purpose: ${parts.purpose}. ${parts.purposeText}`,
      `Legal basis: ${parts.legalBasis}`,
      `Fields: ${common.fields}`,
      `Ways to read: ${terms.operations.join(", ")}`,
      `Rows: ${filterEn.length === 0 ? "all" : filterEn.join("; ")}`,
      `From ${terms.from} until ${terms.until}, at most ${terms.ratePerHour} times an hour.`,
      `Counts of fewer than ${terms.minimumPersons} persons are kept back. Privacy budget: epsilon ${epsilon}.`,
      `The data may be passed to nobody but: ${common.to}. It is deleted when the agreement ends.`,
    ].join("\n"),
    ar: [
      `الاتفاقية ${id}، الإصدار ${version}`,
      `تتيح الجهة ${publisherId} للجهة ${requesterId} استخدام «${datasetTitle.ar}».`,
      `الغرض: ${parts.purpose}. ${parts.purposeText}`,
      `الأساس القانوني: ${parts.legalBasis}`,
      `الحقول: ${common.fields}`,
      `طرق القراءة: ${terms.operations.join("، ")}`,
      `السجلات: ${filterEn.length === 0 ? "جميعها" : filterEn.join("؛ ")}`,
      `من ${terms.from} حتى ${terms.until}، وبما لا يتجاوز ${terms.ratePerHour} مرة في الساعة.`,
      `تُحجب الأعداد التي تقل عن ${terms.minimumPersons} أشخاص. ميزانية الخصوصية: إبسيلون ${epsilon}.`,
      `لا يجوز تمرير البيانات إلا إلى: ${common.to}. وتُحذف عند انتهاء الاتفاقية.`,
    ].join("\n"),
  };
}
