/**
 * An agreement as a page to read and print before signing: one self-contained HTML document, English and
 * (right to left) Arabic side by side, without scripts or anything from elsewhere. It says in words
 * what the signed document says, and the rules that go with every agreement; the document's hash ties the
 * two together. Pure.
 */
import { createHash } from "node:crypto";
import type { AgreementParts } from "./agreement.rules.ts";
import { purposeTexts } from "./purpose.rules.ts";
import type { NegotiationState, ReadOperation } from "./sharing.rules.ts";
import type { LegalBasis, Text } from "./tables.ts";

export type AgreementPage = AgreementParts & {
  /** What is signed, byte by byte. */
  readonly document: string;
  readonly state: NegotiationState;
  /** By name: the product's fields as people call them. */
  readonly labels: ReadonlyMap<string, Text>;
  /** By agency: who there answers for data. */
  readonly contacts: ReadonlyMap<string, Text>;
  /** Ids of the keys that signed; undefined before. */
  readonly publisherKey: string | undefined;
  readonly requesterKey: string | undefined;
  /** Whether it is about made-up data. */
  readonly sample: boolean;
};

type Language = keyof Text;

const words = {
  title: { en: "Agreement on sharing data", ar: "اتفاقية مشاركة بيانات" },
  number: { en: "Number", ar: "الرقم" },
  version: { en: "Version", ar: "الإصدار" },
  state: { en: "State", ar: "الحالة" },
  publisher: { en: "Publisher of the data", ar: "الجهة الناشرة للبيانات" },
  requester: { en: "Allowed to use it", ar: "الجهة المأذون لها" },
  dataset: { en: "Data", ar: "البيانات" },
  purpose: { en: "For what", ar: "الغرض" },
  basis: { en: "Legal basis", ar: "الأساس القانوني" },
  fields: { en: "Fields", ar: "الحقول" },
  rows: { en: "Rows", ar: "السجلات" },
  allRows: { en: "All", ar: "جميعها" },
  ways: { en: "How it may be read", ar: "طريقة القراءة" },
  period: { en: "From and until", ar: "من وإلى" },
  rate: { en: "Accesses in an hour, at most", ar: "مرات الوصول في الساعة كحد أقصى" },
  minimum: {
    en: "Counts of fewer persons are kept back",
    ar: "تُحجب الأعداد التي تقل عن هذا العدد من الأشخاص",
  },
  budget: { en: "Privacy budget (epsilon)", ar: "ميزانية الخصوصية (إبسيلون)" },
  recipients: { en: "May see it, and nobody else", ar: "من يجوز له الاطلاع دون غيره" },
  rules: { en: "Rules of every agreement", ar: "قواعد تسري على كل اتفاقية" },
  signatures: { en: "Signatures", ar: "التوقيعات" },
  unsigned: { en: "not signed yet", ar: "لم يُوقع بعد" },
  hash: { en: "SHA-256 of the signed document", ar: "بصمة SHA-256 للوثيقة الموقعة" },
  sample: {
    en: "Sample data: this is no official document.",
    ar: "بيانات نموذجية: هذا ليس مستندًا رسميًا.",
  },
} as const satisfies Record<string, Text>;

const rules: readonly Text[] = [
  {
    en: "Every access states the purpose and is entered in a log that nobody can alter unnoticed.",
    ar: "كل وصول يذكر الغرض ويُقيد في سجل لا يستطيع أحد تغييره خفية.",
  },
  {
    en: "When the agreement ends or is revoked, the data and what was derived of persons is deleted.",
    ar: "عند انتهاء الاتفاقية أو إلغائها تُحذف البيانات وما اشتُق منها عن الأشخاص.",
  },
  {
    en: "The publisher may suspend or revoke the access at any time, with effect at once.",
    ar: "يجوز للجهة الناشرة تعليق الوصول أو إلغاؤه في أي وقت وبأثر فوري.",
  },
];

const states: Readonly<Record<NegotiationState, Text>> = {
  OFFERED: { en: "Offered", ar: "معروضة" },
  ACCEPTED: { en: "Accepted, to be signed", ar: "مقبولة وبانتظار التوقيع" },
  AGREED: { en: "Signed by the publisher", ar: "وقعتها الجهة الناشرة" },
  VERIFIED: { en: "Signed by both", ar: "وقعها الطرفان" },
  FINALIZED: { en: "In force", ar: "سارية" },
  TERMINATED: { en: "Ended", ar: "منتهية" },
};

const bases: Readonly<Record<LegalBasis, Text>> = {
  CONSENT: {
    en: "Consent: only the data of those who consent at the time of reading",
    ar: "الموافقة: بيانات من يوافقون وقت القراءة فقط",
  },
  CONTRACT: { en: "Contract with the person", ar: "عقد مع الشخص" },
  LEGAL_OBLIGATION: { en: "Legal obligation", ar: "التزام قانوني" },
  PUBLIC_TASK: { en: "Public task", ar: "مهمة عامة" },
};

const ways: Readonly<Record<ReadOperation, Text>> = {
  ROWS: { en: "rows", ar: "صفوف" },
  COUNTS: { en: "counts without small groups", ar: "أعداد دون المجموعات الصغيرة" },
  PRIVATE_AGGREGATE: { en: "single figures with noise", ar: "أرقام مفردة مع تشويش" },
};

const style = `
  @page { size: A4 landscape; margin: 14mm }
  :root { color-scheme: light }
  body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: #fff; color: #1c1c1c; font: 1rem/1.55 "Noto Sans", "Noto Sans Arabic", system-ui, sans-serif }
  main { display: grid; gap: 3rem; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)) }
  h1 { margin: 0 0 .8rem; padding-bottom: .5rem; border-bottom: 3px solid #1b4f8f; font-size: 1.45rem }
  h2 { margin: 1.4rem 0 .4rem; font-size: 1.05rem }
  dl { display: grid; grid-template-columns: minmax(8rem, 2fr) 3fr; margin: 0 }
  dt, dd { margin: 0; padding: .35rem 0; border-bottom: 1px solid #e3e3e3; overflow-wrap: anywhere }
  dt { color: #555; padding-inline-end: 1rem }
  ul { margin: 0; padding-inline-start: 1.2rem }
  .hash { font: .78rem/1.4 ui-monospace, monospace }
  footer { display: flex; gap: 2rem; justify-content: space-between; margin-top: 2rem; color: #8a3b00; font-weight: 600 }
  @media print { body { max-width: none; padding: 0 } main { grid-template-columns: 1fr 1fr; gap: 2rem } }`;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
/** Ids and numbers keep their own direction inside of right-to-left text. */
const id = (text: string): string => `<bdi dir="ltr">${escape(text)}</bdi>`;
/** What people wrote, in whichever language. */
const own = (text: string): string => `<bdi>${escape(text)}</bdi>`;

const locales = { en: "en-GB", ar: "ar-AE-u-nu-latn" } as const satisfies Record<Language, string>;

const day = (iso: string, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], {
    dateStyle: "long",
    timeStyle: "short",
    hourCycle: "h23",
    timeZone: "Asia/Dubai",
  }).format(new Date(iso));

const comma: Readonly<Record<Language, string>> = { en: ", ", ar: "، " };

function half(page: AgreementPage, language: Language): string {
  const { terms } = page;
  const word = (name: keyof typeof words): string => words[name][language];
  const list = (items: readonly string[]): string => items.join(comma[language]);
  const label = (name: string): string => escape(page.labels.get(name)?.[language] ?? name);
  const rows = terms.rowFilter.map(
    ({ field, values }) => `${label(field)}: ${list(values.map(own))}`,
  );
  const agency = (agencyId: string): string => {
    const contact = page.contacts.get(agencyId);
    return contact ? `${id(agencyId)}<br>${escape(contact[language])}` : id(agencyId);
  };
  const facts: readonly (readonly [keyof typeof words, string])[] = [
    ["number", id(page.id)],
    ["version", `${page.version}`],
    ["state", states[page.state][language]],
    ["publisher", agency(page.publisherId)],
    ["requester", agency(page.requesterId)],
    ["dataset", escape(page.datasetTitle[language])],
    ["purpose", `${escape(purposeTexts[page.purpose][language])}<br>${own(page.purposeText)}`],
    ["basis", bases[page.legalBasis][language]],
    ["fields", list(terms.fields.map(label))],
    ["rows", rows.length === 0 ? word("allRows") : rows.join("<br>")],
    ["ways", list(terms.operations.map((operation) => ways[operation][language]))],
    ["period", `${escape(day(terms.from, language))} <br>${escape(day(terms.until, language))}`],
    ["rate", `${terms.ratePerHour}`],
    ["minimum", `${terms.minimumPersons}`],
    ["budget", `${terms.budgetMilliEpsilon / 1_000}`],
    ["recipients", list(page.recipients.map(own))],
  ];
  const signed = (key: string | undefined): string => (key ? id(key) : word("unsigned"));
  const describe = (pairs: readonly (readonly [string, string])[]): string =>
    `<dl>${pairs.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("\n")}</dl>`;
  const hash = createHash("sha256").update(page.document).digest("hex");
  return `<section lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">
<h1>${word("title")}</h1>
${describe(facts.map(([name, value]) => [word(name), value]))}
<h2>${word("rules")}</h2>
<ul>${rules.map((rule) => `<li>${rule[language]}</li>`).join("\n")}</ul>
<h2>${word("signatures")}</h2>
${describe([
  [id(page.publisherId), signed(page.publisherKey)],
  [id(page.requesterId), signed(page.requesterKey)],
  [word("hash"), `<span class="hash">${id(hash)}</span>`],
])}
</section>`;
}

export function agreementPage(page: AgreementPage): string {
  const { en, ar } = words.sample;
  const note = page.sample
    ? `<footer><span>${en}</span><span lang="ar" dir="rtl">${ar}</span></footer>`
    : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${page.id}, ${page.version}`)}</title>
<style>${style}</style></head>
<body><main>
${half(page, "en")}
${half(page, "ar")}
</main>${note}</body></html>
`;
}
