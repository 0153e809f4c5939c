/** What a refusal tells people, in both languages: what is wrong and how to mend it. */
import type { RequestRefusal } from "./request-step.ts";
import type { Text } from "./tables.ts";

export const requestMessages: Readonly<Record<RequestRefusal, Text>> = {
  NO_SUCH_REQUEST: {
    en: "There is no such request.",
    ar: "لا يوجد طلب كهذا.",
  },
  NO_REQUESTS: {
    en: "This service cannot be requested here. Use one of its other channels.",
    ar: "لا يمكن تقديم طلب لهذه الخدمة هنا. يرجى استخدام إحدى قنواتها الأخرى.",
  },
  TOO_MANY_DRAFTS: {
    en: "You have too many drafts. Send or discard one first.",
    ar: "لديك عدد كبير من المسودات. يرجى إرسال إحداها أو حذفها أولاً.",
  },
  CHANGED_MEANWHILE: {
    en: "The request was changed in the meantime. Look at it as it is now, and decide again.",
    ar: "تغيّر الطلب في هذه الأثناء. يرجى الاطلاع على حالته الآن ثم اتخاذ القرار من جديد.",
  },
  NOT_NOW: {
    en: "This cannot be done with the request as it stands now.",
    ar: "لا يمكن القيام بذلك في الحالة الراهنة للطلب.",
  },
  ANSWERS_WRONG: {
    en: "Some answers have to be mended before this can be sent.",
    ar: "يجب تصحيح بعض الإجابات قبل الإرسال.",
  },
  TOO_MANY_MESSAGES: {
    en: "This request has as many messages as it can have. Call the agency.",
    ar: "بلغ هذا الطلب الحد الأقصى من الرسائل. يرجى الاتصال بالجهة.",
  },
};
