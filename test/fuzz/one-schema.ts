/** The answer that one graphql-js schema gives over the rows, and every error that it could have given. */
import {
  buildASTSchema,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  printSchema,
  type ResponsePath,
  visit,
} from "graphql";
import type { Answer, Path } from "./equivalence.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { GraphModel } from "./graph-model.ts";
import { type Carried, createResolver, type Instance } from "./resolve.ts";

type Resolver = GraphQLFieldResolver<Instance | undefined, Carried>;

const typeResolver = ({ __typename }: Instance) => __typename;

async function run(
  schema: GraphQLSchema,
  { query, variables }: FuzzCase,
  fieldResolver: Resolver,
): Promise<Answer> {
  const document = parse(query);
  const carried: Carried = { mutations: [] };
  const { data = null, errors = [] } = await execute({
    schema,
    document,
    contextValue: carried,
    variableValues: variables,
    fieldResolver: fieldResolver as never,
    typeResolver: typeResolver as never,
  });
  return { ...JSON.parse(JSON.stringify({ data, errors })), ...carried };
}

export const answerOfOneSchema = (
  schema: GraphQLSchema,
  one: FuzzCase,
  model: GraphModel,
): Promise<Answer> => run(schema, one, createResolver(one, model));

/** The same schema in which every field and item may be null. */
export function loosened(schema: GraphQLSchema): GraphQLSchema {
  const document = parse(printSchema(schema));
  return buildASTSchema(
    visit(document, {
      FieldDefinition: (field) => ({
        ...field,
        type: visit(field.type, { NonNullType: { leave: ({ type }) => type } }),
      }),
    }),
  );
}

const toPath = (path: ResponsePath | undefined): Path =>
  path ? [...toPath(path.prev), path.key] : [];

/** Places of nulls in `value` that `type` does not allow. */
function brokenPlaces(type: GraphQLOutputType, value: unknown, path: Path): readonly Path[] {
  if (isNonNullType(type))
    return value === null || value === undefined ? [path] : brokenPlaces(type.ofType, value, path);
  if (!isListType(type) || !Array.isArray(value)) return [];
  return value.flatMap((item, index) => brokenPlaces(type.ofType, item, [...path, index]));
}

/** Paths as JSON: of all that throws, and of all nulls where none may be, however deep below others. */
export async function possibleErrors(
  schema: GraphQLSchema,
  loose: GraphQLSchema,
  one: FuzzCase,
  model: GraphModel,
): Promise<ReadonlySet<string>> {
  const resolve = createResolver(one, model);
  const paths: Path[] = [];
  const { errors } = await run(loose, one, (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    const parent = schema.getType(info.parentType.name);
    const field = isObjectType(parent) ? parent.getFields()[info.fieldName] : undefined;
    if (field) paths.push(...brokenPlaces(field.type, value, toPath(info.path)));
    return value;
  });
  for (const { path = [] } of errors) paths.push(path);
  return new Set(paths.map((path) => JSON.stringify(path)));
}
