/**
 * Directives that hide an element or let fewer ask it hold for the whole graph, whichever subgraph writes
 * them: on what is another agency's they need its recorded consent.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, print } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";
import { askFor, createOwnerOf, hasConsent } from "./owners.ts";
import { type Directed, directivesOf, rootTypes } from "./sdl-nodes.ts";

const restricting = ["inaccessible", "tag", "authenticated", "requiresScopes", "policy"] as const;

/** By coordinate: `Type`, `Type.member`, `Type.member.argument`. */
type Elements = ReadonlyMap<string, readonly ConstDirectiveNode[]>;
type Named = Directed & { readonly name: { readonly value: string } };

const listOf = (node: object, key: string): readonly Named[] =>
  ((node as Record<string, unknown>)[key] as readonly Named[] | undefined) ?? [];

function elementsOf(document: DocumentNode): Elements {
  const elements = new Map<string, ConstDirectiveNode[]>();
  const add = (coordinate: string, { directives = [] }: Directed): void => {
    elements.set(coordinate, [...(elements.get(coordinate) ?? []), ...directives]);
  };
  for (const node of document.definitions) {
    if (!("name" in node) || !node.name || node.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const type = node.name.value;
    add(type, node as Directed);
    for (const member of [...listOf(node, "fields"), ...listOf(node, "values")]) {
      const coordinate = `${type}.${member.name.value}`;
      add(coordinate, member);
      for (const argument of listOf(member, "arguments"))
        add(`${coordinate}.${argument.name.value}`, argument);
    }
  }
  return elements;
}

const restrictionsOf = (directives: readonly ConstDirectiveNode[]): readonly string[] =>
  restricting.flatMap((name) =>
    directivesOf({ directives }, name).map((one) => print(one).replace("@federation__", "@")),
  );

export const checkRestrictions: Check = (input) => {
  const { subgraph, document, others } = input;
  const foreign = others
    .filter(({ owner }) => owner !== subgraph.owner)
    .map(({ owner, sdl }) => ({ owner, elements: elementsOf(parse(sdl)) }));
  const ownerOf = createOwnerOf(input);
  return [...elementsOf(document)].flatMap(([place, directives]): readonly Finding[] => {
    const written = restrictionsOf(directives);
    const theirs = foreign.filter(({ elements }) => elements.has(place));
    const [type = "", member] = place.split(".");
    const [first] = theirs;
    if (written.length === 0 || !first) return [];
    const ofType = rootTypes.has(type) ? undefined : ownerOf(type);
    if (ofType === subgraph.owner) return [];
    const owner = theirs.some((one) => one.owner === ofType) && ofType ? ofType : first.owner;
    if (hasConsent(input, owner, type, member)) return [];
    const known = new Set(
      theirs.flatMap(({ elements }) => restrictionsOf(elements.get(place) ?? [])),
    );
    return written
      .filter((one) => !known.has(one))
      .map((one) =>
        finding(
          "OWNERSHIP_RESTRICTS",
          place,
          `${one} on ${place} would hold for everybody, and ${place} is of ${owner}.`,
          `Take it off. ${askFor(input, owner, member === undefined ? type : `${type}.${member}`)}`,
        ),
      );
  });
};
