import { composeServices } from "@apollo/composition";
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";

const sdl = printSubgraphSdl(subgraph);

function apiTypes() {
  const typeDefs = parse(sdl);
  const { errors, supergraphSdl } = composeServices([
    { name: subgraph.name, url: "http://services.test/graphql", typeDefs },
  ]);
  expect(errors ?? []).toEqual([]);
  const types = Object.values(buildSchema(supergraphSdl ?? "").getTypeMap());
  // CacheControlScope comes from the kit, with the definition of @cacheControl; Scope from federation.
  return types.filter(
    ({ name }) =>
      !/^(__|CacheControl|requiresScopes__|join__|link__|core__|federation__)/.test(name),
  );
}

describe("the schema of the services subgraph", () => {
  test("composes alone", () => {
    expect(apiTypes().map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Agency", "Category", "Person", "Service", "ServiceRequest"]),
    );
  });

  test("describes every type, field, argument and value", () => {
    const undescribed: string[] = [];
    const look = (path: string, { description }: { description?: string | null | undefined }) => {
      if (!description) undescribed.push(path);
    };
    const builtIn = new Set(["String", "Int", "Float", "Boolean", "ID", "Query"]);
    for (const type of apiTypes().filter(({ name }) => !builtIn.has(name))) look(type.name, type);
    for (const type of apiTypes()) {
      if (isEnumType(type)) {
        for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      }
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) {
          look(`${type.name}.${field.name}`, field);
        }
      }
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) {
          look(`${type.name}.${field.name}(${argument.name})`, argument);
        }
      }
    }
    expect(undescribed).toEqual([]);
  });

  test("keeps what is a person's out of shared caches", () => {
    for (const name of ["Person", "ServiceRequest"]) {
      expect(sdl).toMatch(
        new RegExp(
          `type ${name} @key\\(fields: "id"\\) @cacheControl\\(maxAge: 0, scope: PRIVATE\\)`,
        ),
      );
    }
  });
});
