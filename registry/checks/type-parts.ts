/**
 * What one subgraph says of each type: its parts (fields, values, members) with their places, keys,
 * and what it takes over. In: the SDL's document; out: facts by type, read without building a schema.
 */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  parse,
  Kind,
  type NameNode,
} from "graphql";

export type TypePart = {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly isExternal: boolean;
  /** The subgraph that a field is taken from by `@override(from:)`. */
  readonly overrides: string | undefined;
};

export type TypeFacts = {
  readonly kind: "fields" | "others";
  readonly parts: readonly TypePart[];
  /** Names of the fields of all keys, outermost level. */
  readonly keyFields: ReadonlySet<string>;
  /** Has keys, and answers by none of them: it only points at another's entity. */
  readonly isReference: boolean;
};

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

const directivesOf = (
  node: { readonly directives?: readonly ConstDirectiveNode[] },
  name: string,
) => (node.directives ?? []).filter((one) => one.name.value.split("__").at(-1) === name);

function keyFieldsOf(directive: ConstDirectiveNode): readonly string[] {
  const fields = argumentOf(directive, "fields");
  if (fields?.kind !== Kind.STRING) return [];
  try {
    const [definition] = parse(`{${fields.value}}`).definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
    return definition.selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [selection.name.value] : [],
    );
  } catch {
    // Composition tells what is wrong with it.
    return [];
  }
}

function partOf(node: {
  readonly name: NameNode;
  readonly directives?: readonly ConstDirectiveNode[];
}): TypePart {
  const { line = 1, column = 1 } = node.name.loc?.startToken ?? {};
  const [override] = directivesOf(node, "override");
  const from = override && argumentOf(override, "from");
  return {
    name: node.name.value,
    line,
    column,
    isExternal: directivesOf(node, "external").length > 0,
    overrides: from?.kind === Kind.STRING ? from.value : undefined,
  };
}

const isResolvable = (key: ConstDirectiveNode): boolean => {
  const value = argumentOf(key, "resolvable");
  return !(value?.kind === Kind.BOOLEAN && !value.value);
};

type Definition = {
  readonly name: string;
  readonly kind: "fields" | "others";
  readonly parts: readonly TypePart[];
  readonly keys: readonly ConstDirectiveNode[];
};

function definitionOf(node: DefinitionNode): Definition | undefined {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION: {
      const fields: readonly FieldDefinitionNode[] = node.fields ?? [];
      // Of an @external type every field is.
      const isExternal = directivesOf(node, "external").length > 0;
      const parts = fields.map(partOf).map((part) => (isExternal ? { ...part, isExternal } : part));
      return { name: node.name.value, kind: "fields", parts, keys: directivesOf(node, "key") };
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return {
        name: node.name.value,
        kind: "others",
        parts: (node.fields ?? []).map(partOf),
        keys: [],
      };
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      return {
        name: node.name.value,
        kind: "others",
        parts: (node.values ?? []).map(partOf),
        keys: [],
      };
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      return {
        name: node.name.value,
        kind: "others",
        parts: (node.types ?? []).map(partOf),
        keys: [],
      };
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.SCALAR_TYPE_EXTENSION:
      return { name: node.name.value, kind: "others", parts: [], keys: [] };
    default:
      return undefined;
  }
}

/** Names of root types as clients see them, whatever a subgraph calls its own. */
function rootNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of node.operationTypes ?? [])
      names.set(type.name.value, `${operation[0]?.toUpperCase()}${operation.slice(1)}`);
  }
  return names;
}

/** Federation's own types (`_Any`, `federation__FieldSet`, `link__Import`) are nobody's. */
const isMachinery = (name: string): boolean => name.startsWith("_") || name.includes("__");

export function readTypes(document: DocumentNode): ReadonlyMap<string, TypeFacts> {
  const roots = rootNames(document);
  const types = new Map<string, TypeFacts>();
  for (const node of document.definitions) {
    const definition = definitionOf(node);
    if (!definition || isMachinery(definition.name)) continue;
    const name = roots.get(definition.name) ?? definition.name;
    const before = types.get(name);
    const { kind, parts, keys } = definition;
    const answers = keys.some(isResolvable);
    types.set(name, {
      kind,
      parts: [...(before?.parts ?? []), ...parts],
      keyFields: new Set([...(before?.keyFields ?? []), ...keys.flatMap(keyFieldsOf)]),
      isReference: (before?.isReference ?? true) && keys.length > 0 && !answers,
    });
  }
  return types;
}

export const rootTypes: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);
