/**
 * Filters of a search and the counts beside them: a facet's counts obey the query and all other
 * filters, and not the facet's own, so that they tell what choosing one more of its values would bring.
 */
import type { Hit, SearchEntry } from "./search-index.ts";

/** How an entry is sorted by each facet. */
const valuesOf = {
  categories: ({ categoryIds }: SearchEntry): readonly string[] => categoryIds,
  agencies: ({ agencyId }: SearchEntry): readonly string[] => [agencyId],
  lifeEvents: ({ lifeEventIds }: SearchEntry): readonly string[] => lifeEventIds,
  channels: ({ channels }: SearchEntry): readonly string[] => channels,
  audiences: ({ audiences }: SearchEntry): readonly string[] => audiences,
};

export type Facet = keyof typeof valuesOf;
export const facets = Object.keys(valuesOf) as Facet[];

/** Per facet the values of which an entry must have one; a facet without any does not restrict. */
export type SearchMatch = {
  readonly chosen: Readonly<Partial<Record<Facet, readonly string[]>>>;
  readonly payable: boolean | undefined;
};

export type FacetCount = { readonly value: string; readonly count: number };

function meets(entry: SearchEntry, { chosen, payable }: SearchMatch, except?: Facet): boolean {
  if (payable !== undefined && entry.payable !== payable) return false;
  return facets.every((facet) => {
    const wanted = chosen[facet] ?? [];
    if (facet === except || wanted.length === 0) return true;
    return valuesOf[facet](entry).some((value) => wanted.includes(value));
  });
}

export const filterHits = (hits: readonly Hit[], match: SearchMatch): readonly Hit[] =>
  hits.filter(({ entry }) => meets(entry, match));

/** The values that some hit has, the most frequent first, then by value. */
export function countFacet(
  hits: readonly Hit[],
  match: SearchMatch,
  facet: Facet,
): readonly FacetCount[] {
  const counts = new Map<string, number>();
  for (const { entry } of hits) {
    if (!meets(entry, match, facet)) continue;
    for (const value of new Set(valuesOf[facet](entry))) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}
