/** RFC 9111: what the gateway may keep. An error that is kept is an outage that stays. */
import { type Check, failed, passed } from "../check.ts";
import { maxAgeOf } from "../cache-control.ts";

export const cacheHeaders: Check = {
  name: "cache-headers",
  rule: "`Cache-Control`, where there is one, can be read; an answer with errors is not to be kept.",
  async run({ ask, askEntities, entities }) {
    const sampled = entities.filter(({ known }) => known.length > 0);
    const seen: string[] = [];
    for (const entity of sampled) {
      const { headers } = await askEntities(entity, entity.known);
      const header = headers["cache-control"];
      const maxAge = maxAgeOf(header);
      if (maxAge === "unreadable") {
        return failed(
          `${entity.type}: \`cache-control: ${header}\``,
          "Write directives as RFC 9111 does: `max-age=60, public`, `private`, `no-store`.",
        );
      }
      seen.push(`${entity.type} ${maxAge === undefined ? "not kept" : `${maxAge} s`}`);
    }
    const wrong = await ask({ query: "{ noSuchField }" });
    const keptFor = maxAgeOf(wrong.headers["cache-control"]);
    if (typeof keptFor === "number" && keptFor > 0) {
      return failed(
        `an error may be kept for ${keptFor} s`,
        "Send `cache-control: no-store` (or none) with every answer that has errors.",
      );
    }
    return passed(seen.join(", ") || "nothing is kept");
  },
};
