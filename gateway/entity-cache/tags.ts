/**
 * Names under which stored values can be invalidated, and which of them a value has.
 *
 * Whatever holds an entity is reached by its key: a value that names the entity carries its exact tag; a
 * value that holds entities of the type without (all of) their keys, or too many of them, carries the tag
 * that every invalidation of such a key bumps. So invalidating one key may cost other entries a miss,
 * but never leaves one behind.
 */
import { createHash } from "node:crypto";
import { type GraphQLSchema, isAbstractType } from "graphql";
import type { CacheSchema, KeyForm } from "./cache-schema.ts";
import type { Layout } from "./layout.ts";

export const subgraphTag = (subgraph: string): string => `subgraph:${subgraph}`;
export const typeTag = (subgraph: string, type: string): string => `type:${subgraph}:${type}`;
export const customTag = (subgraph: string, tag: string): string => `tag:${subgraph}:${tag}`;

/** Every entity of the type that is known by this key. */
export const anyEntityTag = (subgraph: string, type: string, form: string): string =>
  `any:${subgraph}:${type}:${form}`;

const longestKey = 200;

export function entityTag(
  subgraph: string,
  type: string,
  key: Readonly<Record<string, unknown>>,
): string {
  const sorted = Object.keys(key)
    .toSorted()
    .map((field) => [field, String(key[field])]);
  const text = JSON.stringify(sorted);
  const short =
    text.length <= longestKey ? text : createHash("sha256").update(text).digest("base64url");
  return `entity:${subgraph}:${type}:${short}`;
}

type Json = Readonly<Record<string, unknown>>;

/** Where a key is found in the objects of one place: response keys by the key's fields. */
type KeyedPlace = {
  readonly type: string;
  readonly form: string;
  readonly responseKeys: readonly (readonly [field: string, response: string])[];
};

type PlaceTags = {
  readonly keyed: readonly KeyedPlace[];
  readonly below: readonly (readonly [response: string, tags: PlaceTags])[];
};

export type TagReader = {
  /** Of every value with this layout. */
  readonly fixed: readonly string[];
  /** Of this value: the entities that it holds. */
  readonly of: (value: unknown) => readonly string[];
};

/** So many exact tags of one value; with more it carries the tags of all entities of their types. */
const mostExactTags = 64;

function formsOf(
  { keysOf }: CacheSchema,
  schema: GraphQLSchema,
  subgraph: string,
  layout: Layout,
): readonly KeyForm[] {
  const { type } = layout;
  if (!type) return [];
  const types = [type, ...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])];
  const forms = types.flatMap(({ name }) => keysOf(subgraph, name));
  return [...new Map(forms.map((form) => [form.name, form])).values()];
}

/** @param isRoot The objects at the top are found by their representation (see `tagsOfEntity`). */
export function compileTags(
  cacheSchema: CacheSchema,
  schema: GraphQLSchema,
  subgraph: string,
  layout: Layout,
  isRoot: boolean,
): TagReader {
  const fixed = new Set<string>();

  function compile(place: Layout, isTop: boolean): PlaceTags {
    if (place.type) fixed.add(typeTag(subgraph, place.type.name));
    const keyed: KeyedPlace[] = [];
    for (const form of isTop ? [] : formsOf(cacheSchema, schema, subgraph, place)) {
      const type = place.type?.name ?? "";
      const responseKeys = form.fields.flatMap((name) => {
        const found = [...place.fields].find(([, field]) => field.name === name);
        return found ? [[name, found[0]] as const] : [];
      });
      if (form.isFlat && responseKeys.length === form.fields.length)
        keyed.push({ type, form: form.name, responseKeys });
      else fixed.add(anyEntityTag(subgraph, type, form.name));
    }
    const below = [...place.fields].flatMap(([response, field]) => {
      const tags = field.below && compile(field.below, false);
      return tags && (tags.keyed.length > 0 || tags.below.length > 0)
        ? [[response, tags] as const]
        : [];
    });
    return { keyed, below };
  }

  const top = compile(layout, isRoot);

  function collect(place: PlaceTags, value: unknown, exact: Set<string>, any: Set<string>): void {
    if (Array.isArray(value)) {
      for (const item of value) collect(place, item, exact, any);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    for (const { type, form, responseKeys } of place.keyed) {
      any.add(anyEntityTag(subgraph, type, form));
      if (exact.size > mostExactTags) continue;
      const key = responseKeys.map(([field, response]) => [field, (value as Json)[response]]);
      exact.add(entityTag(subgraph, type, Object.fromEntries(key) as Json));
    }
    for (const [response, below] of place.below)
      collect(below, (value as Json)[response], exact, any);
  }

  const isFixed = top.keyed.length === 0 && top.below.length === 0;
  return {
    fixed: [subgraphTag(subgraph), ...fixed],
    of(value) {
      if (isFixed) return [];
      const exact = new Set<string>();
      const any = new Set<string>();
      collect(top, value, exact, any);
      return [...(exact.size > mostExactTags ? any : exact)];
    },
  };
}

/** The entity itself, by each of its type's keys. @param known Its representation and what came of it. */
export function tagsOfEntity(
  { keysOf }: CacheSchema,
  subgraph: string,
  type: string,
  known: Json,
): readonly string[] {
  return keysOf(subgraph, type).map(({ name, fields, isFlat }) =>
    isFlat && fields.every((field) => known[field] !== undefined)
      ? entityTag(subgraph, type, Object.fromEntries(fields.map((field) => [field, known[field]])))
      : anyEntityTag(subgraph, type, name),
  );
}

/** `user-{$key.id}`, `page-{$args.first}`: undefined when something that it names is not there. */
export function fillFormat(format: string, values: Json): string | undefined {
  let isWhole = true;
  const filled = format.replaceAll(/\{\$(?:key|args)\.([^}]*)\}/g, (_all, path: string) => {
    let value: unknown = values;
    for (const part of path.split("."))
      value =
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Json)[part]
          : undefined;
    if (value === undefined || typeof value === "object") isWhole = false;
    return String(value);
  });
  return isWhole ? filled : undefined;
}
