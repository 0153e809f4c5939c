/**
 * Opening hours as data: rules as opening-hours-text.rules.ts reads them, and which spans they give a
 * day. As OpenStreetMap's grammar has it, the last rule that fits a day decides it alone, and a span
 * belongs to the day on which it begins, also where it ends past midnight.
 */

/** Minutes of a day; `to` at or before `from` is on the next day, 1440 is midnight at the end. */
export type DaySpan = { readonly from: number; readonly to: number };

/** `month` is 1 to 12; `day` is null for the whole month. */
export type MonthDay = { readonly month: number; readonly day: number | null };

/** A calendar day of one year. */
export type YearDay = { readonly year: number; readonly month: number; readonly day: number };

export type DateSelector =
  /** Every year, or the years from–to (`to` null: without end), within them all year or some months. */
  | {
      readonly kind: "season";
      readonly years: { readonly from: number; readonly to: number | null } | null;
      readonly months: { readonly from: MonthDay; readonly to: MonthDay } | null;
    }
  /** From one day to another, across a new year. */
  | { readonly kind: "dates"; readonly from: YearDay; readonly to: YearDay };

/** 0 is Monday; `last` before `first` goes round the end of the week. */
export type DayRange = { readonly first: number; readonly last: number };

export type OpeningRule = {
  /** Empty: every date. */
  readonly dates: readonly DateSelector[];
  /** Empty, without `holidays`: every day. */
  readonly days: readonly DayRange[];
  /** `PH`: public holidays, whichever day of the week they are. */
  readonly holidays: boolean;
  /** Empty: closed. */
  readonly spans: readonly DaySpan[];
  readonly comment: string | null;
};

export type OpeningExpression = {
  readonly rules: readonly OpeningRule[];
  /** How it is outside of these hours, for example "by appointment": the text behind `||`. */
  readonly otherwise: string | null;
};

/** What decides which rule fits a day. */
export type DayFacts = {
  readonly year: number;
  /** Month × 100 + day: 1225 is 25 December. */
  readonly monthDay: number;
  /** 0 is Monday. */
  readonly weekday: number;
  /** Whether it is a public holiday. */
  readonly holiday: boolean;
};

/** Years and month-days, each from–to inclusive. */
export type DateBox = {
  readonly years: readonly [from: number, to: number];
  readonly monthDays: readonly [from: number, to: number];
};

export const lastYear = 9_999;
const wholeYear = [101, 1_231] as const;
const firstOf = ({ month, day }: MonthDay): number => month * 100 + (day ?? 1);
const lastOf = ({ month, day }: MonthDay): number => month * 100 + (day ?? 31);

/** A selector as boxes that lie within the year; a range across the new year is two or three of them. */
export function toBoxes(selector: DateSelector): readonly DateBox[] {
  if (selector.kind === "dates") {
    const { from, to } = selector;
    const [first, last] = [firstOf(from), lastOf(to)];
    if (from.year === to.year) return [{ years: [from.year, to.year], monthDays: [first, last] }];
    const between: DateBox = { years: [from.year + 1, to.year - 1], monthDays: wholeYear };
    return [
      { years: [from.year, from.year], monthDays: [first, 1_231] },
      ...(between.years[0] <= between.years[1] ? [between] : []),
      { years: [to.year, to.year], monthDays: [101, last] },
    ];
  }
  const { years, months } = selector;
  const [from, to] = years ? [years.from, years.to ?? lastYear] : [0, lastYear];
  const [first, last] = months ? [firstOf(months.from), lastOf(months.to)] : wholeYear;
  if (first <= last) return [{ years: [from, to], monthDays: [first, last] }];
  return [
    { years: [from, to], monthDays: [first, 1_231] },
    {
      years: years ? [from + 1, Math.min(to + 1, lastYear)] : [0, lastYear],
      monthDays: [101, last],
    },
  ];
}

const within = (value: number, [from, to]: readonly [number, number]): boolean =>
  from <= value && value <= to;

const hasDay = ({ first, last }: DayRange, weekday: number): boolean =>
  first <= last ? within(weekday, [first, last]) : weekday >= first || weekday <= last;

function fits(rule: OpeningRule, day: DayFacts): boolean {
  const dated =
    rule.dates.length === 0 ||
    rule.dates
      .flatMap(toBoxes)
      .some((box) => within(day.year, box.years) && within(day.monthDay, box.monthDays));
  if (!dated) return false;
  if (rule.days.length === 0 && !rule.holidays) return true;
  return (rule.holidays && day.holiday) || rule.days.some((range) => hasDay(range, day.weekday));
}

/** Spans that begin on a day; none when it does not open. */
export const spansOn = ({ rules }: OpeningExpression, day: DayFacts): readonly DaySpan[] =>
  rules.findLast((rule) => fits(rule, day))?.spans ?? [];
