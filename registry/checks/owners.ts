/**
 * Whose a type is: of the agencies that hold it in the live graph, the one whose subgraph was registered
 * first. Who was allowed to add to it holds it too, and is not its owner for that.
 */
import { type DocumentNode, Kind, parse } from "graphql";
import type { CheckInput } from "./input.ts";
import { directivesOf, argumentOf, has, type SdlType, typesOf } from "./sdl-nodes.ts";

/** `id org { id }` → id, org. */
export function keyFieldsOf(type: SdlType): ReadonlySet<string> {
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

/** Whether it answers something of the type, and not only points at it by its key. */
const answersOf = (type: SdlType): boolean => {
  const keys = keyFieldsOf(type);
  return type.fields.some((field) => !keys.has(field.name.value) && !has(field, "external"));
};

const valueKinds: ReadonlySet<Kind> = new Set([
  Kind.ENUM_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
]);

function heldIn(document: DocumentNode): ReadonlySet<string> {
  const values = document.definitions.flatMap((node) =>
    valueKinds.has(node.kind) && "name" in node && node.name ? [node.name.value] : [],
  );
  return new Set([
    ...values,
    ...typesOf(document)
      .filter(answersOf)
      .map(({ name }) => name),
  ]);
}

/** Whether `grantedBy` lets the publishing agency do as it likes at a coordinate. */
export const hasConsent = (
  { consents, subgraph }: CheckInput,
  grantedBy: string,
  type: string,
  member?: string,
): boolean =>
  consents.some(
    (consent) =>
      consent.grantedBy === grantedBy &&
      consent.grantedTo === subgraph.owner &&
      (consent.coordinate === type ||
        (member !== undefined && consent.coordinate === `${type}.${member}`)),
  );

/** @returns the agency whose a type is; undefined for what nobody has yet. */
export function createOwnerOf({ liveMembers, consents }: CheckInput) {
  const members = liveMembers.map(({ owner, sdl }) => ({ owner, held: heldIn(parse(sdl)) }));
  return (type: string): string | undefined => {
    const holders = members.filter(({ held }) => held.has(type)).map(({ owner }) => owner);
    const isGuest = (agency: string): boolean =>
      consents.some(
        ({ coordinate, grantedBy, grantedTo }) =>
          grantedTo === agency &&
          grantedBy !== agency &&
          holders.includes(grantedBy) &&
          (coordinate === type || coordinate.startsWith(`${type}.`)),
      );
    return holders.find((agency) => !isGuest(agency)) ?? holders[0];
  };
}

/** How to mend what needs somebody's consent. */
export const askFor = (input: CheckInput, owner: string, coordinate: string): string =>
  `Ask ${owner} to record its consent: POST /consents {"coordinate": "${coordinate}", "grantedTo": "${input.subgraph.owner}"}.`;
