/** What `npm start` prints when everything is ready: one table, a first query, how to go on. */
import type { CityPlan } from "./city-plan.ts";
import { formatTable } from "./table.ts";

const firstQuery = "{ services(first: 3) { totalCount nodes { id name { en ar } } } }";

/** @param unreachable Subgraphs that the gateway cannot reach: those that are run elsewhere may be down. */
export function describeCity(plan: CityPlan, unreachable: readonly string[]): string {
  const rows = [
    ...plan.subgraphs.map(({ name, url, store }) => [name, url, store, "ready"]),
    ...plan.elsewhere.map(({ name, url }) => [
      name,
      url,
      "run elsewhere",
      unreachable.includes(name) ? "unreachable" : "ready",
    ]),
    ...plan.sandbox.map(({ name, url, store }) => [name, url, store, "ready"]),
    [plan.gateway.name, plan.gateway.url, plan.gateway.store, "ready"],
  ];
  return `
${formatTable(["name", "URL", "store", "state"], rows)}

A first query:
  curl ${plan.gateway.url} -H 'content-type: application/json' -d '${JSON.stringify({ query: firstQuery })}'

Sign in as somebody of the seed: send \`authorization: Bearer …\` with the token that this prints:
  npm run -s token -- person

Stop: Ctrl-C
`;
}
