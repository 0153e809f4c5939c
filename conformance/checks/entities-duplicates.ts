/** The same key twice in a batch is answered twice: a query by `in (…)` alone gives it once. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe, entitiesOf, isAnswerTo } from "../subject.ts";

export const entitiesDuplicates: Check = {
  name: "entities-duplicates",
  rule: "A representation that comes twice is answered twice.",
  async run({ entities, askEntities }) {
    const sampled = entities.filter(({ known }) => known.length > 0);
    if (sampled.length === 0) return skipped("no entity has a sample key");
    for (const entity of sampled) {
      const [first] = entity.known;
      const sent = [first, first, first];
      const answer = await askEntities(entity, sent, { selection: entity.keyFields });
      const list = entitiesOf(answer);
      if (list?.length === 3 && first && list.every((one) => isAnswerTo(first, one))) continue;
      const got = list ? JSON.stringify(list).slice(0, 200) : describe(answer);
      return failed(
        `three times ${JSON.stringify(first)} got ${got}`,
        "Answer each representation by itself: load rows once, then go through all representations.",
      );
    }
    return passed(sampled.map(({ type }) => type).join(", "));
  },
};
