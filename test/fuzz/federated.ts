/** The same rows behind real subgraph schemas, composed, and executed by the gateway's own execution. */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, type GraphQLSchema, Kind, parse } from "graphql";
import { executeOperation } from "../../gateway/execution/execute-operation.ts";
import { createDirectFetcher, type Fetcher } from "../../gateway/execution/fetcher.ts";
import type { SubgraphFetch, SubgraphResult } from "../../gateway/fetch/subgraph-fetch.ts";
import { type Graph, prepareGraph } from "../../gateway/supergraph/graph.ts";
import { compose, federationHeader, testContext } from "../support/federation.ts";
import type { Answer } from "./equivalence.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { GraphModel } from "./graph-model.ts";
import { type Carried, createResolver, findRow, type Instance } from "./resolve.ts";
import { applyFaults } from "./subgraph-faults.ts";
import { type Answering, openWire } from "./wire.ts";

export type FederatedGraph = {
  readonly graph: Graph;
  readonly schemas: ReadonlyMap<string, GraphQLSchema>;
};

/** Said of every answer: what may be kept of one with errors is for the cache to know. */
const caching = { cacheControl: "public, max-age=60", age: undefined };

type Representation = Readonly<Record<string, unknown>>;
type Context = Carried & { readonly one: FuzzCase; readonly model: GraphModel };

/** Types with a key, and how their representations are looked up; the case comes by the context. */
function referencesOf(subgraph: string, sdl: string): Record<string, object> {
  const entities = parse(sdl).definitions.flatMap((definition) =>
    "directives" in definition &&
    "name" in definition &&
    definition.directives?.some(({ name }) => name.value === "key")
      ? [definition]
      : [],
  );
  return Object.fromEntries(
    entities.map((definition) => {
      const type = definition.name?.value ?? "";
      const isObject = definition.kind === Kind.OBJECT_TYPE_DEFINITION;
      const __resolveReference = (given: Representation, { one, model }: Context) => {
        const found = findRow(one, model, subgraph, given);
        return found && isObject ? { ...found, __typename: type } : found;
      };
      return [type, { __resolveReference }];
    }),
  );
}

/** @throws with the composition errors. */
export function federate(subgraphs: FuzzCase["subgraphs"]): FederatedGraph {
  const modules = Object.entries(subgraphs).map(([name, sdl]) => [name, { sdl }] as const);
  const graph = prepareGraph(compose(Object.fromEntries(modules)));
  const schemas = modules.map(([name, { sdl }]) => {
    const typeDefs = parse(federationHeader + sdl);
    return [
      name,
      buildSubgraphSchema([{ typeDefs, resolvers: referencesOf(name, sdl) as never }]),
    ] as const;
  });
  return { graph, schemas: new Map(schemas) };
}

/** The type resolver of a subgraph: what is behind an `@interfaceObject` keeps its row's type. */
const typeOf = ({ __typename }: Instance) => __typename;

function answeringOf(
  { schemas }: FederatedGraph,
  one: FuzzCase,
  model: GraphModel,
  { mutations }: Carried,
): Answering {
  return async (subgraph, body) => {
    const schema = schemas.get(subgraph);
    if (!schema) throw new Error(`No subgraph "${subgraph}".`);
    const { query, variables } = JSON.parse(body);
    const { data, errors = [] } = await graphql({
      schema,
      source: query,
      variableValues: variables,
      contextValue: { one, model, mutations } satisfies Context,
      fieldResolver: createResolver(one, model, subgraph) as never,
      typeResolver: typeOf as never,
    });
    const answer = JSON.parse(JSON.stringify({ data: data ?? null, errors }));
    const { errors: told, ...rest } = applyFaults(one.faults, subgraph, answer);
    return JSON.stringify(told.length > 0 ? { errors: told, ...rest } : rest);
  };
}

const withoutWire =
  (answering: Answering): SubgraphFetch =>
  async ({ subgraph, body, read = JSON.parse }) => {
    const text = await answering(subgraph, String(body));
    // With room behind it, since short texts are read another way.
    const json = read(text + " ".repeat(1_024)) as Partial<SubgraphResult>;
    return { data: null, errors: [], ...json, caching };
  };

/** The subgraphs of a case. */
export const fetchOf = (
  federated: FederatedGraph,
  one: FuzzCase,
  model: GraphModel,
): SubgraphFetch => withoutWire(answeringOf(federated, one, model, { mutations: [] }));

/** @throws whatever the execution throws; a fault in a subgraph's own code is an error of the answer. */
export async function answerOfGateway(
  federated: FederatedGraph,
  one: FuzzCase,
  model: GraphModel,
  fetcher: Fetcher = createDirectFetcher(() => ({})),
): Promise<Answer> {
  const { graph } = federated;
  const carried: Carried = { mutations: [] };
  const answering = answeringOf(federated, one, model, carried);
  await using wire = one.way === "wire" ? await openWire(answering, one.faults) : undefined;
  const fetch = wire?.fetch ?? withoutWire(answering);
  const document = parse(one.query);
  const request = { document, operationName: undefined, variables: one.variables };
  const invalidate = async () => {};
  const options = { fetch, fetcher, invalidate, forbiddenFields: "null" } as const;
  const executed = await executeOperation(graph, request, testContext(), options);
  const { data, errors } = executed.complete();
  // The response is made in two ways, as objects and as bytes: they must never differ.
  const written = executed.toJson().body.toString();
  const whole = JSON.stringify(errors.length > 0 ? { data, errors } : { data });
  if (written !== whole) throw new Error(`Written: ${written}\nCompleted: ${whole}`);
  return { ...JSON.parse(JSON.stringify({ data, errors })), ...carried };
}
