/**
 * How the objects of an answer are stored: under canonical keys, which do not depend on the aliases of
 * whoever asked first. A field's canonical key is its name; where one name is asked for several times
 * with different arguments or aliases, they are numbered.
 */
import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
} from "graphql";
import { annotationsOf } from "./annotations.ts";

export type Layout = {
  /** As the schema declares it; undefined where the schema does not know the field. */
  readonly type: GraphQLCompositeType | undefined;
  /** Every key, here and below, is its own canonical key. */
  readonly isPlain: boolean;
  /** By response key. */
  readonly fields: ReadonlyMap<string, LayoutField>;
};

export type LayoutField = {
  readonly name: string;
  /** The key that it is stored under. */
  readonly key: string;
  readonly below: Layout | undefined;
};

/** Type conditions that make one response key stand for several fields, or named fragments. */
export class Ambiguous extends Error {}

export const responseKeyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

/** A field of an object, with the type condition under which it is asked for. */
type Found = { readonly field: FieldNode; readonly parent: GraphQLCompositeType | undefined };

function findFields(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType | undefined,
  selections: readonly SelectionNode[],
): Found[] {
  return selections.flatMap((selection): Found[] => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, parent }];
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Ambiguous("a named fragment");
    const { typeCondition, selectionSet } = selection;
    const inner = typeCondition ? schema.getType(typeCondition.name.value) : parent;
    return findFields(schema, isCompositeType(inner) ? inner : undefined, selectionSet.selections);
  });
}

/** Canonical keys by response key. */
function keysOf(found: readonly Found[], keepsAliases: boolean): ReadonlyMap<string, string> {
  const asked = new Map<string, string>();
  const responsesOf = new Map<string, string[]>();
  for (const { field } of found) {
    const response = responseKeyOf(field);
    const text = field.name.value + annotationsOf({ arguments: field.arguments ?? [] });
    const known = asked.get(response);
    if (known !== undefined && known !== text && !keepsAliases) throw new Ambiguous(response);
    if (known !== undefined) continue;
    asked.set(response, text);
    const name = field.name.value;
    responsesOf.set(name, [...(responsesOf.get(name) ?? []), response]);
  }
  if (keepsAliases) return new Map([...asked.keys()].map((response) => [response, response]));
  const keys = new Map<string, string>();
  for (const [name, responses] of responsesOf) {
    // By their arguments; aliases decide only between equal ones. `#` is in no name.
    const sortBy = (response: string) => `${asked.get(response)} ${response}`;
    const ordered = responses.toSorted((one, other) => (sortBy(one) < sortBy(other) ? -1 : 1));
    for (const [index, response] of ordered.entries())
      keys.set(response, ordered.length === 1 ? name : `${name}#${index}`);
  }
  return keys;
}

export function fieldOf(parent: GraphQLCompositeType | undefined, name: string) {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

export function typeBelow(
  parent: GraphQLCompositeType | undefined,
  name: string,
): GraphQLCompositeType | undefined {
  const field = fieldOf(parent, name);
  const type = field && getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

/**
 * @param keepsAliases Whether values are stored under the response keys.
 * @throws Ambiguous where that cannot be helped otherwise.
 */
export function layoutOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType | undefined,
  selections: readonly SelectionNode[],
  keepsAliases: boolean,
): Layout {
  const found = findFields(schema, type, selections);
  const keys = keysOf(found, keepsAliases);
  const fields = new Map<string, LayoutField>();
  for (const { field, parent } of found) {
    const response = responseKeyOf(field);
    if (fields.has(response)) continue;
    const name = field.name.value;
    const below = found.flatMap((other) =>
      responseKeyOf(other.field) === response ? (other.field.selectionSet?.selections ?? []) : [],
    );
    fields.set(response, {
      name,
      key: keys.get(response) ?? response,
      below:
        below.length > 0
          ? layoutOf(schema, typeBelow(parent, name), below, keepsAliases)
          : undefined,
    });
  }
  const isPlain = [...fields].every(
    ([response, { key, below }]) => response === key && (below?.isPlain ?? true),
  );
  return { type, isPlain, fields };
}

type Json = Readonly<Record<string, unknown>>;

function convert(layout: Layout, value: unknown, direction: "store" | "read"): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(layout, item, direction));
  if (layout.isPlain || typeof value !== "object" || value === null) return value;
  const converted: Record<string, unknown> = {};
  for (const [response, { key, below }] of layout.fields) {
    const [from, to] = direction === "store" ? [response, key] : [key, response];
    const inner = (value as Json)[from];
    if (inner !== undefined) converted[to] = below ? convert(below, inner, direction) : inner;
  }
  return converted;
}

/** An answer's value → what is stored. Fields that were not asked for are left out, if any key differs. */
export const toStored = (layout: Layout, value: unknown): unknown =>
  convert(layout, value, "store");

/** What is stored → the value under the keys that this request asks for. */
export const fromStored = (layout: Layout, value: unknown): unknown =>
  convert(layout, value, "read");
