/** Each sample key becomes its entity: the type's name, its key, and every open field without an error. */
import { type Check, failed, passed, skipped } from "../check.ts";
import { describe, entitiesOf, isAnswerTo } from "../subject.ts";

export const entitiesKnown: Check = {
  name: "entities-known",
  rule: "A representation with a known key is answered with its entity: `__typename`, the same key, no error.",
  async run({ entities, askEntities }) {
    if (entities.length === 0) return skipped("the SDL has no entity that is resolved here");
    const bare = entities.filter(({ known }) => known.length === 0).map(({ type }) => type);
    if (bare.length > 0) {
      const example = `${bare[0]}: { known: [{ id: … }, { id: … }] }`;
      return failed(
        `no sample key of ${bare.join(", ")}`,
        `Give some by --keys FILE, in YAML: \`${example}\`.`,
      );
    }
    for (const entity of entities) {
      const answer = await askEntities(entity, entity.known);
      const list = entitiesOf(answer);
      if (!list || answer.json?.errors !== undefined) {
        return failed(
          `${entity.type}: ${describe(answer)}`,
          "Answer known keys without errors; fields that not everybody may see are marked so in the SDL.",
        );
      }
      const wrong = entity.known.findIndex((key, index) => !isAnswerTo(key, list[index]));
      if (wrong >= 0) {
        return failed(
          `${JSON.stringify(entity.known[wrong])} got ${JSON.stringify(list[wrong])?.slice(0, 200)}`,
          "Answer the entity that has this key, with `__typename` and the key as they were sent; or mend the file of sample keys.",
        );
      }
    }
    return passed(entities.map(({ type, known }) => `${type} ×${known.length}`).join(", "));
  },
};
