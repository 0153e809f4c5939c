import { getIntrospectionQuery } from "graphql";
import { describe, expect, test } from "vitest";
import { SubgraphFailure } from "../../../gateway/fetch/subgraph-fetch.ts";
import { createFederation, type SubgraphModule } from "../../support/federation.ts";

const agencies = [
  { id: "dewa", name: "DEWA" },
  { id: "rta", name: "RTA" },
];

const services: SubgraphModule = {
  sdl: `
    type Query { services: [Service!]! service(id: ID!): Service thing: Thing things: [Thing!]! kind: Kind broken: Int! nullable: Service }
    type Mutation { rename(id: ID!, name: String!): Service second(id: ID!): Service }
    type Service @key(fields: "id") { id: ID! name: String! agency: Agency! secretly: String }
    type Agency @key(fields: "id") { id: ID! name: String! }
    union Thing = Service | Agency
    enum Kind { KNOWN HIDDEN @inaccessible }`,
  resolvers: {
    Query: {
      services: () =>
        Array.from({ length: 4 }, (_, index) => ({
          id: `s${index}`,
          name: `Service ${index}`,
          agency: agencies[index % 2],
        })),
      service: (_: unknown, { id }: { id: string }) =>
        id === "none" ? null : { id, name: `Service ${id}`, agency: agencies[0] },
      thing: () => ({ __typename: "Agency", ...agencies[1] }),
      things: () => [
        { __typename: "Agency", ...agencies[1] },
        { __typename: "Service", id: "s9", name: "Nine", agency: agencies[0] },
      ],
      kind: () => "HIDDEN",
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) => ({
        id,
        name,
        agency: agencies[0],
      }),
      second: (_: unknown, { id }: { id: string }) => ({ id, name: "second", agency: agencies[0] }),
    },
    Service: {
      secretly: () => {
        throw new Error("a message of the subgraph");
      },
    },
  },
};

const payments: SubgraphModule = {
  sdl: `
    type Query { ping: Boolean }
    type Service @key(fields: "id") { id: ID! payables(first: Int = 2): [Payable!] price: Int! note: String }
    type Payable { id: ID! label: String }
    type Agency @key(fields: "id") { id: ID! revenue: Int }`,
  resolvers: {
    Service: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      payables: ({ id }: { id: string }, { first }: { first: number }) =>
        Array.from({ length: first }, (_, index) => ({ id: `${id}-${index}`, label: null })),
      price: ({ id }: { id: string }) => Number(id.slice(1)) * 100,
      note: ({ id }: { id: string }) => {
        if (id === "s2") throw new Error("no note for s2");
        return `note ${id}`;
      },
    },
    Agency: { __resolveReference: ({ id }: { id: string }) => ({ id }), revenue: () => 5 },
  },
};

const city = (intercept?: Parameters<typeof createFederation>[1]) =>
  createFederation({ services, payments }, intercept);

const paymentsIsDown: Parameters<typeof createFederation>[1] = ({ subgraph }) =>
  subgraph === "payments"
    ? Promise.reject(
        new SubgraphFailure("SUBGRAPH_UNAVAILABLE", "payments", '"payments" cannot be reached.'),
      )
    : undefined;

describe("an operation over several subgraphs", () => {
  test("gives exactly what was asked, in the order in which it was asked", async () => {
    const { data, errors } = await city().run(
      "{ list: services { p: payables(first: 1) { id } name id } }",
    );
    expect(errors).toEqual([]);
    expect(JSON.stringify(data.list[1])).toBe('{"p":[{"id":"s1-0"}],"name":"Service 1","id":"s1"}');
  });

  test("sends equal representations once, to one request per subgraph and level", async () => {
    const graph = city();
    const { data } = await graph.run("{ services { agency { name revenue } } }");
    expect(data.services.map((service: any) => service.agency.revenue)).toEqual([5, 5, 5, 5]);
    expect(graph.fetches).toHaveLength(2);
    expect(graph.fetches[1]?.variables["representations"]).toEqual([
      { __typename: "Agency", id: "dewa" },
      { __typename: "Agency", id: "rta" },
    ]);
  });

  test("asks a subgraph once per level, whatever types it is asked for, and keeps their answers apart", async () => {
    const graph = city();
    const { data, errors } = await graph.run(
      "query ($n: Int = 1) { services { n: note payables(first: $n) { id } agency { id revenue } } }",
    );
    expect(graph.fetches.map(({ subgraph }) => subgraph)).toEqual(["services", "payments"]);
    expect(data.services[3]).toEqual({
      n: "note s3",
      payables: [{ id: "s3-0" }],
      agency: { id: "rta", revenue: 5 },
    });
    expect(errors).toEqual([
      {
        message: "no note for s2",
        path: ["services", 2, "n"],
        extensions: { code: "DOWNSTREAM_SERVICE_ERROR", subgraph: "payments" },
      },
    ]);
  });

  test("when a shared request fails, each part of it has its errors", async () => {
    const query = "{ services { payables { id } agency { revenue } } }";
    const down = await city(paymentsIsDown).run(query);
    expect(down.errors.map(({ path }) => path.slice(2).join("."))).toEqual(
      Array.from({ length: 4 }, () => ["payables", "agency.revenue"]).flat(),
    );
    const one = city(({ subgraph }) =>
      subgraph === "payments"
        ? Promise.resolve({
            data: null,
            errors: [{ message: "broken", path: ["_entities0", 0, "payables"] }],
          })
        : undefined,
    );
    const { data, errors } = await one.run(query);
    expect(data.services[0]).toEqual({ payables: null, agency: { revenue: null } });
    expect(errors.filter(({ path }) => path.includes("revenue"))).toHaveLength(4);
  });

  test("entities that came once are still objects of their own", async () => {
    const { data } = await city().run("{ services { agency { id revenue } } }");
    expect(data.services[0].agency).not.toBe(data.services[2].agency);
  });

  test("passes variables and their defaults on, and only where they are used", async () => {
    const graph = city();
    const { data } = await graph.run(
      "query ($n: Int = 1, $id: ID!) { service(id: $id) { payables(first: $n) { id } } }",
      { variables: { id: "s7" } },
    );
    expect(data.service.payables).toEqual([{ id: "s7-0" }]);
    expect(graph.fetches.map(({ variables }) => Object.keys(variables).sort())).toEqual([
      ["id"],
      ["n", "representations"],
    ]);
  });

  test.each([
    [true, ["name", "price"]],
    [false, ["id", "name"]],
  ])("@skip and @include with a variable of %s leave the right fields", async (flag, keys) => {
    const { data } = await city().run(
      'query ($flag: Boolean!) { service(id: "s1") { id @skip(if: $flag) name ... @include(if: $flag) { price } } }',
      { variables: { flag } },
    );
    expect(Object.keys(data.service)).toEqual(keys);
  });

  test("unions take the fields of the type that came, and __typename is the graph's", async () => {
    const { data } = await city().run(
      "{ __typename things { __typename ... on Service { id price } ... on Agency { name } ...F } } fragment F on Agency { revenue }",
    );
    expect(data).toEqual({
      __typename: "Query",
      things: [
        { __typename: "Agency", name: "RTA", revenue: 5 },
        { __typename: "Service", id: "s9", price: 900 },
      ],
    });
  });

  test("mutations run one after another", async () => {
    const graph = city();
    const { data } = await graph.run(
      'mutation { a: rename(id: "s1", name: "x") { name price } b: second(id: "s2") { name } }',
    );
    expect(data).toEqual({ a: { name: "x", price: 100 }, b: { name: "second" } });
    expect(graph.fetches[0]?.kind).toBe("mutation");
  });

  test("introspection is answered without a fetch, beside data and alone", async () => {
    const graph = city();
    const { data } = await graph.run(getIntrospectionQuery());
    expect(data.__schema.types.map(({ name }: { name: string }) => name)).toContain("Payable");
    expect(graph.fetches).toEqual([]);
    const both = await graph.run(
      'query ($t: String!) { kindOf: __type(name: $t) { kind } service(id: "s1") { id } }',
      { variables: { t: "Service" } },
    );
    expect(both.data).toEqual({ kindOf: { kind: "OBJECT" }, service: { id: "s1" } });
  });
});

describe("when something goes wrong", () => {
  test("an error of a subgraph keeps its message and gets the client's path, through lists, aliases and entities", async () => {
    const { data, errors } = await city().run("{ all: services { n: note } }");
    expect(data.all.map(({ n }: { n: string }) => n)).toEqual([
      "note s0",
      "note s1",
      null,
      "note s3",
    ]);
    expect(errors).toEqual([
      {
        message: "no note for s2",
        path: ["all", 2, "n"],
        extensions: { code: "DOWNSTREAM_SERVICE_ERROR", subgraph: "payments" },
      },
    ]);
  });

  test("a subgraph that is down costs its own fields only, each with an error at its path", async () => {
    const { data, errors } = await city(paymentsIsDown).run("{ services { id payables { id } } }");
    expect(data.services[3]).toEqual({ id: "s3", payables: null });
    expect(errors).toHaveLength(4);
    expect(errors[3]).toEqual({
      message: '"payments" cannot be reached.',
      path: ["services", 3, "payables"],
      extensions: { code: "SUBGRAPH_UNAVAILABLE", subgraph: "payments" },
    });
  });

  test("a missing non-null field makes the nearest nullable place above it null", async () => {
    const { data, errors } = await city(paymentsIsDown).run(
      '{ service(id: "s1") { name price } ping }',
    );
    expect(data).toEqual({ service: null, ping: null });
    expect(errors.map(({ path }) => path)).toEqual([["service", "price"], ["ping"]]);
  });

  test("null propagates to the root when nothing in between may be null", async () => {
    const { data, errors } = await city(paymentsIsDown).run("{ services { price } }");
    expect(data).toBeNull();
    expect(errors[0]?.path).toEqual(["services", 0, "price"]);
  });

  test("an unknown entity is null without an error where null is allowed", async () => {
    const { data, errors } = await city().run('{ service(id: "none") { name payables { id } } }');
    expect(data).toEqual({ service: null });
    expect(errors).toEqual([]);
  });

  test.each([
    [
      "null for a non-null field",
      { name: null },
      'A subgraph gave null for "name", which is never null.',
    ],
    ["a number for a string", { name: 5 }, 'A subgraph gave a value for "name" that is no String.'],
    [
      "an object for a string",
      { name: {} },
      'A subgraph gave a value for "name" that is no String.',
    ],
  ])("%s becomes a clear error", async (_what, service, message) => {
    const graph = city(async () => ({ data: { service }, errors: [] }));
    const { data, errors } = await graph.run('{ service(id: "s1") { name } }');
    expect(data).toEqual({ service: null });
    expect(errors[0]).toMatchObject({
      message,
      path: ["service", "name"],
      extensions: { code: "SUBGRAPH_INVALID_RESPONSE" },
    });
  });

  test.each([
    ["too few entities", { data: { _entities: [] }, errors: [] }],
    ["no list of entities", { data: { _entities: {} }, errors: [] }],
  ])("%s become a clear error, not a silent null", async (_what, answer) => {
    const graph = city(({ subgraph }) =>
      subgraph === "payments" ? Promise.resolve(answer) : undefined,
    );
    const { data, errors } = await graph.run('{ service(id: "s1") { name payables { id } } }');
    expect(data.service).toEqual({ name: "Service s1", payables: null });
    expect(errors[0]).toMatchObject({
      path: ["service", "payables"],
      extensions: { code: "SUBGRAPH_INVALID_RESPONSE", subgraph: "payments" },
    });
  });

  test("an error without a path, or at an entity, lands on the fields that are missing for it", async () => {
    for (const path of [undefined, ["_entities"], ["_entities", 0]]) {
      const error = {
        message: "no rights",
        extensions: { code: "NO_RIGHTS", stacktrace: ["secret"] },
        ...(path ? { path } : {}),
      };
      const graph = city(({ subgraph }) =>
        subgraph === "payments" ? Promise.resolve({ data: null, errors: [error] }) : undefined,
      );
      const { errors } = await graph.run('{ service(id: "s1") { one: note payables { id } } }');
      expect(errors).toEqual([
        {
          message: "no rights",
          path: ["service", "one"],
          extensions: { code: "NO_RIGHTS", subgraph: "payments" },
        },
        {
          message: "no rights",
          path: ["service", "payables"],
          extensions: { code: "NO_RIGHTS", subgraph: "payments" },
        },
      ]);
    }
  });

  test("an enum value that clients must not know is null with an error", async () => {
    const { data, errors } = await city().run("{ kind }");
    expect(data).toEqual({ kind: null });
    expect(errors[0]?.path).toEqual(["kind"]);
  });

  test("keys that would change an object's prototype change nothing", async () => {
    const answer = JSON.parse(
      '{"data":{"service":{"id":"s1","__proto__":{"polluted":true}},"__proto__":{"polluted":true}},"errors":[]}',
    );
    const { data } = await city(() => Promise.resolve(answer)).run('{ service(id: "s1") { id } }');
    expect(data).toEqual({ service: { id: "s1" } });
    expect(({} as any).polluted).toBeUndefined();
  });

  test("wrong variables are refused with all their names", async () => {
    await expect(
      city().run(
        "query ($a: ID!, $b: ID!) { one: service(id: $a) { id } two: service(id: $b) { id } }",
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/"\$a".*"\$b"/),
      extensions: { code: "BAD_USER_INPUT" },
    });
  });
});

describe("what the planner needs of the execution", () => {
  test("@requires and @interfaceObject", async () => {
    const shapes: SubgraphModule = {
      sdl: `type Query { media: [Media!]! }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String }`,
      resolvers: {
        Query: {
          media: () => [
            { __typename: "Book", id: "1", title: "B", pages: 7 },
            { __typename: "Film", id: "2", title: "F" },
          ],
        },
      },
    };
    const reviews: SubgraphModule = {
      sdl: `type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external rating: String @requires(fields: "title") }`,
      resolvers: {
        Media: {
          __resolveReference: (reference: object) => reference,
          rating: ({ title }: { title: string }) => `${title}!`,
        },
      },
    };
    const { data, errors } = await createFederation({ shapes, reviews }).run(
      "{ media { __typename rating ... on Book { pages } } }",
    );
    expect(errors).toEqual([]);
    expect(data.media).toEqual([
      { __typename: "Book", rating: "B!", pages: 7 },
      { __typename: "Film", rating: "F!" },
    ]);
  });

  test("a subgraph that knows an interface only as an object does not change what an entity is", async () => {
    const graph = createFederation({
      one: {
        sdl: `type Query { nodes: [Node] } interface Node @key(fields: "id") { id: ID! } type Agency implements Node @key(fields: "id") { id: ID! parent: Agency }`,
        resolvers: {
          Query: { nodes: () => [{ __typename: "Agency", id: "a", parent: { id: "b" } }] },
          Agency: { __resolveReference: (reference: object) => reference },
          Node: { __resolveType: () => "Agency" },
        },
      },
      two: {
        sdl: `type Node @key(fields: "id") @interfaceObject { id: ID! seen: Boolean }`,
        resolvers: {
          Node: { __resolveReference: (reference: object) => reference, seen: () => true },
        },
      },
    });
    const { data, errors } = await graph.run(
      "{ nodes { ... on Agency { parent { seen __typename } } } }",
    );
    expect({ data, errors }).toEqual({
      data: { nodes: [{ parent: { seen: true, __typename: "Agency" } }] },
      errors: [],
    });
  });

  test("an entity that one branch did not ask the key of is not sent for the other branch", async () => {
    const graph = createFederation({
      one: {
        sdl: `type Query { things: [Thing] } union Thing = A | B type A { link: Agency! } type B { link: Agency! } type Agency @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            things: () => [
              { __typename: "A", link: { id: "a" } },
              { __typename: "B", link: { id: "b" } },
            ],
          },
        },
      },
      two: {
        sdl: `type Agency @key(fields: "id") { id: ID! name: String! }`,
        resolvers: {
          Agency: {
            __resolveReference: ({ id }: { id?: string }) => ({ id }),
            name: ({ id }: { id: string }) => id.toUpperCase(),
          },
        },
      },
    });
    const { data, errors } = await graph.run(
      "{ things { ... on A { link { __typename } } ... on B { link { name } } } }",
    );
    expect({ data, errors }).toEqual({
      data: { things: [{ link: { __typename: "Agency" } }, { link: { name: "B" } }] },
      errors: [],
    });
    expect(graph.fetches[1]?.variables["representations"]).toEqual([
      { __typename: "Agency", id: "b" },
    ]);
  });

  const withLabel = (name: (id: string) => string | null) => ({
    one: {
      sdl: `type Query { service: Service } type Service @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { service: () => ({ id: "s1" }) } },
    },
    two: {
      sdl: `type Service @key(fields: "id") { id: ID! name: String }`,
      resolvers: {
        Service: {
          __resolveReference: ({ id }: { id: string }) =>
            name(id) === null ? null : { id, name: name(id) },
        },
      },
    },
    three: {
      sdl: `type Service @key(fields: "id") { id: ID! name: String @external label: String @requires(fields: "name") rank: Int }`,
      resolvers: {
        Service: {
          __resolveReference: (reference: object) => reference,
          label: (reference: object) => JSON.stringify(reference),
          rank: () => 7,
        },
      },
    },
  });
  const ranked =
    "query ($flag: Boolean!) { service { rank label @include(if: $flag) name @include(if: $flag) } }";

  test("a field is not lost because another's @requires was left out by @include", async () => {
    const graph = createFederation(withLabel((id) => `name of ${id}`));
    const without = await graph.run(ranked, { variables: { flag: false } });
    expect(without).toEqual({ data: { service: { rank: 7 } }, errors: [] });
    const given = await graph.run(ranked, { variables: { flag: true } });
    expect(given.data.service.label).toContain("name of s1");
  });

  test("@requires never sees an input that a subgraph did not deliver", async () => {
    const graph = createFederation(withLabel(() => null));
    const { data } = await graph.run(ranked, { variables: { flag: true } });
    expect(data.service.label).toBeNull();
  });

  test("objects whose fields are all left out stay, as empty objects", async () => {
    const query =
      "query ($no: Boolean!) { services { agency @skip(if: $no) { revenue @include(if: $no) } } }";
    const { data, errors } = await city().run(query, { variables: { no: false } });
    expect(errors).toEqual([]);
    expect(data.services).toEqual([{ agency: {} }, { agency: {} }, { agency: {} }, { agency: {} }]);
    const deep =
      "query ($no: Boolean!) { services { ... { payables @skip(if: $no) { ...P @include(if: $no) } } } } fragment P on Payable { label }";
    const below = await city().run(deep, { variables: { no: false } });
    expect(below.errors).toEqual([]);
    expect(below.data.services[0]).toEqual({ payables: [{}, {}] });
  });

  test("an interface that nothing implements is an error, not a silent null", async () => {
    const a: SubgraphModule = {
      sdl: `type Query { a: Node } interface Node @key(fields: "id") { id: ID! }`,
    };
    const b: SubgraphModule = {
      sdl: `type Query { b: Node } type Node @key(fields: "id") @interfaceObject { id: ID! field: String }`,
    };
    await expect(createFederation({ a, b }).run("{ a { field } }")).rejects.toMatchObject({
      extensions: { code: "UNPLANNABLE" },
    });
  });
});
