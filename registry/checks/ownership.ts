/**
 * Whose is what: an agency may point at another's type by its key, and share what the other marks
 * @shareable; to add to it, to answer its fields or to override them, it needs the other's recorded consent.
 */
import { Kind, parse } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check, CheckInput } from "./input.ts";
import { argumentOf, directivesOf, has, rootTypes, type SdlType, typesOf } from "./sdl-nodes.ts";

/** `id org { id }` → id, org. */
function keyFieldsOf(type: SdlType): ReadonlySet<string> {
  const sets = directivesOf(type, "key").map((key) => argumentOf(key, "fields") ?? "");
  return new Set(
    sets.flatMap((fields) => {
      const [operation] = parse(`{ ${fields} }`).definitions;
      return operation?.kind === Kind.OPERATION_DEFINITION
        ? operation.selectionSet.selections.flatMap((one) =>
            one.kind === Kind.FIELD ? [one.name.value] : [],
          )
        : [];
    }),
  );
}

/** Somebody who answers something of it, not only points at it by its key. */
const isHeldBy = (type: SdlType): boolean => {
  const keys = keyFieldsOf(type);
  return type.fields.some((field) => !keys.has(field.name.value) && !has(field, "external"));
};

function hasConsent(
  { consents, subgraph }: CheckInput,
  owner: string,
  type: string,
  field: string,
): boolean {
  return consents.some(
    ({ coordinate, grantedBy, grantedTo }) =>
      grantedBy === owner &&
      grantedTo === subgraph.owner &&
      (coordinate === type || coordinate === `${type}.${field}`),
  );
}

export const checkOwnership: Check = (input) => {
  const { subgraph, document, others } = input;
  const foreign = others
    .filter(({ owner }) => owner !== subgraph.owner)
    .map((other) => ({ other, types: typesOf(parse(other.sdl)) }));
  const found = new Map<string, Finding>();
  for (const type of typesOf(document)) {
    // Keys that others have: a key of one's own making would be a way to add any field.
    const keys = new Set(
      foreign.flatMap(({ types }) =>
        types.filter(({ name }) => name === type.name).flatMap((one) => [...keyFieldsOf(one)]),
      ),
    );
    const isRoot = rootTypes.has(type.name);
    for (const { other, types } of foreign) {
      const theirs = types.find(({ name }) => name === type.name);
      if (!theirs || (!isRoot && !isHeldBy(theirs))) continue;
      for (const field of type.fields) {
        const { value: name } = field.name;
        const place = `${type.name}.${name}`;
        const consent = `Ask ${other.owner} to record its consent: POST /consents {"coordinate": "${place}", "grantedTo": "${subgraph.owner}"}.`;
        if (keys.has(name) || has(field, "external")) continue;
        if (hasConsent(input, other.owner, type.name, name)) continue;
        const their = theirs.fields.find((one) => one.name.value === name);
        if (has(field, "override") && their) {
          found.set(
            place,
            finding(
              "OWNERSHIP_TAKES_OVER",
              place,
              `${place} overrides a field of ${other.owner}.`,
              consent,
            ),
          );
        } else if (
          their &&
          !has(their, "shareable") &&
          !has(theirs, "shareable") &&
          !has(their, "external")
        ) {
          found.set(
            place,
            finding(
              "OWNERSHIP_TAKES_OVER",
              place,
              `${place} is answered by ${other.owner}.`,
              `Mark it @external, or give it another name. ${consent}`,
            ),
          );
        } else if (!their && !isRoot) {
          found.set(
            place,
            finding(
              "OWNERSHIP_EXTENDS",
              place,
              `${place} adds to a type of ${other.owner}.`,
              consent,
            ),
          );
        }
      }
    }
  }
  return [...found.values()];
};
