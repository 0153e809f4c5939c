/**
 * A small protected graph with deterministic data, whose resolvers note every field that is reached
 * without right, by rules written a second time by hand.
 */
import {
  executeSync,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type DocumentNode,
  type GraphQLOutputType,
} from "graphql";
import type { Principal } from "../../../platform/principal.ts";
import { apiSchemaOf, compose } from "./composed.ts";

export const supergraph = compose(`
  type Query { open(n: Int): Int secret: Int @authenticated bill(n: Int): Bill node: Node nodes: [Node!] record: Record thing: Thing things: [[Thing]] grade: Grade stamp: Stamp }
  interface Node { id: ID note(n: Int): String next: Node }
  interface Record { id: ID amount: Int }
  type Bill implements Node & Record { id: ID note(n: Int): String next: Node amount: Int @requiresScopes(scopes: [["a"]]) owner: Person stamps: [Stamp] }
  type Fine implements Node & Record @authenticated { id: ID note(n: Int): String next: Node amount: Int things: [Thing] }
  type Fee implements Record { id: ID amount: Int bill: Bill }
  type Person implements Node @policy(policies: [["p"], ["q"]]) { id: ID note(n: Int): String next: Node card: String @requiresScopes(scopes: [["a", "b"]]) }
  type Place implements Node { id: ID note(n: Int): String @authenticated next: Person grade: Grade }
  union Thing = Bill | Person | Place
  enum Grade @requiresScopes(scopes: [["b"]]) { LOW HIGH }
  scalar Stamp @authenticated
`);

export type Who = Principal | undefined;
const signedIn = (who: Who): boolean => who !== undefined;
/** The rules above, by hand: what may be seen, of a type and of a field. */
const mayUse: Readonly<Record<string, (who: Who) => boolean>> = {
  "Query.secret": signedIn,
  "Bill.amount": (who) => who?.scopes.includes("a") ?? false,
  Fine: signedIn,
  Person: (who) => who?.policies.some((policy) => policy === "p" || policy === "q") ?? false,
  "Person.card": (who) => ["a", "b"].every((scope) => who?.scopes.includes(scope)),
  "Place.note": signedIn,
  Grade: (who) => who?.scopes.includes("b") ?? false,
  Stamp: signedIn,
};
export const mayResolve = (who: Who, type: string, field: string, returns: string): boolean =>
  [type, `${type}.${field}`, returns].every((place) => mayUse[place]?.(who) ?? true);

export const schema = apiSchemaOf(supergraph);

/** Objects are numbers in disguise: the same parent and field give the same value in every run. */
type Thing = { readonly __typename: string; readonly seed: number };
type World = { readonly who: Who; readonly leaks: string[] };

const sumOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => sum + byte, 0);

function valueOf(type: GraphQLOutputType, seed: number): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, seed);
  if (isListType(type))
    return Array.from({ length: seed % 3 }, (_, index) => valueOf(type.ofType, seed * 31 + index));
  if (isEnumType(type)) return seed % 2 ? "LOW" : "HIGH";
  if (!isCompositeType(type)) return seed % 7;
  if (!isAbstractType(type)) return { __typename: type.name, seed } satisfies Thing;
  const possible = schema.getPossibleTypes(type);
  return { __typename: possible[seed % possible.length]?.name ?? "", seed } satisfies Thing;
}

for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) || type.name.startsWith("__")) continue;
  for (const field of Object.values(type.getFields()))
    field.resolve = (parent: Thing, _arguments, { who, leaks }: World) => {
      const returns = getNamedType(field.type).name;
      if (!mayResolve(who, type.name, field.name, returns)) {
        leaks.push(`${type.name}.${field.name}`);
        throw new Error("reached without right");
      }
      return valueOf(
        field.type,
        (parent.seed * 17 + sumOf(`${type.name}.${field.name}`)) % 100_003,
      );
    };
}

/** Runs an operation in the world; `leaks` are the places that were reached without right. */
export function run(document: DocumentNode, who: Who, seed: number) {
  const leaks: string[] = [];
  const { data, errors } = executeSync({
    schema,
    document,
    rootValue: { __typename: "Query", seed } satisfies Thing,
    contextValue: { who, leaks } satisfies World,
    variableValues: { no: false, n: 2 },
  });
  const text = JSON.stringify(data);
  for (const name of Object.keys(mayUse))
    if (!name.includes(".") && !mayUse[name]?.(who) && text.includes(`"${name}"`))
      leaks.push(`__typename of ${name}`);
  return { data, errors, leaks };
}
