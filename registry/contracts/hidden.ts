/**
 * What a contract hides of a supergraph, by its tags: the rules of Apollo's contracts
 * (apollographql.com/docs/graphos/platform/schema-management/delivery/contracts/reference). Enters: the
 * supergraph's document and the rules. Leaves: coordinates. A type of which everything is hidden is hidden.
 */
import { type DocumentNode, Kind } from "graphql";
import { type IsHidden, type Tagged, tagsOf, typesOf } from "./document.ts";
import { unreachableTypes } from "./unreachable.ts";

export type ContractRules = {
  /** When there are any: only fields and unions with one of these tags are shown. */
  readonly include: readonly string[];
  /** What has one of these tags is hidden, whatever else it has. */
  readonly exclude: readonly string[];
  /** Whether types are hidden that no visible field leads to. */
  readonly hideUnreachable: boolean;
};

const hasInaccessible = ({ directives = [] }: Tagged): boolean =>
  directives.some(({ name }) => name.value === "inaccessible");

export function findHidden(
  document: DocumentNode,
  { include, exclude, hideUnreachable }: ContractRules,
): ReadonlySet<string> {
  const types = typesOf(document);
  // What the subgraphs themselves hide is hidden in every contract, and counts as hidden here.
  const already = new Set<string>();
  const hidden = new Set<string>();
  const judge = (
    coordinate: string,
    node: Tagged,
    inherited: readonly string[],
    isKept: boolean,
  ) => {
    if (hasInaccessible(node)) already.add(coordinate);
    const tags = [...tagsOf(node), ...inherited];
    const isLeftOut = !isKept && include.length > 0 && !tags.some((tag) => include.includes(tag));
    if (isLeftOut || tags.some((tag) => exclude.includes(tag))) hidden.add(coordinate);
  };
  const isHidden: IsHidden = (coordinate) => hidden.has(coordinate) || already.has(coordinate);

  for (const type of types) {
    const name = type.name.value;
    judge(name, type, [], type.kind !== Kind.UNION_TYPE_DEFINITION);
    if (type.kind === Kind.ENUM_TYPE_DEFINITION)
      for (const value of type.values ?? []) judge(`${name}.${value.name.value}`, value, [], true);
    if (!("fields" in type)) continue;
    const isInput = type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION;
    // The tag of a type is one of each of its fields.
    const inherited = isInput ? [] : tagsOf(type);
    for (const field of type.fields ?? []) {
      const coordinate = `${name}.${field.name.value}`;
      judge(coordinate, field, inherited, isInput);
      if (!("arguments" in field)) continue;
      for (const argument of field.arguments ?? [])
        judge(`${coordinate}(${argument.name.value}:)`, argument, [], true);
    }
  }
  for (const type of types) {
    const name = type.name.value;
    const parts =
      "fields" in type ? type.fields : type.kind === Kind.ENUM_TYPE_DEFINITION ? type.values : [];
    if (parts?.length && parts.every((part) => isHidden(`${name}.${part.name.value}`)))
      hidden.add(name);
  }
  if (hideUnreachable) for (const name of unreachableTypes(document, isHidden)) hidden.add(name);
  for (const coordinate of already) hidden.delete(coordinate);
  return hidden;
}
