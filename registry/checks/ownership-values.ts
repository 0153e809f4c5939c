/**
 * Whose enums, unions and inputs are whose. Composition puts the definitions of all subgraphs together: a
 * value or member that one adds, the graph has; a field of an input, or a value of an enum that is taken in,
 * the graph loses when one subgraph leaves it out.
 */
import { type DocumentNode, Kind, parse, visit } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";
import { askFor, createOwnerOf, hasConsent } from "./owners.ts";
import { namedType } from "./sdl-nodes.ts";

/** Names of values, members or fields, by the enum, union or input that has them. */
type Values = ReadonlyMap<string, { readonly kind: Kind; readonly names: ReadonlySet<string> }>;

function valuesOf(document: DocumentNode): Values {
  const values = new Map<string, { kind: Kind; names: Set<string> }>();
  const add = (type: string, kind: Kind, names: readonly { name: { value: string } }[] = []) => {
    const known = values.get(type) ?? { kind, names: new Set<string>() };
    for (const { name } of names) known.names.add(name.value);
    values.set(type, known);
  };
  for (const node of document.definitions)
    switch (node.kind) {
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        add(node.name.value, Kind.ENUM_TYPE_DEFINITION, node.values);
        break;
      case Kind.UNION_TYPE_DEFINITION:
      case Kind.UNION_TYPE_EXTENSION:
        add(node.name.value, Kind.UNION_TYPE_DEFINITION, node.types);
        break;
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        add(node.name.value, Kind.INPUT_OBJECT_TYPE_DEFINITION, node.fields);
        break;
      default:
    }
  return values;
}

/** What arguments of fields and fields of inputs take; directives are each subgraph's own. */
function takenIn(document: DocumentNode): ReadonlySet<string> {
  const taken = new Set<string>();
  visit(document, {
    DirectiveDefinition: () => false,
    InputValueDefinition({ type }) {
      taken.add(namedType(type));
    },
  });
  return taken;
}

export const checkOwnershipOfValues: Check = (input) => {
  const { subgraph, document, others } = input;
  const foreign = others
    .filter(({ owner }) => owner !== subgraph.owner)
    .map(({ owner, sdl }) => ({ owner, document: parse(sdl) }))
    .map((one) => ({ ...one, values: valuesOf(one.document) }));
  const ownerOf = createOwnerOf(input);
  const isTakenIn = (type: string): boolean =>
    [document, ...foreign.map((one) => one.document)].some((one) => takenIn(one).has(type));
  return [...valuesOf(document)].flatMap(([type, { kind, names }]): readonly Finding[] => {
    const owner = ownerOf(type);
    const theirs = foreign.filter(({ values }) => values.has(type));
    if (owner === undefined || owner === subgraph.owner || theirs.length === 0) return [];
    const known = new Set(theirs.flatMap(({ values }) => [...(values.get(type)?.names ?? [])]));
    const refused = (
      code: "OWNERSHIP_EXTENDS" | "OWNERSHIP_TAKES_OVER",
      name: string,
      message: string,
    ): readonly Finding[] => {
      if (hasConsent(input, owner, type, name)) return [];
      const place = `${type}.${name}`;
      return [finding(code, place, `${place} ${message}`, askFor(input, owner, place))];
    };
    const added = [...names].filter((name) => !known.has(name));
    const left = [...known].filter((name) => !names.has(name));
    const takesAway =
      kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
      (kind === Kind.ENUM_TYPE_DEFINITION && left.length > 0 && isTakenIn(type));
    return [
      // An optional field of an input that only one subgraph has is none of the graph's.
      ...(kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [] : added).flatMap((name) =>
        refused("OWNERSHIP_EXTENDS", name, `adds to what ${owner} defines.`),
      ),
      ...(takesAway ? left : []).flatMap((name) =>
        refused(
          "OWNERSHIP_TAKES_OVER",
          name,
          `is left out here, which takes it away from what ${owner} defines.`,
        ),
      ),
    ];
  });
};
