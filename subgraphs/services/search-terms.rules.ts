/**
 * Text → the terms by which it is found, with where each word stands. Words are compared in the form of
 * text.rules.ts, without the article, conjunction, prepositions and endings that Arabic joins to a
 * word (the "light10" stemmer: Larkey, Ballesteros and Connell, 2007), without the plural's s in English
 * (Harman's "S" stemmer, 1991), and by what they mean (search-words.ts).
 */
import { sameMeaning, saysNothing } from "./search-words.ts";
import { normalizeText } from "./text.rules.ts";

export type Word = {
  /** The word's stem and, where it has a known meaning, that. */
  readonly terms: readonly string[];
  /** UTF-16 code units of the text, the end excluded: as JavaScript's `slice` counts. */
  readonly start: number;
  readonly end: number;
};

const wordPattern = /[\p{L}\p{N}][\p{L}\p{M}\p{N}\u0640\u200c-\u200f]*/gu;
const arabicLetter = /\p{Script=Arabic}/u;

const arabicPrefixes = ["وال", "بال", "كال", "فال", "لل", "ال"];
const arabicSuffixes = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];
const leastLetters = 3;

function withoutArabicPrefix(word: string): string {
  const prefix = arabicPrefixes.find(
    (one) => word.startsWith(one) && word.length - one.length >= leastLetters,
  );
  if (prefix) return word.slice(prefix.length);
  return word.startsWith("و") && word.length > leastLetters + 1 ? word.slice(1) : word;
}

function stemArabic(word: string): string {
  const bare = withoutArabicPrefix(word);
  const suffix = arabicSuffixes.find(
    (one) => bare.endsWith(one) && bare.length - one.length >= leastLetters,
  );
  return suffix ? bare.slice(0, -suffix.length) : bare;
}

function stemEnglish(word: string): string {
  if (word.length <= leastLetters) return word;
  if (/[^ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/[^aeo]es$/.test(word)) return word.slice(0, -1);
  return /[^us]s$/.test(word) ? word.slice(0, -1) : word;
}

const stem = (word: string): string =>
  arabicLetter.test(word) ? stemArabic(word) : stemEnglish(word);

const stemsOf = (words: string): readonly string[] =>
  words.split(" ").map((word) => stem(normalizeText(word)));

/** Stem → the meaning's name; `=` cannot stand in a word, so that no word is taken for a meaning. */
const meanings: ReadonlyMap<string, string> = new Map(
  sameMeaning.flatMap((line) => stemsOf(line).map((one) => [one, `=${stemsOf(line)[0]}`] as const)),
);

const empty: ReadonlySet<string> = new Set(stemsOf(saysNothing));

/** The words of a text, in their order. Nothing of it is left out. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(wordPattern)].map((match) => {
    const [found] = match;
    const one = stem(normalizeText(found));
    const meaning = meanings.get(one);
    return {
      terms: meaning === undefined ? [one] : [one, meaning],
      start: match.index,
      end: match.index + found.length,
    };
  });
}

export const isMeaning = (term: string): boolean => term.startsWith("=");

/** What a text of the catalogue is found by. */
export const termsOfText = (text: string): string[] => wordsOf(text).flatMap(({ terms }) => terms);

/**
 * What a query asks for: a word with a known meaning by its meaning, any other by its stem.
 * Words that say nothing are left out, unless there are no others.
 */
export function termsOfQuery(query: string): string[] {
  const words = wordsOf(query);
  const telling = words.filter(({ terms }) => !empty.has(terms[0] ?? ""));
  return (telling.length > 0 ? telling : words).map(({ terms }) => terms.at(-1) ?? "");
}
