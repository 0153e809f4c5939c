/**
 * The catalogue's search index, in memory: what services say → those that a query means, best first.
 * MiniSearch ranks (BM25+ by field), allows for typing errors and finds beginnings of words; which
 * words count as one is ours (search-terms.rules.ts). docs/search.md says how it was chosen and measured.
 */
import MiniSearch from "minisearch";
import { isMeaning, termsOfQuery, termsOfText } from "./search-terms.rules.ts";
import type { Audience, ChannelKind } from "./tables.ts";

/** A service as the search knows it; texts of both languages side by side. */
export type SearchEntry = {
  readonly id: string;
  readonly name: string;
  readonly keywords: string;
  readonly summary: string;
  readonly description: string;
  readonly agency: string;
  readonly category: string;
  readonly agencyId: string;
  readonly categoryIds: readonly string[];
  readonly lifeEventIds: readonly string[];
  readonly channels: readonly ChannelKind[];
  readonly audiences: readonly Audience[];
  readonly payable: boolean;
};

export type Hit = {
  readonly entry: SearchEntry;
  /** The higher the better; comparable within one query only. Zero when nothing was asked. */
  readonly score: number;
  /** Terms of the entry that the query met. */
  readonly terms: ReadonlySet<string>;
};

export type SearchIndex = {
  /** Best first, then by id. A query without a word in it gives all entries, by id. */
  readonly search: (query: string) => readonly Hit[];
  /** The same for a query that is being typed: all its words must be in name, keywords or agency. */
  readonly suggest: (query: string) => readonly Hit[];
};

const fieldWeights = {
  name: 5,
  keywords: 4,
  summary: 2,
  agency: 2,
  category: 1.5,
  description: 1,
} as const;

/** How many letters may be wrong: none in short words, which would be other words. */
function wrongLetters(term: string): number | false {
  if (isMeaning(term) || term.length < 4 || /\d/.test(term)) return false;
  return term.length < 7 ? 1 : 2;
}

/** Somebody may still be typing the last word. */
const mayGoOn = (term: string, index: number, terms: readonly string[]): boolean =>
  index === terms.length - 1 && term.length >= 2 && !isMeaning(term);

const noTerms: ReadonlySet<string> = new Set();

const byScoreAndId = (one: Hit, other: Hit): number =>
  other.score - one.score || (one.entry.id < other.entry.id ? -1 : 1);

export function createSearchIndex(entries: readonly SearchEntry[]): SearchIndex {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const all = entries.map((entry): Hit => ({ entry, score: 0, terms: noTerms })).sort(byScoreAndId);
  const index = new MiniSearch<SearchEntry>({
    fields: Object.keys(fieldWeights),
    tokenize: termsOfText,
    processTerm: (term) => term,
    searchOptions: {
      tokenize: termsOfQuery,
      boost: fieldWeights,
      fuzzy: wrongLetters,
      prefix: mayGoOn,
      weights: { fuzzy: 0.45, prefix: 0.375 },
    },
  });
  index.addAll(entries);

  /** Of many words, a service that meets fewer than half as many as the best one is no answer. */
  function hitsOf(query: string, options: Parameters<typeof index.search>[1]): readonly Hit[] {
    const found = index.search(query, options);
    const most = Math.max(0, ...found.map(({ queryTerms }) => queryTerms.length));
    return found
      .filter(({ queryTerms }) => queryTerms.length * 2 >= most)
      .flatMap(({ id, score, terms }) => {
        const entry = byId.get(String(id));
        return entry ? [{ entry, score, terms: new Set(terms) }] : [];
      })
      .sort(byScoreAndId);
  }

  return {
    search: (query) => (termsOfQuery(query).length === 0 ? all : hitsOf(query, {})),
    suggest: (query) =>
      termsOfQuery(query).length === 0
        ? []
        : hitsOf(query, { combineWith: "AND", fields: ["name", "keywords", "agency"] }),
  };
}
