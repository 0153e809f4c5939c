/** What differs from person to person must say so: else the gateway gives one person's answer to another. */
import type { Principal } from "../../platform/principal.ts";
import { type Check, failed, passed, skipped } from "../check.ts";
import { isPublic, maxAgeOf } from "../cache-control.ts";
import type { Exchange } from "../exchange.ts";

const somebody: Principal = { kind: "person", id: "conformance-person", scopes: [], policies: [] };

const dataOf = ({ json }: Exchange): string => JSON.stringify(json?.data ?? null);

export const cachePrivate: Check = {
  name: "cache-private",
  rule: "An answer that depends on who asks is `private` or not kept.",
  async run({ entities, askEntities }) {
    const sampled = entities.filter(({ known }) => known.length > 0);
    if (sampled.length === 0) return skipped("no entity has a sample key");
    for (const entity of sampled) {
      const askers = [undefined, somebody, entity.principal];
      const answers: Exchange[] = [];
      for (const principal of askers) {
        answers.push(await askEntities({ ...entity, principal }, entity.known));
      }
      if (new Set(answers.map(dataOf)).size === 1) continue;
      const kept = answers.find(({ headers }) => {
        const header = headers["cache-control"];
        return isPublic(header) && Number(maxAgeOf(header) ?? 0) > 0;
      });
      if (!kept) continue;
      return failed(
        `${entity.type} differs by who asks, with \`cache-control: ${kept.headers["cache-control"]}\``,
        "Send `private`, or `no-store`, wherever the principal has a part in the answer.",
      );
    }
    return passed(sampled.map(({ type }) => type).join(", "));
  },
};
