/** A key that nobody has is no error: null in its place, so that the rest of the answer stands. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe, entitiesOf } from "../subject.ts";

export const entitiesUnknown: Check = {
  name: "entities-unknown",
  rule: "A representation with an unknown key is answered with null, without an error.",
  async run({ entities, askEntities }) {
    const own = entities.filter(({ unknown }) => unknown !== undefined);
    if (own.length === 0) return skipped("there is no entity whose key can be unknown");
    for (const entity of own) {
      const answer = await askEntities(entity, [entity.unknown]);
      const list = entitiesOf(answer);
      if (list?.length === 1 && list[0] === null && answer.json?.errors === undefined) continue;
      const got = list ? JSON.stringify(answer.json).slice(0, 200) : describe(answer);
      return failed(
        `${JSON.stringify(entity.unknown)} got ${got}`,
        `Answer null, and no error. If every key of ${entity.type} is answered because the type is another agency's, say so in the file of sample keys: \`unknown: answered\`.`,
      );
    }
    return passed(`null for ${own.map(({ type }) => type).join(", ")}`);
  },
};
