/**
 * Where a text has what a search met: ranges, never marked-up text, so that nothing of the catalogue is
 * ever taken for HTML. They count UTF-16 code units, as JavaScript, Swift's NSRange and Java do.
 */
import { wordsOf } from "./search-terms.rules.ts";

export type Range = { readonly start: number; readonly end: number };

/** Whole words, in their order. */
export const rangesOf = (text: string, terms: ReadonlySet<string>): readonly Range[] =>
  wordsOf(text)
    .filter((word) => word.terms.some((term) => terms.has(term)))
    .map(({ start, end }) => ({ start, end }));
