/**
 * Where a selection stands: the type it is written on and the object types that can turn up there;
 * and what each field in that place needs. A field needs the rules of itself, of the type it
 * returns and of its parent type, for the type it is written on and for every object type that may
 * turn up (fail closed): a type condition narrows the set, nested conditions intersect it.
 */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import type { AccessRules } from "./access-rules.ts";
import type { Rule } from "./rule.ts";

/** A rule, and the coordinate (`Bill`, `Bill.amount`) that brought it. */
export type Need = { readonly rule: Rule; readonly coordinate: string };

export type Scope = {
  readonly type: GraphQLCompositeType;
  /** Names of the object types that can turn up. */
  readonly possible: readonly string[];
  /** Inside a fragment with this type condition. */
  readonly narrow: (typeName: string) => Scope | undefined;
  /** Inside the selection set of this field; undefined when the field has none. */
  readonly below: (fieldName: string) => Scope | undefined;
  /** What the field asked here needs; each rule once. */
  readonly needs: (fieldName: string) => readonly Need[];
};

/** Answers of `compute`, each computed once. */
function remember<Value>(compute: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return function recall(name) {
    if (!known.has(name)) known.set(name, compute(name));
    return known.get(name) as Value;
  };
}

const fieldOf = (type: GraphQLCompositeType, name: string) =>
  "getFields" in type ? type.getFields()[name] : undefined;

/** @param schema the API schema: types that clients cannot see cannot turn up in an answer. */
export function createScopes(
  schema: GraphQLSchema,
  rules: AccessRules,
): (typeName: string) => Scope | undefined {
  const objectsOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

  function needsIn(places: readonly GraphQLCompositeType[], fieldName: string): readonly Need[] {
    const needs = new Map<Rule, Need>();
    const add = (coordinate: string, from: ReadonlyMap<string, readonly Rule[]>): void => {
      for (const rule of from.get(coordinate) ?? [])
        if (!needs.has(rule)) needs.set(rule, { rule, coordinate });
    };
    for (const type of places) {
      add(type.name, rules.types);
      add(`${type.name}.${fieldName}`, rules.fields);
      const field = fieldOf(type, fieldName);
      if (field) add(getNamedType(field.type).name, rules.types);
    }
    return [...needs.values()];
  }

  function createScope(type: GraphQLCompositeType, objects: readonly GraphQLObjectType[]): Scope {
    const places = isObjectType(type) ? [type] : [type, ...objects];
    return Object.freeze({
      type,
      possible: objects.map(({ name }) => name),
      narrow: remember((typeName) => {
        const narrower = schema.getType(typeName);
        if (!isCompositeType(narrower)) return undefined;
        const inside = new Set(objectsOf(narrower));
        return createScope(
          narrower,
          objects.filter((object) => inside.has(object)),
        );
      }),
      below: remember((fieldName) => {
        const field = fieldOf(type, fieldName);
        return field && scopeOf(getNamedType(field.type).name);
      }),
      needs: remember((fieldName) => needsIn(places, fieldName)),
    });
  }

  const scopeOf = remember((typeName) => {
    const type = schema.getType(typeName);
    return isCompositeType(type) ? createScope(type, objectsOf(type)) : undefined;
  });
  return scopeOf;
}
