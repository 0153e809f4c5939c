/** What is wrong with a part of a catalogue's entry and how to mend it, in both languages. Pure. */
import type { Text } from "./tables.ts";

type Message = (detail: string) => Text;

const messages = {
  REQUIRED: () => ({ en: "It is missing: fill it in.", ar: "القيمة مطلوبة: يرجى إدخالها." }),
  WRONG_TYPE: (expected) => ({
    en: `It is of the wrong kind: give ${expected}.`,
    ar: `نوع القيمة غير صحيح: المطلوب ${expected}.`,
  }),
  TOO_SHORT: (least) => ({
    en: `It is too short: give ${least} at least.`,
    ar: `القيمة أقصر من اللازم: الحد الأدنى ${least}.`,
  }),
  TOO_LONG: (most) => ({
    en: `It is too long: give ${most} at most.`,
    ar: `القيمة أطول من اللازم: الحد الأقصى ${most}.`,
  }),
  OUT_OF_RANGE: (range) => ({
    en: `It is out of range: give a whole number ${range}.`,
    ar: `القيمة خارج النطاق: المطلوب عدد صحيح ${range}.`,
  }),
  NOT_A_CHOICE: (choices) => ({
    en: `It is none of the choices: take one of ${choices}.`,
    ar: `القيمة ليست من الخيارات: اختر من ${choices}.`,
  }),
  WRONG_FORM: (example) => ({
    en: `It is not written as it has to be: write it like ${example}.`,
    ar: `صيغة القيمة غير صحيحة: اكتبها مثل ${example}.`,
  }),
  BAD_CHARACTER: () => ({
    en: "It has a character that no text can have (a control character, or half of one): remove it.",
    ar: "يحتوي النص على محرف غير مسموح به: احذفه.",
  }),
  UNKNOWN_FIELD: (names) => ({
    en: `There is no such field: remove ${names}.`,
    ar: `لا يوجد حقل كهذا: احذف ${names}.`,
  }),
  UNKNOWN_ID: (id) => ({
    en: `There is no "${id}" here: correct the id, or remove it.`,
    ar: `لا يوجد «${id}»: صحح المعرّف أو احذفه.`,
  }),
  REPEATED: (id) => ({
    en: `"${id}" is given more than once: keep one.`,
    ar: `تكرر «${id}»: احتفظ بواحد فقط.`,
  }),
  URL_MISSING: () => ({
    en: "A channel of the kind WEB has no address: give its `url`.",
    ar: "قناة الويب بلا عنوان: أدخل الرابط.",
  }),
  PHONE_MISSING: () => ({
    en: "A channel of the kind PHONE has no number: give its `phone`.",
    ar: "قناة الهاتف بلا رقم: أدخل رقم الهاتف.",
  }),
  PRICE_WRONG: () => ({
    en: "The price does not fit its kind: FIXED has an amount above zero alone, RANGE a higher `upTo` besides, RULE a `rule` besides.",
    ar: "السعر لا يوافق نوعه: الثابت له مبلغ أكبر من الصفر فقط، والنطاق له حد أعلى، والقاعدة لها نص.",
  }),
  DIRHAMS_WRONG: () => ({
    en: "A government fee of AED 50 or more carries Knowledge Dirham and Innovation Dirham of AED 10 each, and no other fee does: correct the lines.",
    ar: "يضاف درهم المعرفة ودرهم الابتكار (10 دراهم لكل منهما) إلى الرسوم الحكومية من 50 درهماً فأكثر دون غيرها: صحح البنود.",
  }),
  NOT_PAYABLE: () => ({
    en: "It has fees, so money is paid in it: set `payable` to true, or remove the fees.",
    ar: "للخدمة رسوم فهي قابلة للدفع: اجعل قابلية الدفع صحيحة أو احذف الرسوم.",
  }),
  ENDS_BEFORE: () => ({
    en: "It ends before it begins: give a `validUntil` that is no earlier than `validFrom`.",
    ar: "تاريخ الانتهاء يسبق تاريخ البدء: صحح أحدهما.",
  }),
  NOT_YOURS: (agency) => ({
    en: `It belongs to another agency: ids of yours begin with "${agency}-".`,
    ar: `يعود لجهة أخرى: تبدأ معرّفات خدماتكم بـ «${agency}-».`,
  }),
  CHANGED_MEANWHILE: (version) => ({
    en: `It was changed in the meantime and is now at version ${version}: export it again, and make your change to that.`,
    ar: `تغيّرت الخدمة في هذه الأثناء وأصبحت بالنسخة ${version}: صدّرها من جديد ثم عدّلها.`,
  }),
  UNREADABLE: (reason) => ({
    en: `The file cannot be read: ${reason}`,
    ar: `تعذرت قراءة الملف: ${reason}`,
  }),
  TOO_MANY_ROWS: (most) => ({
    en: `It has too many services: send ${most} at most at once.`,
    ar: `عدد الخدمات أكبر من المسموح: الحد الأقصى ${most} في المرة الواحدة.`,
  }),
} as const satisfies Readonly<Record<string, Message>>;

export type EntryProblemCode = keyof typeof messages;
export const entryProblemCodes = Object.keys(messages) as EntryProblemCode[];

export type EntryProblem = {
  /** JSON Pointer (RFC 6901) into the entry; empty for all of it. */
  readonly field: string;
  readonly code: EntryProblemCode;
  readonly message: Text;
};

export const entryProblem = (field: string, code: EntryProblemCode, detail = ""): EntryProblem => ({
  field,
  code,
  message: messages[code](detail),
});
