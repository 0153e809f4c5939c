/** Any opening hours of the grammar, in the form that reading their print gives. */
import fc from "fast-check";
import type {
  DateSelector,
  OpeningExpression,
  OpeningRule,
} from "../../../subgraphs/health/opening-expression.rules.ts";

const span = fc
  .record({ from: fc.integer({ min: 0, max: 1_439 }), to: fc.integer({ min: 0, max: 1_440 }) })
  .filter(({ from, to }) => from !== to);
const range = fc.record({
  first: fc.integer({ min: 0, max: 6 }),
  last: fc.integer({ min: 0, max: 6 }),
});
const month = fc.integer({ min: 1, max: 12 });
const dayOfMonth = fc.integer({ min: 1, max: 28 });
const year = fc.integer({ min: 2019, max: 2028 });

const years = fc.tuple(year, fc.option(fc.integer({ min: 0, max: 3 }))).map(([from, more]) => ({
  from,
  to: more === null ? null : from + more,
}));

const months = fc.oneof(
  fc.tuple(month, month).map(([from, to]) => ({
    from: { month: from, day: null },
    to: { month: to, day: null },
  })),
  fc
    .tuple(month, dayOfMonth, month, dayOfMonth)
    // Within one month the end is not before the beginning.
    .filter(([from, first, to, last]) => from !== to || first <= last)
    .map(([from, first, to, last]) => ({
      from: { month: from, day: first },
      to: { month: to, day: last },
    })),
);

const season: fc.Arbitrary<DateSelector> = fc.oneof(
  months.map((one) => ({ kind: "season" as const, years: null, months: one })),
  years.map((one) => ({ kind: "season" as const, years: one, months: null })),
  fc
    .tuple(years, months)
    .map(([some, one]) => ({ kind: "season" as const, years: some, months: one })),
);

const dates: fc.Arbitrary<DateSelector> = fc
  .tuple(year, month, dayOfMonth, fc.integer({ min: 1, max: 2 }), month, dayOfMonth)
  .map(([from, first, firstDay, more, last, lastDay]) => ({
    kind: "dates",
    from: { year: from, month: first, day: firstDay },
    to: { year: from + more, month: last, day: lastDay },
  }));

const comment = fc.option(fc.constantFrom("by appointment", "اتصل أولا", "ring; twice"), {
  freq: 4,
});

const rule: fc.Arbitrary<OpeningRule> = fc.record({
  dates: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.oneof(season, dates), { minLength: 1, maxLength: 2 }) },
  ),
  days: fc.array(range, { maxLength: 2 }),
  holidays: fc.boolean(),
  spans: fc.array(span, { maxLength: 3 }),
  comment,
});

export const openingExpressions: fc.Arbitrary<OpeningExpression> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 5 }),
  otherwise: comment,
});
