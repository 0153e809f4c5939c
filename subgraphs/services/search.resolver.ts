/** Searching the catalogue, and suggestions as one types. */
import { Arg, Args, Ctx, Directive, Int, Query, Resolver } from "type-graphql";
import { readPage, type SortKey, toConnection } from "../kit/pagination.ts";
import { toAgency } from "./agency.ts";
import { searchIndexOf } from "./catalogue-search.ts";
import { toCategory } from "./category.ts";
import type { ServicesContext } from "./context.ts";
import { LifeEvent, toLifeEvent } from "./life-event.ts";
import { listLifeEvents } from "./life-event.store.ts";
import { loadExisting, type Loaders } from "./loaders.ts";
import { type SearchHighlight, SearchLanguage, ServiceHit, ServiceSearch } from "./search.ts";
import { countFacet, type Facet, type FacetCount, filterHits } from "./search-facets.rules.ts";
import { SearchServicesArguments, toSearchMatch } from "./search-filter.ts";
import { rangesOf } from "./search-highlight.rules.ts";
import type { Hit } from "./search-index.ts";
import { toService } from "./service.ts";
import type { ServiceTable } from "./tables.ts";
import { readSearchText } from "./text.rules.ts";

type Language = SearchLanguage | null | undefined;

const suggestionLimit = 20;

function highlightsOf(row: ServiceTable, hit: Hit, language: Language): SearchHighlight[] {
  const texts = [
    { field: "NAME", language: "EN", text: row.name_en },
    { field: "NAME", language: "AR", text: row.name_ar },
    { field: "SUMMARY", language: "EN", text: row.summary_en },
    { field: "SUMMARY", language: "AR", text: row.summary_ar },
  ] as const;
  return texts
    .filter((one) => language == null || one.language === language)
    .map((one) => ({ ...one, ranges: rangesOf(one.text, hit.terms) }))
    .filter(({ ranges }) => ranges.length > 0);
}

function toServiceHit(hit: Hit, loaders: Loaders, language: Language): ServiceHit {
  const row = () => loadExisting(loaders.service, hit.entry.id);
  return Object.assign(new ServiceHit(), {
    load: async () => toService(await row()),
    mark: async () => highlightsOf(await row(), hit, language),
  });
}

/** A list's keys are falling scores, then rising ids. */
const isBehind = ({ score, entry }: Hit, after: readonly SortKey[]): boolean => {
  const [lastScore, lastId] = after as readonly [number, string];
  return score < lastScore || (score === lastScore && entry.id > lastId);
};

@Resolver()
export class SearchResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => ServiceSearch, {
    nullable: true,
    description:
      "Services that a query means, best first, with counts to narrow it down. It forgives typing errors, and finds words by their beginning, their plural and their synonyms.",
  })
  async searchServices(
    @Args(() => SearchServicesArguments) given: SearchServicesArguments,
    @Ctx() { db, loaders }: ServicesContext,
  ): Promise<ServiceSearch> {
    const page = readPage(given, ["number", "string"]);
    const match = toSearchMatch(given.filter);
    const query = readSearchText(given.query, "query") ?? "";
    const found = (await searchIndexOf(db)).search(query);
    const hits = filterHits(found, match);
    const { after } = page;
    const rest = after === undefined ? hits : hits.filter((hit) => isBehind(hit, after));
    const count = (facet: Facet): readonly FacetCount[] => countFacet(found, match, facet);
    return Object.assign(new ServiceSearch(), {
      hits: toConnection({
        rows: rest.slice(0, page.limit + 1),
        page,
        keysOf: ({ score, entry }) => [score, entry.id],
        toNode: (hit) => toServiceHit(hit, loaders, given.language),
        count: async () => hits.length,
      }),
      countCategories: () =>
        Promise.all(
          count("categories").map(async ({ value, count: services }) => ({
            category: toCategory(await loadExisting(loaders.category, value)),
            count: services,
          })),
        ),
      countAgencies: () =>
        count("agencies").map((one) => ({
          agency: toAgency(one.value, loaders),
          count: one.count,
        })),
      countLifeEvents: () =>
        Promise.all(
          count("lifeEvents").map(async ({ value, count: services }) => ({
            lifeEvent: toLifeEvent(await loadExisting(loaders.lifeEvent, value)),
            count: services,
          })),
        ),
      countChannels: () =>
        count("channels").map((one) => ({ channel: one.value, count: one.count })),
      countAudiences: () =>
        count("audiences").map((one) => ({ audience: one.value, count: one.count })),
    });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [ServiceHit], {
    nullable: true,
    description:
      "Services while somebody types: those with all the words in name, keywords or agency, the last one perhaps not finished. None for a query without a letter or digit.",
  })
  async suggestServices(
    @Arg("query", () => String, { description: "What is typed so far, at most 100 characters." })
    given: string,
    @Arg("language", () => SearchLanguage, {
      nullable: true,
      description: "Highlights in this language only; in both when left out. It does not restrict.",
    })
    language: Language,
    @Arg("first", () => Int, {
      defaultValue: 5,
      description: `How many, from 0 to ${suggestionLimit}; more are not given.`,
    })
    first: number,
    @Ctx() { db, loaders }: ServicesContext,
  ): Promise<ServiceHit[]> {
    const { limit } = readPage({ first }, []);
    const hits = (await searchIndexOf(db)).suggest(readSearchText(given, "query") ?? "");
    return hits
      .slice(0, Math.min(limit, suggestionLimit))
      .map((hit) => toServiceHit(hit, loaders, language));
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [LifeEvent], {
    nullable: true,
    description: "The life events by which services are grouped, in their order.",
  })
  async lifeEvents(@Ctx() { db }: ServicesContext): Promise<LifeEvent[]> {
    return (await listLifeEvents(db)).map(toLifeEvent);
  }
}
