/**
 * Twelve bulletins in the manner of spring 2020, written for this project after publicly known
 * events. They are samples: no agency has published or checked these texts. Times are the city's.
 */
import type { BulletinAudience, BulletinTable } from "../tables.ts";

type Given = Pick<
  BulletinTable,
  "id" | "title_en" | "title_ar" | "body_en" | "body_ar" | "severity" | "publisher_id"
> & {
  readonly published: string;
  readonly from?: string;
  readonly until?: string;
  readonly supersedes?: string;
  readonly audience?: BulletinAudience;
};

const inDubai = (time: string): Date => new Date(`${time}:00+04:00`);

function sample(given: Given): BulletinTable {
  const { published, from = published, until, supersedes, audience, ...texts } = given;
  return {
    ...texts,
    published_at: inDubai(published),
    valid_from: inDubai(from),
    valid_until: until === undefined ? null : inDubai(until),
    supersedes_id: supersedes ?? null,
    sample: true,
    audience: audience ?? "EVERYBODY",
    revision: 1,
    revised_at: null,
    withdrawn_at: null,
    withdrawal_en: null,
    withdrawal_ar: null,
  };
}

export const sampleBulletins: readonly BulletinTable[] = [
  sample({
    id: "bul_2020-01-29-first-cases",
    severity: "INFO",
    publisher_id: "mohap",
    published: "2020-01-29T12:00",
    title_en: "First cases of the new coronavirus in the country",
    title_ar: "أولى حالات فيروس كورونا المستجد في الدولة",
    body_en:
      "Members of one family who arrived from abroad are being treated and their condition is stable. Health facilities report new cases to the health authority without delay. Wash your hands often and stay at home when you feel ill.",
    body_ar:
      "يتلقى أفراد أسرة واحدة قدموا من الخارج العلاج وحالتهم مستقرة. وتبلغ المنشآت الصحية الهيئة الصحية بأي حالة جديدة دون تأخير. اغسل يديك باستمرار والزم المنزل إذا شعرت بالمرض.",
  }),
  sample({
    id: "bul_2020-03-03-schools-close",
    audience: "SCHOOLS",
    severity: "ADVISORY",
    publisher_id: "khda",
    published: "2020-03-03T20:00",
    from: "2020-03-08T00:00",
    until: "2020-04-05T00:00",
    title_en: "Schools and universities close for four weeks from 8 March",
    title_ar: "إغلاق المدارس والجامعات أربعة أسابيع اعتباراً من 8 مارس",
    body_en:
      "The spring break is brought forward and pupils go on learning from home afterwards. Buildings and buses are disinfected in the meantime. Your school tells you how distance learning works.",
    body_ar:
      "تم تقديم عطلة الربيع ويواصل الطلبة بعدها التعلم من المنزل. ويجري خلال ذلك تعقيم المباني والحافلات. وتبلغكم مدرستكم بطريقة التعلم عن بُعد.",
  }),
  sample({
    id: "bul_2020-03-05-travel",
    audience: "TRAVELLERS",
    severity: "ADVISORY",
    publisher_id: "dha",
    published: "2020-03-05T14:00",
    title_en: "Avoid travelling abroad",
    title_ar: "تجنبوا السفر إلى الخارج",
    body_en:
      "Avoid journeys abroad that are not necessary. Whoever returns may be examined at the airport and asked to stay at home for 14 days.",
    body_ar:
      "تجنبوا السفر إلى الخارج لغير الضرورة. وقد يخضع العائدون للفحص في المطار ويُطلب منهم البقاء في المنزل 14 يوماً.",
  }),
  sample({
    id: "bul_2020-03-11-keep-distance",
    severity: "INFO",
    publisher_id: "dha",
    published: "2020-03-11T10:00",
    title_en: "How to protect yourself and others",
    title_ar: "كيف تحمي نفسك والآخرين",
    body_en:
      "Wash your hands with soap for at least 20 seconds, cover your mouth when you cough, keep your distance from others and do not shake hands. If you have a fever and a cough, call before you visit a clinic.",
    body_ar:
      "اغسل يديك بالصابون مدة 20 ثانية على الأقل، وغطِّ فمك عند السعال، وحافظ على مسافة بينك وبين الآخرين وتجنب المصافحة. وإذا أصبت بحمى وسعال فاتصل قبل زيارة العيادة.",
  }),
  sample({
    id: "bul_2020-03-19-home-quarantine",
    audience: "TRAVELLERS",
    severity: "WARNING",
    publisher_id: "dha",
    published: "2020-03-19T16:00",
    title_en: "Everyone who arrives from abroad stays at home for 14 days",
    title_ar: "على كل قادم من الخارج البقاء في المنزل 14 يوماً",
    body_en:
      "Stay in a room of your own, let nobody visit you and have food and medicine brought to your door. If you fall ill, call the health authority and do not go out.",
    body_ar:
      "ابقَ في غرفة خاصة بك ولا تستقبل الزوار واطلب إيصال الطعام والدواء إلى باب منزلك. وإذا مرضت فاتصل بهيئة الصحة ولا تغادر المنزل.",
  }),
  sample({
    id: "bul_2020-03-23-shops-close",
    audience: "BUSINESSES",
    severity: "WARNING",
    publisher_id: "dubai-economy",
    published: "2020-03-23T02:00",
    from: "2020-03-25T00:00",
    until: "2020-04-08T00:00",
    title_en: "Shopping centres close for two weeks; pharmacies and food shops stay open",
    title_ar: "إغلاق مراكز التسوق أسبوعين مع استمرار عمل الصيدليات ومتاجر الأغذية",
    body_en:
      "Shopping centres and markets close. Pharmacies and shops that sell food are exempt. Restaurants deliver and do not receive guests.",
    body_ar:
      "تُغلق مراكز التسوق والأسواق، وتُستثنى الصيدليات ومتاجر المواد الغذائية. وتقتصر خدمة المطاعم على التوصيل دون استقبال الزبائن.",
  }),
  sample({
    id: "bul_2020-03-26-sterilisation",
    severity: "WARNING",
    publisher_id: "dha",
    published: "2020-03-26T12:00",
    from: "2020-03-26T20:00",
    until: "2020-03-29T06:00",
    title_en: "Stay at home at night: streets and transport are disinfected",
    title_ar: "الزموا المنازل ليلاً: تعقيم الشوارع ووسائل النقل",
    body_en:
      "From Thursday 20:00 to Sunday 06:00 the national disinfection programme is under way. Go out at night only for food, medicine, a medical emergency, or work in a vital sector.",
    body_ar:
      "يُنفذ برنامج التعقيم الوطني من الخميس الساعة 8 مساءً حتى الأحد الساعة 6 صباحاً. لا تخرجوا ليلاً إلا لشراء الغذاء أو الدواء أو لحالة طبية طارئة أو للعمل في قطاع حيوي.",
  }),
  sample({
    id: "bul_2020-03-28-sterilisation-extended",
    severity: "WARNING",
    publisher_id: "dha",
    published: "2020-03-28T18:00",
    until: "2020-04-05T06:00",
    supersedes: "bul_2020-03-26-sterilisation",
    title_en: "Nightly disinfection is extended to 5 April",
    title_ar: "تمديد التعقيم الليلي حتى 5 أبريل",
    body_en:
      "Every night from 20:00 to 06:00 streets, parks and public transport are disinfected. The same exceptions hold: food, medicine, medical emergencies and vital work.",
    body_ar:
      "تُعقَّم الشوارع والحدائق ووسائل النقل العام كل ليلة من الساعة 8 مساءً حتى 6 صباحاً. وتبقى الاستثناءات نفسها: الغذاء والدواء والحالات الطبية الطارئة والعمل الحيوي.",
  }),
  sample({
    id: "bul_2020-04-04-day-and-night",
    severity: "EMERGENCY",
    publisher_id: "dha",
    published: "2020-04-04T19:00",
    from: "2020-04-04T20:00",
    until: "2020-04-18T20:00",
    supersedes: "bul_2020-03-28-sterilisation-extended",
    title_en: "Stay at home day and night for two weeks",
    title_ar: "الزموا المنازل ليلاً ونهاراً مدة أسبوعين",
    body_en:
      "Disinfection now goes on around the clock. One member of a family may go out for food, medicine or medical care, with mask and gloves. Pharmacies, hospitals and food shops stay open. People in vital sectors may go to work.",
    body_ar:
      "يستمر التعقيم الآن على مدار الساعة. ويُسمح لفرد واحد من الأسرة بالخروج لشراء الغذاء أو الدواء أو لتلقي الرعاية الطبية مع ارتداء الكمامة والقفازات. وتبقى الصيدليات والمستشفيات ومتاجر الأغذية مفتوحة. ويُسمح للعاملين في القطاعات الحيوية بالذهاب إلى عملهم.",
  }),
  sample({
    id: "bul_2020-04-05-transport",
    severity: "WARNING",
    publisher_id: "rta",
    published: "2020-04-05T00:30",
    until: "2020-04-18T20:00",
    title_en: "Metro and tram do not run; buses and taxis do",
    title_ar: "توقف المترو والترام واستمرار الحافلات وسيارات الأجرة",
    body_en:
      "Metro and tram are suspended while movement is restricted. Buses and taxis run for those who have to travel. Sit in the back and leave seats free between passengers.",
    body_ar:
      "يتوقف المترو والترام خلال فترة تقييد الحركة، وتعمل الحافلات وسيارات الأجرة لمن يضطر إلى التنقل. اجلس في المقعد الخلفي واترك مقاعد خالية بين الركاب.",
  }),
  sample({
    id: "bul_2020-04-17-extended",
    severity: "EMERGENCY",
    publisher_id: "dha",
    published: "2020-04-17T21:00",
    from: "2020-04-18T20:00",
    until: "2020-04-24T06:00",
    supersedes: "bul_2020-04-04-day-and-night",
    title_en: "Restrictions of movement are extended by a week",
    title_ar: "تمديد تقييد الحركة أسبوعاً",
    body_en:
      "Keep staying at home; the exceptions remain as they are. Wear a mask whenever you go out. Tests go on in crowded districts.",
    body_ar:
      "استمروا في البقاء في منازلكم، وتبقى الاستثناءات كما هي. ارتدوا الكمامة عند الخروج دائماً. وتستمر الفحوص في المناطق المزدحمة.",
  }),
  sample({
    id: "bul_2020-04-23-easing",
    severity: "ADVISORY",
    publisher_id: "dha",
    published: "2020-04-23T22:00",
    from: "2020-04-24T06:00",
    supersedes: "bul_2020-04-17-extended",
    title_en: "Going out is possible again from 06:00 to 22:00",
    title_ar: "السماح بالخروج من الساعة 6 صباحاً حتى 10 مساءً",
    body_en:
      "From the first day of Ramadan you may go out by day. Wear a mask, keep two metres apart and meet only your closest relatives, at most five people. Shops open with limited numbers of customers. Disinfection goes on from 22:00 to 06:00.",
    body_ar:
      "يُسمح بالخروج نهاراً اعتباراً من أول أيام رمضان. ارتدوا الكمامة وحافظوا على مسافة مترين ولتقتصر اللقاءات على أقرب الأقارب وبحد أقصى خمسة أشخاص. وتفتح المتاجر بأعداد محدودة من الزبائن. ويستمر التعقيم من الساعة 10 مساءً حتى 6 صباحاً.",
  }),
];
