/** What is no representation is an error or null, never a crash: a wrong `__typename`, none, no key, no object. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe } from "../subject.ts";

export const entitiesMalformed: Check = {
  name: "entities-malformed",
  rule: "A representation of an unknown type, without type or key, or that is no object, gets a GraphQL error or null.",
  async run({ entities, askEntities }) {
    const [entity] = entities;
    if (!entity) return skipped("the SDL has no entity that is resolved here");
    const wrongs: readonly unknown[] = [
      { ...entity.known[0], __typename: "NoSuchType" },
      { ...entity.known[0], __typename: undefined },
      "not an object",
      null,
    ];
    for (const wrong of wrongs) {
      const answer = await askEntities(entity, [wrong], { selection: entity.keyFields });
      const { status, json } = answer;
      const data = json?.data?.["_entities"];
      const hasEntity = Array.isArray(data) && data.some((one) => one !== null);
      if (status < 500 && !hasEntity) continue;
      return failed(
        `${JSON.stringify(wrong)} got ${describe(answer)}`,
        "Check `__typename` and the key of each representation, and answer an entry in `errors`, or null.",
      );
    }
    return passed(`${wrongs.length} kinds, and none was answered with an entity or a 5xx`);
  },
};
