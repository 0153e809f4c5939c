/** What is wrong with an answer, in both languages, with the field's own name and its limit. Pure. */
import type { Text } from "./tables.ts";

export const formProblemCodes = [
  "REQUIRED",
  "WRONG_TYPE",
  "TOO_SHORT",
  "TOO_LONG",
  "WRONG_FORM",
  "NOT_A_CHOICE",
  "TOO_SMALL",
  "TOO_LARGE",
  "TOO_FEW",
  "TOO_MANY",
  "REPEATED",
  "UNKNOWN_FIELD",
  "NO_SUCH_ATTACHMENT",
  "INVALID",
] as const;
export type FormProblemCode = (typeof formProblemCodes)[number];

type Facts = {
  readonly label: Text;
  /** How to write it, by the form. */
  readonly hint: Text | undefined;
  readonly limit: number | string | undefined;
};

const withLimit: Readonly<Record<FormProblemCode, (label: Text, limit: string) => Text>> = {
  REQUIRED: ({ en, ar }) => ({
    en: `“${en}” is missing: fill it in.`,
    ar: `«${ar}» مطلوب: يرجى إدخاله.`,
  }),
  WRONG_TYPE: ({ en, ar }) => ({
    en: `“${en}” is of another kind than asked for.`,
    ar: `«${ar}» ليس من النوع المطلوب.`,
  }),
  TOO_SHORT: ({ en, ar }, limit) => ({
    en: `“${en}” must have ${limit} characters at least.`,
    ar: `يجب ألا يقل عدد أحرف «${ar}» عن ${limit}.`,
  }),
  TOO_LONG: ({ en, ar }, limit) => ({
    en: `“${en}” must have ${limit} characters at most.`,
    ar: `يجب ألا يزيد عدد أحرف «${ar}» على ${limit}.`,
  }),
  WRONG_FORM: ({ en, ar }) => ({
    en: `“${en}” is not written as it has to be.`,
    ar: `صيغة «${ar}» غير صحيحة.`,
  }),
  NOT_A_CHOICE: ({ en, ar }) => ({
    en: `“${en}” must be one of the choices.`,
    ar: `يجب أن يكون «${ar}» أحد الخيارات المتاحة.`,
  }),
  TOO_SMALL: ({ en, ar }, limit) => ({
    en: `“${en}” must not be below ${limit}.`,
    ar: `يجب ألا يقل «${ar}» عن ${limit}.`,
  }),
  TOO_LARGE: ({ en, ar }, limit) => ({
    en: `“${en}” must not be above ${limit}.`,
    ar: `يجب ألا يزيد «${ar}» على ${limit}.`,
  }),
  TOO_FEW: ({ en, ar }, limit) => ({
    en: `“${en}” must have ${limit} entries at least.`,
    ar: `يجب ألا يقل عدد عناصر «${ar}» عن ${limit}.`,
  }),
  TOO_MANY: ({ en, ar }, limit) => ({
    en: `“${en}” must have ${limit} entries at most.`,
    ar: `يجب ألا يزيد عدد عناصر «${ar}» على ${limit}.`,
  }),
  REPEATED: ({ en, ar }) => ({
    en: `“${en}” has the same entry twice.`,
    ar: `يحتوي «${ar}» على عنصر مكرر.`,
  }),
  UNKNOWN_FIELD: ({ en, ar }) => ({
    en: `“${en}” is not in the form: leave it out.`,
    ar: `«${ar}» غير موجود في النموذج: يرجى حذفه.`,
  }),
  NO_SUCH_ATTACHMENT: ({ en, ar }) => ({
    en: `“${en}” must name an attachment of this request, of a kind that the form takes.`,
    ar: `يجب أن يشير «${ar}» إلى مرفق في هذا الطلب من نوع يقبله النموذج.`,
  }),
  INVALID: ({ en, ar }) => ({
    en: `“${en}” does not go with the other answers.`,
    ar: `«${ar}» لا يتوافق مع الإجابات الأخرى.`,
  }),
};

export function messageOf(code: FormProblemCode, { label, hint, limit }: Facts): Text {
  const { en, ar } = withLimit[code](label, `${limit ?? ""}`);
  return hint ? { en: `${en} ${hint.en}`, ar: `${ar} ${hint.ar}` } : { en, ar };
}
