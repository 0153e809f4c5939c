/** What every subgraph's SDL and the graph as a whole must hold. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type GraphQLError,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
  validate,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { type Graph, prepareGraph } from "../../gateway/supergraph/graph.ts";
import { fromRoot } from "../../platform/root.ts";
import { composeRover } from "../../schema/compose.ts";
import { type PrintedSdl, printSubgraphs } from "../../schema/print.ts";
import { readdir } from "node:fs/promises";

let printed: readonly PrintedSdl[];
let graph: Graph;
beforeAll(async () => {
  printed = await printSubgraphs();
  graph = prepareGraph(await readFile(fromRoot("schema/supergraph.graphql"), "utf8"));
});

describe("the files in schema/", () => {
  test("hold the SDL that the subgraphs print: else run `npm run compose`", async () => {
    expect(printed.map(({ subgraph }) => subgraph)).toEqual([
      "services",
      "payments",
      "health",
      "data-sharing",
    ]);
    for (const { file, sdl } of printed) {
      expect(await readFile(file, "utf8"), `${basename(file)} is stale`).toBe(sdl);
    }
  });

  test("hold the supergraph that they compose to: else run `npm run compose`", async () => {
    const composition = await composeRover(fromRoot("rover.yaml"));
    if (composition.kind === "failed")
      throw new Error(composition.errors.map(({ message }) => message).join("\n"));
    expect(`${composition.supergraphSdl}\n`).toBe(graph.supergraphSdl);
  });

  test("hold operations that are valid and named as their files", async () => {
    for (const file of await readdir(fromRoot("schema/operations"))) {
      const document = parse(await readFile(fromRoot("schema/operations", file), "utf8"));
      expect(
        validate(graph.apiSchema, document).map(
          (error: GraphQLError) => `${file}: ${error.message}`,
        ),
      ).toEqual([]);
      const names = document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
      );
      expect(names).toEqual([file.replace(".graphql", "")]);
    }
  });
});

test("every type, field, argument, input field and enum value has a description", () => {
  const missing: string[] = [];
  const need = (coordinate: string, description: string | null | undefined) => {
    if (!description?.trim()) missing.push(coordinate);
  };
  for (const type of Object.values(graph.apiSchema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    need(type.name, type.description);
    if (isEnumType(type))
      for (const value of type.getValues()) need(`${type.name}.${value.name}`, value.description);
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        need(`${type.name}.${field.name}`, field.description);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      need(`${type.name}.${field.name}`, field.description);
      for (const argument of field.args)
        need(`${type.name}.${field.name}(${argument.name}:)`, argument.description);
    }
  }
  expect(missing).toEqual([]);
});

describe("one agency's outage must not null what others answer, so", () => {
  test("every field of Query and Mutation may be null", () => {
    const { apiSchema } = graph;
    const roots = [apiSchema.getQueryType(), apiSchema.getMutationType()];
    const strict = roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter(({ type }) => isNonNullType(type))
        .map(({ name }) => `${root?.name}.${name}`),
    );
    expect(strict).toEqual([]);
  });

  /** Type → subgraph → fields that it answers there. */
  const named = (type: TypeNode): string =>
    type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
  const isStrict = (type: TypeNode): boolean => type.kind === Kind.NON_NULL_TYPE;

  test("a never-null field of an entity is answered by whoever returns that entity, or the reference may be null", () => {
    const types = printed.flatMap(({ subgraph, sdl }) =>
      parse(sdl)
        .definitions.filter(
          (definition): definition is ObjectTypeDefinitionNode =>
            definition.kind === Kind.OBJECT_TYPE_DEFINITION,
        )
        .map((type) => ({ subgraph, type })),
    );
    const entities = new Set(
      types
        .filter(({ type }) => type.directives?.some(({ name }) => name.value === "key"))
        .map(({ type }) => type.name.value),
    );
    const fieldsIn = (subgraph: string, entity: string) =>
      new Set(
        types
          .find((one) => one.subgraph === subgraph && one.type.name.value === entity)
          ?.type.fields?.map(({ name }) => name.value),
      );
    const problems: string[] = [];
    for (const { subgraph, type } of types) {
      for (const field of type.fields ?? []) {
        const entity = named(field.type);
        const isExternal = field.directives?.some(({ name }) => name.value === "external");
        if (!entities.has(entity) || !isStrict(field.type) || isExternal) continue;
        const here = fieldsIn(subgraph, entity);
        for (const other of types) {
          if (other.type.name.value !== entity || other.subgraph === subgraph) continue;
          for (const foreign of other.type.fields ?? []) {
            if (isStrict(foreign.type) && !here.has(foreign.name.value)) {
              problems.push(
                `${subgraph}: ${type.name.value}.${field.name.value} is never null, but ${entity}.${foreign.name.value} of ${other.subgraph} can be missing`,
              );
            }
          }
        }
      }
    }
    expect(problems).toEqual([]);
  });
});
