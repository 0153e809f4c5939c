/** What the SDL of the subgraphs says about fields: who gives them, what they need, what they can be. */
import {
  type ConstDirectiveNode,
  Kind,
  parse,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from "graphql";

export type ModelField = {
  readonly name: string;
  readonly type: TypeNode;
  /** A subgraph that gives it. */
  readonly owner: string;
};

export type GraphModel = {
  /** Of object types: `@interfaceObject` fields are among those of every implementation. */
  readonly fieldsOf: (type: string) => readonly ModelField[];
  /** Object types that a value of this type can be, when this subgraph gives it. */
  readonly possibleTypes: (subgraph: string, type: string) => readonly string[];
  /** Entities with rows of their own. */
  readonly entities: readonly string[];
  /** What one subgraph says about a field. */
  readonly roleOf: (subgraph: string, type: string, field: string) => FieldRole;
  /** `@requires` of a field, whichever subgraph gives it. */
  readonly requiresOf: (type: string, field: string) => SelectionSetNode | undefined;
  /** Whether a field of this subgraph `@provides` it. */
  readonly provides: (subgraph: string, field: string) => boolean;
  /** Names of fields in keys, `@requires` and `@provides`: federation reads those for itself. */
  readonly used: ReadonlySet<string>;
  readonly keyFields: ReadonlySet<string>;
  readonly enumValues: ReadonlyMap<string, readonly string[]>;
};

/** `requires`: computed of what is sent; `foreign`: must never be asked of this subgraph. */
export type FieldRole = "own" | "requires" | "foreign";

type Directive = { readonly name: string; readonly fields: string; readonly from: string };

type Node = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

function directivesOf(node: Node): readonly Directive[] {
  return (node.directives ?? []).map((directive) => {
    const value = (name: string) => {
      const found = directive.arguments?.find((argument) => argument.name.value === name)?.value;
      return found?.kind === Kind.STRING ? found.value : "";
    };
    return { name: directive.name.value, fields: value("fields"), from: value("from") };
  });
}

const selectionOf = (fields: string): SelectionSetNode => {
  const [definition] = parse(`{ ${fields} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`No field set: ${fields}`);
  return definition.selectionSet;
};

export function readModel(subgraphs: Readonly<Record<string, string>>): GraphModel {
  const fields = new Map<string, Map<string, ModelField>>();
  const roles = new Map<string, FieldRole>();
  const requires = new Map<string, SelectionSetNode>();
  const possible = new Map<string, readonly string[]>();
  const implementations = new Map<string, Set<string>>();
  const interfaceObjects = new Set<string>();
  const entities = new Set<string>();
  const used = new Set<string>();
  const keyFields = new Set<string>();
  const enumValues = new Map<string, readonly string[]>();
  const overridden = new Set<string>();
  /** `subgraph.field`: at some paths the subgraph gives it although it is external. */
  const provided = new Set<string>();
  const namesIn = (set: string, into: Set<string>) =>
    visit(selectionOf(set), { Field: ({ name }) => void into.add(name.value) });

  const documents = Object.entries(subgraphs).map(([name, sdl]) => [name, parse(sdl)] as const);
  for (const [subgraph, document] of documents) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.ENUM_TYPE_DEFINITION)
        enumValues.set(
          definition.name.value,
          definition.values?.map(({ name }) => name.value) ?? [],
        );
      if (definition.kind === Kind.UNION_TYPE_DEFINITION)
        possible.set(
          `${subgraph}.${definition.name.value}`,
          definition.types?.map(({ name }) => name.value) ?? [],
        );
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      const type = definition.name.value;
      const ownDirectives = directivesOf(definition);
      for (const { name, fields: set } of ownDirectives) {
        if (name === "key") namesIn(set, keyFields);
        if (name === "key") entities.add(type);
        if (name === "interfaceObject") interfaceObjects.add(type);
      }
      for (const { name } of definition.interfaces ?? []) {
        const known = implementations.get(name.value) ?? new Set();
        implementations.set(name.value, known.add(type));
        const at = `${subgraph}.${name.value}`;
        possible.set(at, [...(possible.get(at) ?? []), type]);
      }
      for (const field of definition.fields ?? []) {
        for (const directive of directivesOf(field)) {
          if (directive.name === "override")
            overridden.add(`${directive.from}.${type}.${field.name.value}`);
          if (directive.name === "provides") {
            const names = new Set<string>();
            namesIn(directive.fields, names);
            for (const name of names) provided.add(`${subgraph}.${name}`);
          }
          if (directive.name === "requires" || directive.name === "provides")
            namesIn(directive.fields, used);
        }
      }
    }
  }
  for (const name of keyFields) used.add(name);
  for (const [subgraph, document] of documents) {
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      const type = definition.name.value;
      for (const field of definition.fields ?? []) {
        const name = field.name.value;
        const at = `${subgraph}.${type}.${name}`;
        const needs = directivesOf(field).find((one) => one.name === "requires");
        const isExternal = directivesOf(field).some((one) => one.name === "external");
        const isForeign =
          overridden.has(at) || (isExternal && !provided.has(`${subgraph}.${name}`));
        roles.set(at, needs ? "requires" : isForeign ? "foreign" : "own");
        if (needs) requires.set(`${type}.${name}`, selectionOf(needs.fields));
        if (isExternal || overridden.has(at)) continue;
        const known = fields.get(type) ?? new Map<string, ModelField>();
        if (!known.has(name)) known.set(name, { name, type: field.type, owner: subgraph });
        fields.set(type, known);
      }
    }
  }
  for (const face of interfaceObjects) {
    entities.delete(face);
    for (const type of implementations.get(face) ?? [])
      for (const [name, field] of fields.get(face) ?? [])
        if (!fields.get(type)?.has(name)) fields.get(type)?.set(name, field);
  }
  return {
    fieldsOf: (type) => [...(fields.get(type)?.values() ?? [])],
    possibleTypes: (subgraph, type) =>
      possible.get(`${subgraph}.${type}`) ?? [...(implementations.get(type) ?? [type])],
    entities: [...entities],
    roleOf: (subgraph, type, field) => roles.get(`${subgraph}.${type}.${field}`) ?? "own",
    requiresOf: (type, field) => requires.get(`${type}.${field}`),
    provides: (subgraph, field) => provided.has(`${subgraph}.${field}`),
    used,
    keyFields,
    enumValues,
  };
}
