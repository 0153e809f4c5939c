/**
 * A receipt as a page to print: one self-contained HTML document, English and (right to left) Arabic side
 * by side, without scripts or anything from elsewhere. Pure: the same receipt is always the same page.
 */
import { formatMoney } from "../kit/money.ts";
import type { Line, Text } from "./charge-line.rules.ts";
import type { PaymentMethodName } from "./tables.ts";

export type ReceiptPage = {
  readonly number: string;
  readonly issuedAt: Date;
  readonly currency: string;
  /** Minor units: the sum of the lines. */
  readonly total: bigint;
  readonly lines: readonly Line[];
  readonly paymentId: string;
  /** What was paid, for example the name of a kind of bill. */
  readonly payable: Text;
  readonly method: PaymentMethodName;
  readonly cardLast4: string | null;
  /** Whether it is about made-up data. */
  readonly sample: boolean;
};

type Language = keyof Text;

const words = {
  title: { en: "Receipt", ar: "إيصال" },
  number: { en: "Number", ar: "الرقم" },
  date: { en: "Date", ar: "التاريخ" },
  for: { en: "For", ar: "مقابل" },
  payment: { en: "Payment", ar: "الدفعة" },
  paidWith: { en: "Paid with", ar: "طريقة الدفع" },
  what: { en: "Description", ar: "البيان" },
  amount: { en: "Amount", ar: "المبلغ" },
  total: { en: "Total paid", ar: "الإجمالي المدفوع" },
  wallet: { en: "City wallet", ar: "محفظة المدينة" },
  card: { en: "Card", ar: "بطاقة" },
  sample: {
    en: "Sample data: this is no official document.",
    ar: "بيانات نموذجية: هذا ليس مستنداً رسمياً.",
  },
} as const satisfies Record<string, Text>;

const style = `
  @page { size: A4; margin: 18mm }
  body { font: 15px/1.5 "Noto Sans", "Noto Sans Arabic", system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  main { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2.5rem }
  h1 { font-size: 1.5rem; margin: 0 0 1rem; border-bottom: 3px solid #0b6e4f; padding-bottom: .4rem }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin: 0 0 1.2rem }
  dt { color: #595959 } dd { margin: 0; overflow-wrap: anywhere }
  table { width: 100%; border-collapse: collapse }
  th, td { text-align: start; padding: .35rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
  th:last-child, td:last-child { text-align: end; white-space: nowrap; padding-inline-start: 1rem }
  tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid #1a1a1a; font-weight: 700 }
  footer { margin-top: 1.5rem; color: #595959; display: flex; justify-content: space-between; gap: 2rem }
  @media print { body { margin: 0; max-width: none } main { grid-template-columns: 1fr 1fr } }`;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const locales = { en: "en-GB", ar: "ar-AE-u-nu-latn" } as const satisfies Record<Language, string>;

const moment = (at: Date, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], {
    dateStyle: "long",
    timeStyle: "short",
    hourCycle: "h23",
    timeZone: "Asia/Dubai",
  }).format(at);

/** Numbers and ids keep their own direction inside of right-to-left text. */
const code = (text: string): string => `<bdi dir="ltr">${escape(text)}</bdi>`;

function paidWith({ method, cardLast4 }: ReceiptPage, language: Language): string {
  if (method === "WALLET") return words.wallet[language];
  return cardLast4 ? `${words.card[language]} ${code(`•••• ${cardLast4}`)}` : words.card[language];
}

function half(receipt: ReceiptPage, language: Language): string {
  const word = (name: keyof typeof words): string => words[name][language];
  const money = (amount: bigint): string => formatMoney(amount, receipt.currency)[language];
  const facts = [
    [word("number"), code(receipt.number)],
    [word("date"), escape(moment(receipt.issuedAt, language))],
    [word("for"), escape(receipt.payable[language])],
    [word("paidWith"), paidWith(receipt, language)],
    [word("payment"), code(receipt.paymentId)],
  ].map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`);
  const lines = receipt.lines.map(
    ({ description, amount }) =>
      `<tr><td>${escape(description[language])}</td><td>${escape(money(amount))}</td></tr>`,
  );
  return `<section lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">
<h1>${word("title")}</h1>
<dl>${facts.join("\n")}</dl>
<table><thead><tr><th scope="col">${word("what")}</th><th scope="col">${word("amount")}</th></tr></thead>
<tbody>${lines.join("\n")}</tbody>
<tfoot><tr><th scope="row">${word("total")}</th><td>${escape(money(receipt.total))}</td></tr></tfoot></table>
</section>`;
}

export function receiptPage(receipt: ReceiptPage): string {
  const { en, ar } = words.sample;
  const note = receipt.sample
    ? `<footer><span>${en}</span><span lang="ar" dir="rtl">${ar}</span></footer>`
    : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(receipt.number)}</title>
<style>${style}</style></head>
<body><main>
${half(receipt, "en")}
${half(receipt, "ar")}
</main>${note}</body></html>
`;
}
