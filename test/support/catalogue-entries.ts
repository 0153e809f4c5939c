/** Entries of the catalogue as agencies give them: one to change, and any that the rules allow (fast-check). */
import fc from "fast-check";
import { audiences, serviceStatuses } from "../../subgraphs/services/tables.ts";

const name = { en: "Adopt a palm", ar: "تبنَّ نخلة" };

/** Fits `ServiceInput`. */
export const palmService = {
  id: "dewa-adopt-a-palm",
  category: "general",
  lifeEvents: ["moving-home"],
  name,
  summary: { en: "Look after a palm.", ar: "اعتنِ بنخلة." },
  description: { en: "You water it. It grows.", ar: "تسقيها فتنمو." },
  audiences: ["RESIDENT"],
  eligibility: [{ en: "You live here.", ar: "أن تقيم هنا." }],
  rules: [{ en: "No climbing.", ar: "يمنع التسلق." }],
  requiredDocuments: [{ en: "Emirates ID", ar: "بطاقة الهوية الإماراتية" }],
  steps: [name],
  channels: [{ kind: "WEB", url: "https://palms.example/adopt" }],
  fees: [{ kind: "FEE", name, pricing: "RANGE", amount: 1_000, upTo: 4_000 }],
  processingTime: { duration: "P2D", businessDays: true },
  outputs: [{ en: "A palm", ar: "نخلة" }],
  legalBasis: [{ title: { en: "Palm decree", ar: "مرسوم النخيل" }, url: "https://law.example/1" }],
  relatedServices: ["dewa-move-in"],
  payable: true,
  status: "ACTIVE",
  validFrom: "2026-01-01",
  validUntil: null,
  keywords: ["palm", "نخل"],
} as const;

const nasty = "| \\ \n \" ' , ; = + - @ \t نخلة \u200f 😀 é < > { } [ ]".split(" ").concat(" ");
const textOf = (maxLength: number) =>
  fc
    .oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength }),
      fc.string({ unit: fc.constantFrom(...nasty), minLength: 1, maxLength }),
    )
    // oxlint-disable-next-line no-control-regex
    .map((text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim())
    .filter((text) => text !== "" && text.length <= 100);
const localized = (maxLength = 20) =>
  fc.record({ en: textOf(maxLength), ar: textOf(maxLength) }, { noNullPrototype: true });
const few = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 3 });
const url = fc.webUrl({ withQueryParameters: true }).filter((text) => text.length < 400);
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const day = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const channel = fc.oneof(
  fc.record({
    kind: fc.constantFrom("APP", "COUNTER", "KIOSK" as const),
    url: nullable(url),
    phone: nullable(textOf(10)),
    hours: nullable(localized()),
  }),
  fc.record({ kind: fc.constant("WEB"), url, phone: fc.constant(null), hours: fc.constant(null) }),
  fc.record({
    kind: fc.constant("PHONE"),
    url: fc.constant(null),
    phone: textOf(10),
    hours: nullable(localized()),
  }),
);

/** Below AED 50 together, so that no dirhams are due. */
const fee = fc
  .record({
    kind: fc.constantFrom("FEE", "DEPOSIT"),
    name: localized(),
    amount: fc.integer({ min: 1, max: 1_600 }),
    more: fc.integer({ min: 1, max: 100_000_000 }),
    rule: localized(),
    sample: fc.boolean(),
    pricing: fc.constantFrom("FIXED", "RANGE", "RULE"),
  })
  .map(({ more, rule, ...one }) => ({
    ...one,
    upTo: one.pricing === "RANGE" ? one.amount + more : null,
    rule: one.pricing === "RULE" ? rule : null,
  }));

/** Any entry of dewa's that the rules allow, as JSON has it, without what the catalogue says of it. */
export const anyEntry = fc
  .record({
    id: fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/).map((word) => `dewa-any-${word}`),
    categories: fc.shuffledSubarray(["bills", "general", "health"], { minLength: 1 }),
    lifeEvents: fc.subarray(["moving-home"]),
    name: localized(),
    summary: localized(40),
    description: localized(60),
    audiences: fc.subarray([...audiences], { minLength: 1 }),
    eligibility: few(localized()),
    rules: few(localized()),
    requiredDocuments: few(localized()),
    steps: few(localized()),
    channels: fc.array(channel, { minLength: 1, maxLength: 3 }),
    fees: few(fee),
    processingTime: fc.record({
      duration: fc.constantFrom("P2D", "PT5M", "P1DT3H", "PT0M"),
      businessDays: fc.boolean(),
    }),
    outputs: few(localized()),
    legalBasis: few(fc.record({ title: localized(), url: nullable(url) })),
    relatedServices: fc.subarray(["dewa-move-in", "rta-pay-fines"]),
    status: fc.constantFrom(...serviceStatuses),
    validFrom: nullable(day),
    keywords: fc.uniqueArray(textOf(12), { maxLength: 4 }),
  })
  .map(({ categories: [category, ...furtherCategories], ...entry }) => ({
    ...entry,
    category: category ?? "general",
    furtherCategories,
    agency: "dewa",
    payable: true,
    validUntil: null,
  }));
