/**
 * `requires` of a fetch, compiled: entity → the JSON text of its representation. What is selected
 * depends on the entity's type, so there is one list of fields for each type that comes by.
 */
import type { QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import type { HasKey } from "../supergraph/entity-keys.ts";
import { isOfType } from "../supergraph/is-of-type.ts";

type Entity = Readonly<Record<string, unknown>>;

export type Extractor = {
  /** Equal for extractors that require the same, of whichever subgraph. */
  readonly signature: string;
  /**
   * How representations of the entity's type look. Undefined: an entity of this type is not for this
   * fetch. Null: look closer at it (execution/representation.ts).
   */
  readonly shapeOf: (entity: Entity) => Shape | undefined | null;
};

export type Shape = {
  /** The one field beside `__typename` that makes the representation, if it is only one. */
  readonly onlyKey: string | undefined;
  /** The representation as JSON. Null: something of it is missing, and why has to be found out. */
  readonly textOf: (entity: Entity) => string | null;
};

type Field = {
  readonly key: string;
  /** The beginning, or the comma, and the name; and what is the same for all entities of the type. */
  readonly prefix: string;
  readonly fields: readonly Field[] | undefined;
};

/** A string as JSON. Most are short and plain, and need no more than quotes. */
function quote(text: string): string {
  if (text.length > 64) return JSON.stringify(text);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** Undefined: too unusual for a flat list (a fragment below the top, or one field twice). */
function fieldsOf(
  selections: readonly QueryPlanSelectionNode[],
  applies: (typeCondition: string | undefined) => boolean | undefined,
): readonly Field[] | undefined {
  const fields: Field[] = [];
  const keys = new Set<string>();
  const add = (list: readonly QueryPlanSelectionNode[]): boolean =>
    list.every((selection) => {
      if (selection.kind !== "Field") {
        const met = applies(selection.typeCondition);
        return met === undefined ? false : !met || add(selection.selections);
      }
      const key = selection.alias ?? selection.name;
      const below = selection.selections && fieldsOf(selection.selections, () => undefined);
      if (selection.selections && !below) return false;
      if (keys.has(key)) return !below;
      keys.add(key);
      const prefix = `${fields.length === 0 ? "{" : ","}${JSON.stringify(key)}:`;
      fields.push({ key, prefix, fields: below });
      return true;
    });
  return add(selections) ? fields : undefined;
}

function write(value: unknown, fields: readonly Field[] | undefined): string | null {
  if (value === null || !fields)
    return typeof value === "string" ? quote(value) : JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, fields));
    return items.includes(null) ? null : `[${items.join(",")}]`;
  }
  if (typeof value !== "object") return null;
  let text = "";
  for (const field of fields) {
    const inner = (value as Entity)[field.key];
    const written = inner === undefined ? null : write(inner, field.fields);
    if (written === null) return null;
    text += field.prefix + written;
  }
  return `${text}}`;
}

/** The type's name, which is one for the shape, is written with the field after it. */
function withTypename(fields: readonly Field[], typename: string): readonly Field[] {
  const at = fields.findIndex(({ key }) => key === "__typename");
  const next = fields[at + 1];
  if (at < 0 || !next) return fields;
  const prefix = `${fields[at]?.prefix}${JSON.stringify(typename)}${next.prefix}`;
  return [...fields.slice(0, at), { ...next, prefix }, ...fields.slice(at + 2)];
}

/** @param schema The supergraph's full schema: `requires` may name `@inaccessible` elements. */
export function compileExtractor(
  requires: readonly QueryPlanSelectionNode[],
  subgraph: string,
  schema: GraphQLSchema,
  hasKey: HasKey,
): Extractor {
  const shapes = new Map<string, Shape | undefined | null>();

  function shapeFor(typename: string): Shape | undefined | null {
    const fields = fieldsOf(
      requires,
      (condition) => condition === undefined || isOfType(schema, typename, condition),
    );
    if (!fields) return null;
    if (!fields.some(({ key }) => key === "__typename")) return undefined;
    const entity = Object.fromEntries(fields.map(({ key }) => [key, true]));
    // The path also leads to objects of other parents, for which the fetch was not planned.
    if (!hasKey(subgraph, { ...entity, __typename: typename })) return undefined;
    const keys = fields.filter(({ key }) => key !== "__typename");
    const [only, ...others] = keys;
    const known = withTypename(fields, typename);
    return {
      onlyKey: only && others.length === 0 && !only.fields ? only.key : undefined,
      textOf: (given) => write(given, known),
    };
  }

  return {
    signature: JSON.stringify(requires),
    shapeOf(entity) {
      const typename = entity["__typename"];
      // Without a type name no type condition of `requires` is met.
      if (typeof typename !== "string") return undefined;
      const known = shapes.get(typename);
      if (known !== undefined || shapes.has(typename)) return known;
      const shape = shapeFor(typename);
      shapes.set(typename, shape);
      return shape;
    },
  };
}
