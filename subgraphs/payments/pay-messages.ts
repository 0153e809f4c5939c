/** What people are told about an attempt to pay, in both languages. Pure. */
import { formatMoney } from "../kit/money.ts";
import type { Text } from "./charge-line.rules.ts";
import type { FeeRefusal } from "./charge-fee.ts";
import type { PumpProblem } from "./fuel.ts";
import type { ReportRefusal } from "./fuel-report.ts";
import type { NotPayableReason } from "./payment.rules.ts";

export const paymentMade = (amount: bigint, currency: string): Text => {
  const { en, ar } = formatMoney(amount, currency);
  return { en: `Paid: ${en}.`, ar: `تم دفع ${ar} بنجاح.` };
};

export const paymentStarted: Text = {
  en: "The payment has begun. Follow it until it is finished.",
  ar: "بدأت عملية الدفع. تابعها حتى تنتهي.",
};

export const paymentUnderWay: Text = {
  en: "A payment of this is under way. Nothing was taken again.",
  ar: "هناك عملية دفع جارية لهذا المبلغ، ولم يُخصم أي مبلغ مرة أخرى.",
};

export const alreadyPaid: Text = {
  en: "This is paid already. Nothing was taken again.",
  ar: "تم الدفع من قبل، ولم يُخصم أي مبلغ مرة أخرى.",
};

export const amountChanged = (current: bigint, currency: string): Text => {
  const { en, ar } = formatMoney(current, currency);
  return {
    en: `The amount has changed: ${en} is due now. Nothing was paid.`,
    ar: `تغيّر المبلغ: المستحق الآن ${ar}، ولم يُدفع شيء.`,
  };
};

export const insufficientBalance = (missing: bigint, currency: string): Text => {
  const { en, ar } = formatMoney(missing, currency);
  return {
    en: `The wallet lacks ${en}. Nothing was paid.`,
    ar: `ينقص المحفظة ${ar}، ولم يُدفع شيء.`,
  };
};

export const notPayable: Readonly<Record<NotPayableReason, Text>> = {
  UNKNOWN: {
    en: "There is nothing under this number for you to pay.",
    ar: "لا يوجد تحت هذا الرقم ما يمكنك دفعه.",
  },
  VOID: {
    en: "This was withdrawn: nothing is to be paid.",
    ar: "تم إلغاء هذه المطالبة، ولا يلزم دفع شيء.",
  },
  NOTHING_DUE: {
    en: "Nothing is due on this.",
    ar: "لا يوجد مبلغ مستحق.",
  },
  IN_INSTALMENTS: {
    en: "This is paid in instalments. Pay them one by one.",
    ar: "تُسدد هذه الفاتورة على أقساط. ادفع كل قسط على حدة.",
  },
  NO_INSTALMENTS: {
    en: "This cannot be paid in so many instalments. Pay it in full, or choose fewer.",
    ar: "لا يمكن تقسيط هذا المبلغ على هذا العدد. ادفعه كاملاً أو اختر عدداً أقل.",
  },
};

export const pumpUnavailable: Readonly<Record<PumpProblem, Text>> = {
  NO_SUCH_PUMP: {
    en: "There is no such pump. Look at the number that is painted on it.",
    ar: "لا توجد مضخة بهذا الرقم. تحقق من الرقم المكتوب عليها.",
  },
  NO_SUCH_GRADE: {
    en: "This pump does not give this grade. Choose another.",
    ar: "لا تتوفر هذه الفئة في هذه المضخة. اختر غيرها.",
  },
  IN_USE: {
    en: "Somebody else is using this pump. Choose another, or wait.",
    ar: "هذه المضخة قيد الاستخدام. اختر غيرها أو انتظر.",
  },
};

export const reportRefused: Readonly<Record<ReportRefusal, Text>> = {
  NO_SUCH_SESSION: { en: "There is no such session.", ar: "لا توجد عملية بهذا الرقم." },
  NOT_AUTHORISED: {
    en: "The limit is not held: not yet, or not any more. Nothing was taken.",
    ar: "الحد غير محجوز حالياً، ولم يُخصم شيء.",
  },
  ALREADY_REPORTED: {
    en: "Another amount was reported before, and that one stands.",
    ar: "تم الإبلاغ عن كمية أخرى من قبل، وهي المعتمدة.",
  },
  OVER_LIMIT: {
    en: "This costs more than the limit. Nothing was taken.",
    ar: "تتجاوز القيمة الحد المسموح، ولم يُخصم شيء.",
  },
};

export const feeRefused: Readonly<Record<FeeRefusal, Text>> = {
  NO_SUCH_PAYABLE: {
    en: "There is no such kind of fee of this agency.",
    ar: "لا يوجد نوع رسوم بهذا الرقم لهذه الجهة.",
  },
  REFERENCE_REUSED: {
    en: "Another fee was charged under this reference. Use a reference once.",
    ar: "سبق استخدام هذا المرجع لرسم آخر. استخدم كل مرجع مرة واحدة.",
  },
  NO_SUCH_FEE: {
    en: "There is no such fee of this agency.",
    ar: "لا يوجد رسم بهذا الرقم لهذه الجهة.",
  },
  NOT_OPEN: {
    en: "The fee is paid or being paid: refund it instead.",
    ar: "الرسم مدفوع أو قيد الدفع، فاطلب رده بدلاً من ذلك.",
  },
};
