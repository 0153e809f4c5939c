/**
 * What belongs to a person says which personal data it is and what for (docs/personal-data.md): types
 * reached from Person or from a field at the root that only somebody signed in may ask.
 */
import { Kind } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";
import { argumentOf, directivesOf, has, namedType, type SdlType, typesOf } from "./sdl-nodes.ts";

const isPrivate = (node: Parameters<typeof has>[0]): boolean =>
  has(node, "authenticated") ||
  has(node, "requiresScopes") ||
  directivesOf(node, "cacheControl").some((one) => argumentOf(one, "scope") === "PRIVATE");

const isStub = (type: SdlType): boolean =>
  directivesOf(type, "key").some((key) =>
    key.arguments?.some(
      ({ name, value }) =>
        name.value === "resolvable" && value.kind === Kind.BOOLEAN && !value.value,
    ),
  );

/** Pages hold records and are none themselves. */
const isPage = (type: SdlType): boolean => /(Connection|Edge|PageInfo)$/.test(type.name);

const isClassified = (type: SdlType): boolean =>
  has(type, "personalData") || type.fields.some((field) => has(field, "personalData"));

export const checkPersonalData: Check = ({ document }) => {
  const types = new Map(typesOf(document).map((type) => [type.name, type]));
  const found: Finding[] = [];
  const seen = new Set<string>();
  function follow(name: string): void {
    const type = types.get(name);
    if (!type || seen.has(name) || isStub(type) || name === "Person") return;
    seen.add(name);
    // A value (an amount, a text in two languages) is classified by the record that holds it.
    if (!has(type, "key") && !isPage(type)) return;
    if (isPage(type)) for (const field of type.fields) follow(namedType(field.type));
    else if (!isClassified(type))
      found.push(
        finding(
          "PERSONAL_DATA_UNCLASSIFIED",
          name,
          `${name} belongs to a person, and nothing in it says which personal data it is.`,
          "Write @personalData(category: …, purpose: …) on the type or on its fields: docs/personal-data.md.",
        ),
      );
  }
  for (const { name, fields } of types.values())
    for (const field of fields)
      if (name === "Person" || (name === "Query" && isPrivate(field)))
        follow(namedType(field.type));
  return found;
};
