/**
 * Answers any field of any schema: what an object brings along (its key) is answered as it is, all else
 * is made up from a seed that is the same for the same object. So an entity looks alike by whichever
 * way it is reached, a page follows on the page before, and a screen does not change when it is loaded
 * again.
 */
import {
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
} from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { draw, mockLeaf } from "./mock-values.ts";

export type MockContext = { readonly principal: Principal | undefined };

/** `seed` is what its fields are made up from. */
type Mocked = Readonly<Record<string, unknown>> & { readonly __seed: string };

const sizeOfLists = 3;
/** A list under a connection is longer than a page of three, and ends. */
const totalOf = (seed: string): number => 5 + draw(`${seed}.total`, 30);

const slugOf = (type: string): string => type.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();

/** An entity is who its key says; everything else is what its place says. */
function seedOf(type: GraphQLObjectType, own: Readonly<Record<string, unknown>>, place: string) {
  const { __typename: _type, __seed: _seed, ...key } = own;
  return Object.keys(key).length > 0 ? `${type.name}${JSON.stringify(key)}` : place;
}

function mockObject(type: GraphQLObjectType, given: object, place: string): Mocked {
  const own: Record<string, unknown> = { ...given };
  const { id } = type.getFields();
  const hasId = id && ["ID", "String"].includes(getNamedType(id.type).name);
  if (hasId && own["id"] === undefined) own["id"] = `${slugOf(type.name)}-${draw(place, 1_000)}`;
  return { ...own, __typename: type.name, __seed: seedOf(type, own, place) };
}

/** Of arguments that are fields of the answer: `permit(id: "p-1")` is the permit `p-1`. */
function keyFrom(type: GraphQLObjectType, given: Readonly<Record<string, unknown>>): object {
  const fields = type.getFields();
  const same = Object.entries(given).filter(([name, value]) => {
    const field = fields[name];
    return field && isLeafType(getNamedType(field.type)) && value !== null && value !== undefined;
  });
  return Object.fromEntries(same);
}

const cursorOf = (index: number): string => Buffer.from(`mock:${index}`).toString("base64url");
const indexOf = (cursor: unknown): number =>
  Number(/^mock:(\d+)$/.exec(Buffer.from(String(cursor), "base64url").toString())?.[1] ?? -1);

/** A page by the Cursor Connections Specification: `first` and `after` mean what they say. */
function mockConnection(
  type: GraphQLObjectType,
  node: GraphQLObjectType,
  given: Readonly<Record<string, unknown>>,
  list: string,
): object {
  const total = totalOf(list);
  const from = given["after"] == null ? 0 : indexOf(given["after"]) + 1;
  const first = typeof given["first"] === "number" ? given["first"] : 20;
  const until = Math.min(total, from + Math.max(0, first));
  const indexes = Array.from({ length: Math.max(0, until - from) }, (_, at) => from + at);
  const edges = indexes.map((index) => ({
    __seed: `${list}[${index}]`,
    cursor: cursorOf(index),
    node: mockObject(node, {}, `${list}[${index}]`),
  }));
  return {
    __seed: list,
    __typename: type.name,
    edges,
    nodes: edges.map((edge) => edge.node),
    totalCount: total,
    pageInfo: {
      __seed: list,
      hasNextPage: until < total,
      hasPreviousPage: from > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The type of `nodes`, or of `edges { node }`; undefined when it is no connection. */
function nodeTypeOf(type: GraphQLObjectType): GraphQLObjectType | undefined {
  const { nodes, edges, pageInfo } = type.getFields();
  if (!pageInfo) return undefined;
  const edge = edges && getNamedType(edges.type);
  const field = nodes ?? (isObjectType(edge) ? edge.getFields()["node"] : undefined);
  const node = field && getNamedType(field.type);
  return isObjectType(node) ? node : undefined;
}

/** For `fieldResolver` of graphql's `execute`. */
export const mockField: GraphQLFieldResolver<unknown, MockContext> = (
  source,
  given,
  context,
  info,
) => {
  const own = (source ?? {}) as Readonly<Record<string, unknown>>;
  const { fieldName, parentType, schema } = info;
  if (own[fieldName] !== undefined) return own[fieldName];
  const parent =
    typeof own["__seed"] === "string" ? own["__seed"] : seedOf(parentType, own, parentType.name);
  const filled = Object.keys(given as object).length > 0 ? JSON.stringify(given) : "";
  const place = `${parent}.${fieldName}${filled}`;

  function make(type: GraphQLOutputType, at: string): unknown {
    const inner = getNullableType(type);
    if (isListType(inner)) {
      return Array.from({ length: sizeOfLists }, (_, index) =>
        make(inner.ofType, `${at}[${index}]`),
      );
    }
    if (isLeafType(inner)) return mockLeaf(inner, fieldName, at);
    const possible = isAbstractType(inner) ? schema.getPossibleTypes(inner) : [inner];
    const type_ = possible[draw(at, possible.length)];
    if (!isObjectType(type_)) return null;
    const node = nodeTypeOf(type_);
    if (!node)
      return mockObject(type_, keyFrom(type_, given as object as Record<string, unknown>), at);
    // The list is the same, whichever of its pages is asked for.
    const { first: _first, after: _after, ...filter } = given as Record<string, unknown>;
    return mockConnection(
      type_,
      node,
      given as Record<string, unknown>,
      `${parent}.${fieldName}${JSON.stringify(filter)}`,
    );
  }

  const isMe = parentType === schema.getQueryType() && fieldName === "me";
  if (!isMe) return make(info.returnType, place);
  const type = getNamedType(info.returnType);
  const { principal } = context;
  if (principal?.kind !== "person" || !isObjectType(type)) return null;
  return mockObject(type, { id: principal.id }, place);
};
