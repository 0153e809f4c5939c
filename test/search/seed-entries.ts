/** The seed's services as the search knows them, without a database. */
import {
  readAgencies,
  readCategories,
  readLifeEvents,
  readServices,
} from "../../subgraphs/services/seed/catalogue.schema.ts";
import type { SearchEntry } from "../../subgraphs/services/search-index.ts";

type Text = { readonly en: string; readonly ar: string };
const both = ({ en, ar }: Text): string => `${en}\n${ar}`;

export async function readSeedEntries(): Promise<readonly SearchEntry[]> {
  const [agencies, categories, lifeEvents, services] = await Promise.all([
    readAgencies(),
    readCategories(),
    readLifeEvents(),
    readServices(),
  ]);
  const nameOf = (list: readonly { id: string; name: Text }[], id: string): string => {
    const one = list.find((item) => item.id === id);
    return one ? both(one.name) : "";
  };
  return services.map((service) => ({
    id: service.id,
    name: both(service.name),
    keywords: service.keywords.join("\n"),
    summary: both(service.summary),
    description: both(service.description),
    agency: nameOf(agencies, service.agency),
    category: nameOf(categories, service.category),
    agencyId: service.agency,
    categoryIds: [service.category],
    lifeEventIds: lifeEvents
      .filter((event) => event.services.includes(service.id))
      .map(({ id }) => id),
    channels: service.channels.map(({ kind }) => kind),
    audiences: service.audiences,
    payable: service.payable,
  }));
}
