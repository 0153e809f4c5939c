/**
 * Types that no visible field leads to, from the root types on: clients could name them, and get none.
 * What a directive's argument takes is no such type: it is part of the directive.
 */
import {
  type DocumentNode,
  Kind,
  type NamedTypeNode,
  type TypeDefinitionNode,
  type TypeNode,
} from "graphql";
import { type IsHidden, rootTypes, typesOf } from "./document.ts";

const named = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);

const namesOf = (types: readonly NamedTypeNode[] = []): readonly string[] =>
  types.map(({ name }) => name.value);

export function unreachableTypes(document: DocumentNode, isHidden: IsHidden): readonly string[] {
  const types = typesOf(document);
  const byName = new Map(types.map((type) => [type.name.value, type]));
  const implementations = new Map<string, string[]>();
  for (const type of types)
    if ("interfaces" in type)
      for (const name of namesOf(type.interfaces))
        implementations.set(name, [...(implementations.get(name) ?? []), type.name.value]);

  /** Where one step from a visible type leads. */
  function* stepsFrom(type: TypeDefinitionNode): Generator<string> {
    const name = type.name.value;
    if (type.kind === Kind.UNION_TYPE_DEFINITION) yield* namesOf(type.types);
    if ("interfaces" in type) yield* namesOf(type.interfaces);
    if (type.kind === Kind.INTERFACE_TYPE_DEFINITION) yield* implementations.get(name) ?? [];
    if (!("fields" in type)) return;
    for (const field of type.fields ?? []) {
      const coordinate = `${name}.${field.name.value}`;
      if (isHidden(coordinate)) continue;
      yield named(field.type);
      if (!("arguments" in field)) continue;
      for (const argument of field.arguments ?? [])
        if (!isHidden(`${coordinate}(${argument.name.value}:)`)) yield named(argument.type);
    }
  }

  const reached = new Set<string>();
  const ofDirectives = document.definitions.flatMap((one) =>
    one.kind === Kind.DIRECTIVE_DEFINITION
      ? (one.arguments ?? []).map(({ type }) => named(type))
      : [],
  );
  const open = [...rootTypes, ...ofDirectives];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const type = byName.get(name);
    if (!type || reached.has(name) || isHidden(name)) continue;
    reached.add(name);
    open.push(...stepsFrom(type));
  }
  return [...byName.keys()].filter((name) => !reached.has(name) && !isHidden(name));
}
