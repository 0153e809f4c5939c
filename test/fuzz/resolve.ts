/**
 * How a field gets its value from the rows, in a subgraph and in the one schema alike. A field with
 * arguments, or with `@requires`, is text made of what it was given, so that what did not arrive shows.
 */
import { type GraphQLFieldResolver, GraphQLError, Kind, type SelectionSetNode } from "graphql";
import { toClient } from "../../gateway/plan/client-names.ts";
import type { Cell, FuzzCase } from "./fuzz-case.ts";
import type { GraphModel } from "./graph-model.ts";

type Json = Readonly<Record<string, unknown>>;

export type Instance = {
  readonly __typename: string;
  readonly fields: Json;
  /** The id of its row, unless it has no key. */
  readonly row?: string;
  /** The representation by which a subgraph was asked for it. */
  readonly given?: Json;
};

/** Response keys of mutations, in the order in which they were carried out. */
export type Carried = { readonly mutations: string[] };

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws GraphQLError with the code of an `$error` cell. */
export function toValue({ rows }: Pick<FuzzCase, "rows">, cell: Cell): unknown {
  if (Array.isArray(cell)) return cell.map((item: Cell) => toValue({ rows }, item));
  if (!isObject(cell)) return cell;
  const { $row, $value, $error, fields } = cell;
  if (typeof $error === "string")
    throw new GraphQLError("This failed on purpose.", { extensions: { code: $error } });
  if (typeof $value === "string") return { __typename: $value, fields };
  if (typeof $row !== "string") return cell;
  const row = rows[$row];
  return row ? { __typename: row.type, fields: row.fields, row: $row } : null;
}

/** The part of a row that `@requires` names, as a representation would bring it. */
function project(
  source: Pick<FuzzCase, "rows" | "unknown">,
  model: GraphModel,
  instance: Instance,
  selection: SelectionSetNode,
): Json {
  const entries = selection.selections.flatMap((node) => {
    if (node.kind !== Kind.FIELD) return [];
    const name = node.name.value;
    const value = valueOf(source, model, instance, name);
    if (!node.selectionSet || value === null) return [[name, value] as const];
    return [[name, project(source, model, value as Instance, node.selectionSet)] as const];
  });
  return Object.fromEntries(entries);
}

function valueOf(
  source: Pick<FuzzCase, "rows" | "unknown">,
  model: GraphModel,
  instance: Instance,
  name: string,
): unknown {
  const owner = model.fieldsOf(instance.__typename).find((field) => field.name === name)?.owner;
  const isUnknown =
    instance.row !== undefined && source.unknown?.[owner ?? ""]?.includes(instance.row);
  if (isUnknown && !model.keyFields.has(name)) return null;
  const requires = model.requiresOf(instance.__typename, name);
  if (requires) return textOf(name, project(source, model, instance, requires));
  return toValue(source, instance.fields[name] ?? null);
}

/** How the text of a field with `@requires` begins, whatever it was given. */
export const computedPattern = /^(\w+) of \{/;

const textOf = (field: string, given: Json): string => `${field} of ${JSON.stringify(given)}`;

/**
 * Only what the selection names, in its order. Where the subgraph `@provides` a field the planner need
 * not send it; any other that was not sent is a fault of the gateway.
 */
function received(
  given: Json,
  selection: SelectionSetNode,
  provided: (name: string) => unknown,
): Json {
  const entries = selection.selections.flatMap((node) => {
    if (node.kind !== Kind.FIELD) return [];
    const name = node.name.value;
    const value = Object.hasOwn(given, name) ? given[name] : provided(name);
    if (value === undefined) throw new Error(`The representation lacks "${name}".`);
    const isDeeper = node.selectionSet && isObject(value);
    return [[name, isDeeper ? received(value, node.selectionSet, provided) : value] as const];
  });
  return Object.fromEntries(entries);
}

const textual = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** Arguments show in the text of a leaf. */
const withArguments = (value: unknown, args: Json): unknown =>
  Object.keys(args).length > 0 && value !== null
    ? `${textual(value)} ${JSON.stringify(args)}`
    : value;

/** @param subgraph Undefined: the one schema. */
export function createResolver(
  { rows, roots, unknown = {} }: Pick<FuzzCase, "rows" | "roots" | "unknown">,
  model: GraphModel,
  subgraph?: string,
): GraphQLFieldResolver<Instance | undefined, Carried> {
  // A subgraph knows what it finds (findRow).
  const source = subgraph === undefined ? { rows, unknown } : { rows };
  return (instance, args, context, { fieldName, parentType, path }) => {
    if (parentType.name === "Mutation") context.mutations.push(String(toClient(path.key)));
    if (!instance || parentType.name === "Query" || parentType.name === "Mutation")
      return withArguments(toValue({ rows }, roots[fieldName] ?? null), args);
    if (subgraph !== undefined) {
      const role = model.roleOf(subgraph, parentType.name, fieldName);
      if (role === "foreign")
        throw new Error(`"${subgraph}" was asked for "${fieldName}", which it does not give.`);
      const requires = role === "requires" && model.requiresOf(parentType.name, fieldName);
      const provided = (name: string) =>
        model.provides(subgraph, name) ? valueOf(source, model, instance, name) : undefined;
      if (requires) return textOf(fieldName, received(instance.given ?? {}, requires, provided));
    }
    return withArguments(valueOf(source, model, instance, fieldName), args);
  };
}

/** The row that a representation means to a subgraph: every key field in it must be that row's. */
export function findRow(
  { rows, unknown = {} }: Pick<FuzzCase, "rows" | "unknown">,
  model: GraphModel,
  subgraph: string,
  representation: Json,
): Instance | null {
  const plain = (cell: Cell): unknown =>
    isObject(cell) && isObject(cell["fields"])
      ? Object.fromEntries(Object.entries(cell["fields"]).map(([key, one]) => [key, plain(one)]))
      : cell;
  const matches = (wanted: unknown, own: unknown): boolean =>
    isObject(wanted) && isObject(own)
      ? Object.entries(wanted).every(
          ([key, value]) => key === "__typename" || matches(value, own[key]),
        )
      : wanted === own;
  const given = Object.entries(representation).filter(([name]) => model.keyFields.has(name));
  const found = Object.entries(rows).find(
    ([id, { type, fields }]) =>
      !unknown[subgraph]?.includes(id) &&
      model.possibleTypes("", String(representation["__typename"])).includes(type) &&
      given.length > 0 &&
      given.every(([name, value]) => matches(value, plain(fields[name]))),
  );
  if (!found) return null;
  const [row, { type, fields }] = found;
  return { __typename: type, fields, row, given: representation };
}
