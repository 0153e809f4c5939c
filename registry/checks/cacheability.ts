/** Every field of Query says for how long its answer may be kept, itself or by its type; 0 is an answer too. */
import { finding } from "../findings.ts";
import type { Check } from "./input.ts";
import { has, namedType, typesOf } from "./sdl-nodes.ts";

export const checkCacheability: Check = ({ document }) => {
  const types = new Map(typesOf(document).map((type) => [type.name, type]));
  return (types.get("Query")?.fields ?? [])
    .filter((field) => {
      const type = types.get(namedType(field.type));
      return !has(field, "cacheControl") && !(type && has(type, "cacheControl"));
    })
    .map((field) => {
      const place = `Query.${field.name.value}`;
      return finding(
        "CACHEABILITY_UNDECLARED",
        place,
        `${place} does not say for how long its answer may be kept.`,
        "Write @cacheControl(maxAge: 60), or @cacheControl(maxAge: 0, scope: PRIVATE) for what is a person's.",
      );
    });
};
