/** Answers are found by their place: known and unknown keys mixed, and turned round. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe, entitiesOf, isAnswerTo } from "../subject.ts";

export const entitiesOrder: Check = {
  name: "entities-order",
  rule: "Answers come in the order of their representations, with a place for what there is not.",
  async run({ entities, askEntities }) {
    const several = entities.filter(({ known }) => known.length > 1);
    if (several.length === 0) return skipped("no entity has two sample keys");
    for (const entity of several) {
      const { known, unknown, keyFields } = entity;
      const turned = known.toReversed();
      const middle = unknown ? [unknown] : [];
      const sent = [...turned.slice(0, 1), ...middle, ...turned.slice(1)];
      const answer = await askEntities(entity, sent, { selection: keyFields });
      const list = entitiesOf(answer);
      const isRight =
        list?.length === sent.length &&
        sent.every((one, index) => one === unknown || isAnswerTo(one, list[index]));
      if (isRight) continue;
      const got = list ? JSON.stringify(list).slice(0, 300) : describe(answer);
      return failed(
        `${JSON.stringify(sent)} got ${got}`,
        "Put the rows of your database into a map by key, and answer by going through the representations.",
      );
    }
    return passed(several.map(({ type }) => type).join(", "));
  },
};
