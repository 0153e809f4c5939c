/** Batches as the gateway sends them: none at all, and more than anybody would try by hand. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe, entitiesOf } from "../subject.ts";

const largeBatch = 500;

export const entitiesBatch: Check = {
  name: "entities-batch",
  rule: `An empty batch gets an empty list, and one of ${largeBatch} representations ${largeBatch} answers.`,
  async run({ entities, askEntities }) {
    const [entity] = entities.toSorted((a, b) => b.known.length - a.known.length);
    if (!entity) return skipped("the SDL has no entity that is resolved here");
    const one = entity.known[0] ?? entity.unknown ?? { __typename: entity.type };
    const sizes = [0, largeBatch];
    for (const size of sizes) {
      const sent = Array.from(
        { length: size },
        (_, index) => entity.known[index % entity.known.length] ?? one,
      );
      const answer = await askEntities(entity, sent, { selection: entity.keyFields });
      const list = entitiesOf(answer);
      if (list?.length === size) continue;
      return failed(
        `${size} representations got ${list ? `${list.length} answers` : describe(answer)}`,
        "Answer as many as were asked, however many: the gateway puts all keys of a request into one batch.",
      );
    }
    return passed(`0 and ${largeBatch} of ${entity.type}`);
  },
};
