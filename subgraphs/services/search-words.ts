/**
 * Words that mean the same to somebody who searches: the plurals that Arabic breaks rather than ends,
 * the same word in two scripts or two spellings, and what people say for what an agency writes.
 * Each line is one meaning; a word belongs to one line only. A catalogue's own brands are its keywords.
 */
export const sameMeaning: readonly string[] = [
  "فاتورة فواتير fatoora fatura bill invoice",
  "مخالفة مخالفات غرامة غرامات mukhalafa fine penalty",
  "رخصة رخص ليسن rukhsa licence license",
  "مركبة سيارة سيارات مركبات car vehicle sayara",
  "ملكية mulkiya mulkia",
  "إقامة إقامات iqama residence residency",
  "تأشيرة تأشيرات فيزا فيز visa",
  "طبيب أطباء دكتور دكاترة doctor physician",
  "صيدلية صيدليات pharmacy chemist drugstore",
  "مستشفى مستشفيات hospital",
  "مركز مراكز centre center",
  "موقف مواقف باركنج parking",
  "مدرسة مدارس school",
  "مسجد مساجد جامع mosque masjid",
  "عقد عقود contract",
  "موعد مواعيد appointment",
  "رسم رسوم fee",
  "حافلة حافلات باص باصات bus",
  "طفل أطفال child children kid",
  "شركة شركات منشأة company firm",
  "بطاقة بطاقات card",
  "قضية قضايا lawsuit",
  "تطعيم تطعيمات لقاح لقاحات vaccination vaccine",
  "تبرع تبرعات صدقة donate donation charity",
  "زكاة zakat zakah",
  "وقود بنزين بترول petrol fuel gasoline",
  "أجرة تاكسي taxi cab",
  "ماء مياه مي water",
  "بيت منزل مسكن سكن شقة home house flat apartment",
  "إيجار إيجارات rent rental",
  "تعبئة شحن recharge topup",
  "سداد دفع pay payment",
  "استرداد استرجاع refund",
  "فقدان مفقود ضائع ضايع lost",
  "زوجة زوج أسرة عائلة wife husband spouse family",
  "كورونا كوفيد corona coronavirus covid",
  "تقسيط أقساط قسط instalment installment",
  "صلاة صلوات prayer salah",
];

/** Words that say nothing of what is sought. */
export const saysNothing =
  "a an and at by can do for from get how i in is it me my of on or please the to want what where with في من على إلى عن كيف أين ما هل عند أو و مع أريد لي";
