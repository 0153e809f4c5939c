/** What people are told about a change of their consents, in both languages. Pure. */
import type { ConsentOutcome } from "./change-consent.ts";
import type { Text } from "./tables.ts";

export const consentMessages: Readonly<Record<ConsentOutcome["kind"], Text>> = {
  GRANTED: {
    en: "You have given your consent. You can withdraw it at any time.",
    ar: "تم تسجيل موافقتكم، ويمكنكم سحبها في أي وقت.",
  },
  WITHDRAWN: {
    en: "You have withdrawn your consent.",
    ar: "تم سحب موافقتكم.",
  },
  ALREADY_GRANTED: {
    en: "You have given this consent already. To change its fields or its end, withdraw it first.",
    ar: "سبق أن منحتم هذه الموافقة. لتغيير حقولها أو تاريخ انتهائها اسحبوها أولًا.",
  },
  ALREADY_WITHDRAWN: {
    en: "You have withdrawn this consent already. Nothing was changed.",
    ar: "سبق أن سحبتم هذه الموافقة، ولم يتغير شيء.",
  },
  EXPIRED: {
    en: "This consent has ended by itself. There is nothing to withdraw.",
    ar: "انتهت هذه الموافقة من تلقاء نفسها، ولا يوجد ما يُسحب.",
  },
  NOT_FOUND: {
    en: "You have no consent under this number.",
    ar: "لا توجد لديكم موافقة تحت هذا الرقم.",
  },
};
