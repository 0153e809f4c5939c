/**
 * What a subgraph is asked of one object, in a form that does not depend on how it was written: fields
 * and arguments in order, no aliases, variables numbered. Two selections that ask for the same have the
 * same text. The types of the fields are part of it: a change of the schema parts what it touches from
 * what was stored before, and leaves everything else alone.
 */
import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  Kind,
  type SelectionNode,
} from "graphql";
import { annotationsOf } from "./annotations.ts";
import { Ambiguous, fieldOf, type Layout, layoutOf, responseKeyOf, typeBelow } from "./layout.ts";

export type Canonical = {
  readonly text: string;
  /** Names of the variables as the request has them: their values belong to what is asked. */
  readonly variables: readonly string[];
  readonly layout: Layout;
  /** `Type.field` of all that is asked for, and the types themselves. */
  readonly coordinates: ReadonlySet<string>;
};

/** A field or a fragment, before the variables are numbered: that takes the order, and the order takes this. */
type Part = {
  readonly sortBy: string;
  readonly write: (nameOf: (variable: string) => string) => string;
};

const unnamed = (): string => "v";

const inOrder = (parts: readonly Part[]): readonly Part[] =>
  parts.toSorted((one, other) => (one.sortBy < other.sortBy ? -1 : 1));

function partOf(
  textWith: (nameOf: (variable: string) => string) => string,
  inside: readonly Part[],
) {
  const body = (texts: readonly string[]) => (texts.length > 0 ? `{${texts.join(" ")}}` : "");
  return {
    sortBy: textWith(unnamed) + body(inside.map(({ sortBy }) => sortBy)),
    // The order of the calls is the order of the variables' numbers.
    write: (nameOf: (variable: string) => string) =>
      textWith(nameOf) + body(inside.map(({ write }) => write(nameOf))),
  };
}

/** `Type!<argument:Type>`: what of the schema a field touches. */
function signatureOf(parent: GraphQLCompositeType | undefined, name: string): string {
  const field = fieldOf(parent, name);
  if (!field) return "";
  const given = field.args.map((argument) => `${argument.name}:${String(argument.type)}`);
  return `:${String(field.type)}${given.length > 0 ? `<${given.toSorted().join(",")}>` : ""}`;
}

function canonicalOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType | undefined,
  selections: readonly SelectionNode[],
  keepsAliases: boolean,
): Canonical {
  const coordinates = new Set<string>();

  function partsOf(
    parent: GraphQLCompositeType | undefined,
    list: readonly SelectionNode[],
    layout: Layout | undefined,
  ): readonly Part[] {
    if (parent) coordinates.add(parent.name);
    const parts = list.flatMap((selection): readonly Part[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Ambiguous("a named fragment");
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, directives = [], selectionSet } = selection;
        const named = typeCondition ? schema.getType(typeCondition.name.value) : parent;
        const inner = isCompositeType(named) ? named : undefined;
        const inside = partsOf(inner, selectionSet.selections, layout);
        if (!typeCondition && directives.length === 0) return inside;
        const head = `...${typeCondition?.name.value ?? ""}`;
        return [partOf((nameOf) => head + annotationsOf({ directives }, nameOf), inside)];
      }
      const name = selection.name.value;
      if (parent) coordinates.add(`${parent.name}.${name}`);
      const { key = name, below } = layout?.fields.get(responseKeyOf(selection)) ?? {};
      const stored = key === name ? "" : `${key}=`;
      const head = `${stored}${name}${signatureOf(parent, name)}`;
      const inside = selection.selectionSet
        ? partsOf(typeBelow(parent, name), selection.selectionSet.selections, below)
        : [];
      return [partOf((nameOf) => head + annotationsOf(selection, nameOf), inside)];
    });
    return inOrder(parts);
  }

  const layout = layoutOf(schema, type, selections, keepsAliases);
  const variables: string[] = [];
  const nameOf = (variable: string): string => {
    const known = variables.indexOf(variable);
    return `v${known >= 0 ? known : variables.push(variable) - 1}`;
  };
  const parts = partsOf(type, selections, layout);
  const text = parts.map(({ write }) => write(nameOf)).join(" ");
  return { text, variables, layout, coordinates };
}

/**
 * @param schema The supergraph's full schema: fetches may ask for `@inaccessible` fields.
 * @param type What the object is.
 * @returns undefined for a selection with named fragments, which the planner does not make.
 */
export function canonicalSelection(
  schema: GraphQLSchema,
  type: GraphQLCompositeType | undefined,
  selections: readonly SelectionNode[],
): Canonical | undefined {
  for (const keepsAliases of [false, true]) {
    try {
      return canonicalOf(schema, type, selections, keepsAliases);
    } catch (error) {
      if (!(error instanceof Ambiguous)) throw error;
    }
  }
  return undefined;
}
