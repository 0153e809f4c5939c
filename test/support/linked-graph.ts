/**
 * Services, agencies and bills over four subgraphs, with random data: every link is an id, and every field
 * is read from its row, so that a single schema over the same rows must give the same answers.
 */
import fc from "fast-check";
import type { GraphQLFieldResolver } from "graphql";
import type { SubgraphModule } from "./federation.ts";

export type Row = Record<string, unknown> & { __typename: string };
export type Data = Readonly<Record<string, readonly Row[]>>;

const modules = {
  catalogue: `
    type Query { services: [Service!]! first: Service nodes: [Node] anything: Anything }
    interface Node @key(fields: "id") { id: ID! }
    type Service implements Node @key(fields: "id") { id: ID! name: String! summary: String agency: Agency! related: [Service!]! }
    type Agency implements Node @key(fields: "id") { id: ID! name: String! parent: Agency }
    union Anything = Service | Agency`,
  money: `
    type Query { bills: [Bill] }
    type Bill @key(fields: "id") { id: ID! due: Int! note: String service: Service agency: Agency! }
    type Service @key(fields: "id") { id: ID! bills: [Bill!]! total: Int }
    type Agency @key(fields: "id") { id: ID! bills: [Bill!]! revenue: Int! }`,
  extra: `
    type Service @key(fields: "id") { id: ID! name: String! @external label: String @requires(fields: "name") rank: Float }
    type Bill @key(fields: "id") { id: ID! score: Int }`,
  sight: `
    type Node @key(fields: "id") @interfaceObject { id: ID! seen: Boolean }`,
};

/** Links between rows are ids; every field is read from the row, in the federation and in the monolith alike. */
export function createResolve(data: Data): GraphQLFieldResolver<Row | undefined, unknown> {
  const all = Object.values(data).flat();
  const byId = new Map(all.map((row) => [row["id"], row]));
  const follow = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(follow)
      : typeof value === "string" && value.startsWith("#")
        ? byId.get(value.slice(1))
        : value;
  const roots: Record<string, unknown> = {
    services: data["services"],
    first: data["services"]?.[0],
    nodes: [...all.filter(({ __typename }) => __typename !== "Bill"), null],
    anything: data["agencies"]?.[0],
    bills: [...(data["bills"] ?? []), null],
  };
  return (source, _arguments, _context, { fieldName, parentType }) => {
    if (parentType.name === "Query") return roots[fieldName];
    const row = byId.get(source?.["id"]) ?? source;
    if (fieldName === "label") return `${String(row?.["name"])}!`;
    return follow(row?.[fieldName]);
  };
}

// Never like a link.
const text = fc.string().map((value) => `t${value}`);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const links = (prefix: string) =>
  fc.uniqueArray(
    fc.nat(2).map((index) => `#${prefix}${index}`),
    { maxLength: 3 },
  );
const three = (make: (index: number) => fc.Arbitrary<Row>) => fc.tuple(make(0), make(1), make(2));

export const randomData: fc.Arbitrary<Data> = fc.record({
  services: three((index) =>
    fc.record({
      __typename: fc.constant("Service"),
      id: fc.constant(`s${index}`),
      name: text,
      summary: orNull(text),
      agency: fc.nat(2).map((n) => `#a${n}`),
      related: links("s"),
      bills: links("b"),
      total: orNull(fc.integer({ min: 0, max: 9 })),
      rank: orNull(fc.constantFrom(0.5, 1, -2)),
      seen: orNull(fc.boolean()),
    }),
  ),
  agencies: three((index) =>
    fc.record({
      __typename: fc.constant("Agency"),
      id: fc.constant(`a${index}`),
      name: text,
      parent: orNull(fc.nat(2).map((n) => `#a${n}`)),
      bills: links("b"),
      revenue: fc.integer({ min: 0, max: 9 }),
      seen: orNull(fc.boolean()),
    }),
  ),
  bills: three((index) =>
    fc.record({
      __typename: fc.constant("Bill"),
      id: fc.constant(`b${index}`),
      due: fc.integer({ min: 0, max: 9 }),
      note: orNull(text),
      service: orNull(fc.nat(2).map((n) => `#s${n}`)),
      agency: fc.nat(2).map((n) => `#a${n}`),
      score: orNull(fc.nat(5)),
    }),
  ),
});

export type Resolve = GraphQLFieldResolver<Row | undefined, unknown>;

export const typeOfRow = (source: Row): string => source.__typename;

/** @param current The resolver of the data that the subgraphs have now. */
export function linkedSubgraphs(current: () => Resolve): Record<string, SubgraphModule> {
  const resolve: Resolve = (...given) => current()(...given);
  const fields = (type: string, names: readonly string[]) => [
    type,
    Object.fromEntries(
      names.map((name) => [name, (...given: Parameters<typeof resolve>) => resolve(...given)]),
    ),
  ];
  const reference = { __resolveReference: ({ id }: { id: string }) => ({ id }) };
  const withReference = ([type, resolvers]: any) => [type, { ...resolvers, ...reference }];
  const resolvers = (...entries: any[]) => Object.fromEntries(entries);
  return {
    catalogue: {
      sdl: modules.catalogue,
      resolvers: resolvers(
        fields("Query", ["services", "first", "nodes", "anything"]),
        withReference(fields("Service", ["name", "summary", "agency", "related"])),
        withReference(fields("Agency", ["name", "parent"])),
        [
          "Node",
          {
            __resolveType: typeOfRow,
            __resolveReference: ({ id }: { id: string }) => ({
              __typename: id.startsWith("s") ? "Service" : "Agency",
              id,
            }),
          },
        ],
        ["Anything", { __resolveType: typeOfRow }],
      ),
    },
    money: {
      sdl: modules.money,
      resolvers: resolvers(
        fields("Query", ["bills"]),
        withReference(fields("Bill", ["due", "note", "service", "agency"])),
        withReference(fields("Service", ["bills", "total"])),
        withReference(fields("Agency", ["bills", "revenue"])),
      ),
    },
    extra: {
      sdl: modules.extra,
      resolvers: {
        Service: {
          __resolveReference: (given: object) => given,
          label: ({ name }: { name: string }) => `${name}!`,
          rank: (...given: Parameters<typeof resolve>) => resolve(...given),
        },
        Bill: { ...reference, score: (...given: Parameters<typeof resolve>) => resolve(...given) },
      },
    },
    sight: {
      sdl: modules.sight,
      resolvers: {
        Node: { ...reference, seen: (...given: Parameters<typeof resolve>) => resolve(...given) },
      },
    },
  };
}
