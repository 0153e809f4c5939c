/**
 * A service as its agency describes it: one value that holds everything. The seed, the agency's changes,
 * imported files and kept versions all have this shape, and become rows by service-rows.ts. What is wrong
 * with a value is told by service-entry.rules.ts. Terms: CPSV-AP 3.2.0, where it has one.
 */
import { z } from "zod";
import {
  audiences,
  channelKinds,
  evidenceLevels,
  feeKinds,
  feePricings,
  serviceStatuses,
} from "./tables.ts";

const longestText = 4_000;
const longestList = 50;

/** Tab and line feed are the only control characters; the database cannot keep NUL or half a character. */
const isPlain = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  text.isWellFormed() && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);

const plain = z
  .string()
  .trim()
  .min(1)
  .refine(isPlain, { params: { problem: "BAD_CHARACTER" } });
const text = plain.max(longestText);
const word = plain.max(200);
const localized = z.strictObject({ en: text, ar: text });
const localizedName = z.strictObject({ en: word, ar: word });
const listOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).max(longestList);
const url = z.url({ protocol: /^https?$/ }).max(500);

export const catalogueId = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);

/** Minor units: a JSON number outside, bigint inside. */
const minorUnits = z.preprocess(
  (value) => (typeof value === "bigint" ? Number(value) : value),
  z.int().nonnegative().transform(BigInt),
);

const channel = z.strictObject({
  kind: z.enum(channelKinds),
  url: url.nullable().default(null),
  phone: word.nullable().default(null),
  hours: localizedName.nullable().default(null),
});

const fee = z.strictObject({
  kind: z.enum(feeKinds),
  name: localizedName,
  pricing: z.enum(feePricings).default("FIXED"),
  /** Fils; the least it can be when it is not fixed. */
  amount: minorUnits,
  /** Fils; the most it can be, with RANGE. */
  upTo: minorUnits.nullable().default(null),
  /** How it is worked out, with RULE. */
  rule: localized.nullable().default(null),
  sample: z.boolean().default(false),
});

const legalResource = z.strictObject({ title: localizedName, url: url.nullable().default(null) });

export const serviceEntry = z.strictObject({
  id: catalogueId,
  agency: catalogueId,
  /** The main one. */
  category: catalogueId,
  furtherCategories: listOf(catalogueId).default([]),
  lifeEvents: listOf(catalogueId).default([]),
  name: localizedName,
  summary: localized,
  description: localized,
  audiences: listOf(z.enum(audiences)).min(1),
  /** Who may use it. */
  eligibility: listOf(localized).default([]),
  /** What holds for whoever uses it. */
  rules: listOf(localized).default([]),
  requiredDocuments: listOf(localized),
  steps: listOf(localized).default([]),
  channels: listOf(channel).min(1),
  fees: listOf(fee),
  processingTime: z.strictObject({
    duration: z.string().regex(/^P(?=.)(\d{1,4}D)?(T(?=.)(\d{1,4}H)?(\d{1,4}M)?)?$/),
    businessDays: z.boolean(),
  }),
  outputs: listOf(localized).default([]),
  legalBasis: listOf(legalResource).default([]),
  relatedServices: listOf(catalogueId).default([]),
  payable: z.boolean(),
  status: z.enum(serviceStatuses),
  /** Days of the city: the first on which it is offered, and the last. */
  validFrom: z.iso.date().nullable().default(null),
  validUntil: z.iso.date().nullable().default(null),
  keywords: listOf(word),
  evidence: z.enum(evidenceLevels),
  lastReviewedAt: z.iso.date(),
});

export type ServiceEntry = z.output<typeof serviceEntry>;

/** An entry as JSON text; amounts are numbers, which are exact up to 2^53-1 as the schema wants. */
export const writeEntry = (entry: ServiceEntry): string =>
  JSON.stringify(entry, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));

/** A kept entry as it was. @throws ZodError when it is none, which the store does not let happen. */
export const readEntry = (json: unknown): ServiceEntry => serviceEntry.parse(json);
