import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countFacet, facets, filterHits } from "../../../subgraphs/services/search-facets.rules.ts";
import { rangesOf } from "../../../subgraphs/services/search-highlight.rules.ts";
import { createSearchIndex } from "../../../subgraphs/services/search-index.ts";
import {
  termsOfQuery,
  termsOfText,
  wordsOf,
} from "../../../subgraphs/services/search-terms.rules.ts";
import { mean, ndcg, readJudgedQueries, recall } from "../../search/scores.ts";
import { readSeedEntries } from "../../search/seed-entries.ts";

const index = createSearchIndex(await readSeedEntries());
const judged = await readJudgedQueries();
const idsOf = (query: string) => index.search(query).map(({ entry }) => entry.id);

describe("the search, judged", () => {
  test("has at least 80 queries, half of them Arabic and a quarter misspelt", () => {
    expect(judged.length).toBeGreaterThanOrEqual(80);
    const arabic = judged.filter(({ language }) => language === "ar").length;
    expect(Math.abs(arabic / judged.length - 0.5)).toBeLessThan(0.05);
    expect(judged.filter(({ misspelt }) => misspelt).length / judged.length).toBeGreaterThan(0.25);
  });

  test.each([
    ["all", () => true, 0.95, 0.97],
    ["Arabic", ({ language }: { language: string }) => language === "ar", 0.95, 0.97],
    ["misspelt", ({ misspelt }: { misspelt: boolean }) => misspelt, 0.93, 0.95],
  ] as const)("keeps its scores for %s queries", (_, choose, leastNdcg, leastRecall) => {
    const scored = judged.filter(choose).map(({ query, grades }) => {
      const ids = idsOf(query);
      return { ndcg: ndcg(grades, ids), recall: recall(grades, ids) };
    });
    expect(mean(scored.map((one) => one.ndcg))).toBeGreaterThan(leastNdcg);
    expect(mean(scored.map((one) => one.recall))).toBeGreaterThan(leastRecall);
  });
});

describe("the terms of a text", () => {
  test.each([
    ["the article", "الصيدلية", "صيدلية"],
    ["wa with the article", "والمخالفات", "مخالفات"],
    ["li with the article", "للمدارس", "المدارس"],
    ["a broken plural", "فواتير", "فاتورة"],
    ["a plural's ending", "تأشيرات", "التأشيرة"],
    ["vowel marks and tatweel", "رُخْصـــة", "رخصه"],
    ["a ligature", "ﻻ", "لا"],
    ["an English plural", "fines", "Fine"],
    ["a plural in -ies", "companies", "company"],
    ["the other spelling", "license", "licence"],
    ["the script", "mulkiya", "ملكية"],
  ])("do not tell apart by %s", (_, one, other) => {
    expect(termsOfQuery(one)).toEqual(termsOfQuery(other));
  });

  test("leave out words that say nothing, unless there are no others", () => {
    expect(termsOfQuery("where is the bus")).toEqual(termsOfQuery("bus"));
    expect(termsOfQuery("how")).toHaveLength(1);
  });

  test("stand where their words do, in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const words = wordsOf(text);
        for (const { terms, start, end } of words) {
          expect(termsOfText(text.slice(start, end))).toEqual(terms);
        }
        const terms = new Set(words.flatMap((word) => word.terms));
        expect(rangesOf(text, terms)).toEqual(words.map(({ start, end }) => ({ start, end })));
      }),
    );
  });
});

describe("a search", () => {
  test("gives the same for any text each time, each service once, best first", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (query) => {
        const hits = index.search(query);
        expect(new Set(hits.map(({ entry }) => entry.id)).size).toBe(hits.length);
        const scores = hits.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((one, other) => other - one));
        expect(idsOf(query)).toEqual(hits.map(({ entry }) => entry.id));
      }),
    );
  });

  test("suggests from two letters on what it will find when the word is finished", () => {
    const suggested = (query: string) => index.suggest(query).map(({ entry }) => entry.id);
    expect(suggested("elec")).toContain("dewa-electricity-bill");
    expect(suggested("صيد")).toContain("dha-open-pharmacies");
    expect(suggested("renew dri")[0]).toBe("rta-renew-driving-licence");
    expect(suggested("?!")).toEqual([]);
  });

  test("counts in each facet what it would give with one value of it chosen", () => {
    const values = facets.map((facet) =>
      fc.subarray(
        countFacet(index.search(""), { chosen: {}, payable: undefined }, facet).map(
          (one) => one.value,
        ),
        { maxLength: 3 },
      ),
    );
    const query = fc.constantFrom("", "fine", "تجديد", "bill", "pay");
    fc.assert(
      fc.property(
        query,
        fc.tuple(...values),
        fc.option(fc.boolean(), { nil: undefined }),
        (text, lists, payable) => {
          const hits = index.search(text);
          const chosen = Object.fromEntries(
            facets.map((facet, place) => [facet, lists[place] ?? []]),
          );
          for (const facet of facets) {
            for (const { value, count } of countFacet(hits, { chosen, payable }, facet)) {
              const narrowed = { chosen: { ...chosen, [facet]: [value] }, payable };
              expect(filterHits(hits, narrowed)).toHaveLength(count);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
