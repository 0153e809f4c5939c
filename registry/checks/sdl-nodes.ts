/** Reading a subgraph's SDL: its types with their fields, whichever of `type` and `extend type` is written. */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type TypeNode,
} from "graphql";

export type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

export type SdlType = {
  readonly name: string;
  readonly description: string | undefined;
  readonly directives: readonly ConstDirectiveNode[];
  readonly fields: readonly FieldDefinitionNode[];
};

/** Object types and interfaces, those of federation itself left out. */
export function typesOf(document: DocumentNode): readonly SdlType[] {
  const types = new Map<string, SdlType>();
  for (const node of document.definitions) {
    if (
      node.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      node.kind !== Kind.OBJECT_TYPE_EXTENSION &&
      node.kind !== Kind.INTERFACE_TYPE_DEFINITION &&
      node.kind !== Kind.INTERFACE_TYPE_EXTENSION
    )
      continue;
    const name = node.name.value;
    if (name.startsWith("_")) continue;
    const before = types.get(name);
    const fields = (node.fields ?? []).filter((field) => !field.name.value.startsWith("_"));
    types.set(name, {
      name,
      description:
        before?.description ?? ("description" in node ? node.description?.value : undefined),
      directives: [...(before?.directives ?? []), ...(node.directives ?? [])],
      fields: [...(before?.fields ?? []), ...fields],
    });
  }
  return [...types.values()];
}

/** By its plain name: `@federation__key` is `@key`. */
export const directivesOf = (
  { directives }: Directed,
  name: string,
): readonly ConstDirectiveNode[] =>
  (directives ?? []).filter(({ name: { value } }) => value.replace(/^federation__/, "") === name);

export const has = (node: Directed, name: string): boolean => directivesOf(node, name).length > 0;

/** A string or enum argument of a directive. */
export function argumentOf(
  directive: ConstDirectiveNode | undefined,
  name: string,
): string | undefined {
  const value = directive?.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

export const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

export const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));

export const rootTypes: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);
