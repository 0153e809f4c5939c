/** What a refusal tells people, in both languages: what is wrong and how to mend it. */
import type { RefusalCode } from "./sharing.rules.ts";
import type { Text } from "./tables.ts";

export const sharingMessages: Readonly<Record<RefusalCode, Text>> = {
  NOT_FOUND: {
    en: "Your agency has no such request or grant.",
    ar: "ليس لدى جهتكم طلب أو إذن كهذا.",
  },
  NOT_ALLOWED: {
    en: "The grant does not give this way of reading: take one of its operations.",
    ar: "لا يتيح الإذن طريقة القراءة هذه: استخدموا إحدى الطرق المشمولة به.",
  },
  ILLEGAL_TRANSITION: {
    en: "This step cannot be taken now: look at the present state.",
    ar: "لا يمكن اتخاذ هذه الخطوة الآن: راجعوا الحالة الراهنة.",
  },
  SAME_EYES: {
    en: "Somebody else must do this: who asked, assessed or approved cannot.",
    ar: "يجب أن يقوم بذلك شخص آخر: لا يجوز ذلك لمن طلب أو قيّم أو وافق.",
  },
  OVERLAPPING_REQUEST: {
    en: "You have a request or a grant for the same data, purpose and time: use it, or have it renewed.",
    ar: "لديكم طلب أو إذن للبيانات والغرض والمدة نفسها: استخدموه أو اطلبوا تجديده.",
  },
  SIGNATURE_INVALID: {
    en: "This is no signature by a registered key of your agency: register the key, and sign the document as it is.",
    ar: "هذا ليس توقيعاً بمفتاح مسجل لجهتكم: سجلوا المفتاح ووقعوا الوثيقة كما هي.",
  },
  SIGNATURE_REPLAYED: {
    en: "This signature belongs to another document or was used before: sign the present one.",
    ar: "هذا التوقيع يعود إلى وثيقة أخرى أو سبق استخدامه: وقعوا الوثيقة الحالية.",
  },
  GRANT_FOREIGN: { en: "Your agency has no such grant.", ar: "ليس لدى جهتكم إذن كهذا." },
  GRANT_NOT_STARTED: { en: "The grant begins later.", ar: "يبدأ الإذن لاحقاً." },
  GRANT_EXPIRED: {
    en: "The grant has expired: ask the publisher to renew it.",
    ar: "انتهت مدة الإذن: اطلبوا من الجهة الناشرة تجديده.",
  },
  GRANT_SUSPENDED: {
    en: "The grant is suspended: ask the publisher for the reason.",
    ar: "الإذن معلق: اسألوا الجهة الناشرة عن السبب.",
  },
  GRANT_REVOKED: {
    en: "The grant was revoked: delete what you hold, and request anew.",
    ar: "أُلغي الإذن: احذفوا ما لديكم وقدموا طلباً جديداً.",
  },
  PURPOSE_MISMATCH: {
    en: "The grant is for another purpose: request one for this.",
    ar: "الإذن مخصص لغرض آخر: اطلبوا إذناً لهذا الغرض.",
  },
  FIELD_NOT_GRANTED: {
    en: "A field is not in the grant: ask for the granted ones only.",
    ar: "أحد الحقول غير مشمول بالإذن: اطلبوا الحقول المشمولة فقط.",
  },
  RATE_EXCEEDED: {
    en: "This hour's accesses are used up: wait for the next hour.",
    ar: "استُنفدت مرات الوصول لهذه الساعة: انتظروا الساعة التالية.",
  },
  BUDGET_EXHAUSTED: {
    en: "The privacy budget that is left does not suffice: ask with a smaller epsilon, or repeat an earlier question, which costs nothing.",
    ar: "ميزانية الخصوصية المتبقية لا تكفي: اسألوا بإبسيلون أصغر أو كرروا سؤالاً سابقاً دون تكلفة.",
  },
  CONSENT_WITHDRAWN: {
    en: "A person has withdrawn consent meanwhile: ask again.",
    ar: "سحب أحد الأشخاص موافقته في هذه الأثناء: أعيدوا المحاولة.",
  },
};
