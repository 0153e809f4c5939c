/**
 * What the supergraph says that matters to the cache: the keys of entities in each subgraph, and
 * `@cacheTag` (federation specification 2.12), which composes into `@join__directive`.
 */
import {
  type ConstDirectiveNode,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
} from "graphql";
import { graphNames, keyFields, stringArgument } from "../supergraph/entity-keys.ts";

/** One `@key`. */
export type KeyForm = {
  /** Its fields in order, with spaces: names the key in tags. */
  readonly name: string;
  readonly fields: readonly string[];
  /** Without fields of fields. */
  readonly isFlat: boolean;
};

export type CacheSchema = {
  readonly keysOf: (subgraph: string, type: string) => readonly KeyForm[];
  /** Formats of `@cacheTag` on a type, or on a root field as `Query.field`. */
  readonly tagFormatsOf: (subgraph: string, coordinate: string) => readonly string[];
  /** The type, the abstract types that it may be seen as, and the types that it may be. */
  readonly relativesOf: (type: string) => readonly string[];
};

function keyForm(key: string): KeyForm {
  const fields = keyFields(key).toSorted();
  return { name: fields.join(" "), fields, isFlat: !key.includes("{") };
}

/** `args: {format: "…"}` of a `@join__directive`. */
function formatOf(directive: ConstDirectiveNode): string | undefined {
  const args = directive.arguments?.find(({ name }) => name.value === "args")?.value;
  if (args?.kind !== Kind.OBJECT) return undefined;
  const format = args.fields.find(({ name }) => name.value === "format")?.value;
  return format?.kind === Kind.STRING ? format.value : undefined;
}

function graphsOf(directive: ConstDirectiveNode): readonly string[] {
  const graphs = directive.arguments?.find(({ name }) => name.value === "graphs")?.value;
  if (graphs?.kind !== Kind.LIST) return [];
  return graphs.values.flatMap((value) => (value.kind === Kind.ENUM ? [value.value] : []));
}

const isCacheTag = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === "join__directive" &&
  /(?:^|__)cacheTag$/.test(stringArgument(directive, "name") ?? "");

function relatives(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  if (!type) return [name];
  const below = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const all = new Set([name, ...below.map((one) => one.name)]);
  for (const abstract of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(abstract)) continue;
    const holds = [type, ...below].some(
      (one) => (isObjectType(one) || isInterfaceType(one)) && schema.isSubType(abstract, one),
    );
    if (holds) all.add(abstract.name);
  }
  return [...all];
}

/** @param schema The supergraph's full schema, made of the same SDL. */
export function readCacheSchema(supergraphSdl: string, schema: GraphQLSchema): CacheSchema {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const names = graphNames(supergraph);
  const keys = new Map<string, KeyForm[]>();
  const formats = new Map<string, string[]>();
  const add = <T>(map: Map<string, T[]>, key: string, value: T): void => {
    map.set(key, [...(map.get(key) ?? []), value]);
  };
  const readTags = (coordinate: string, directives: readonly ConstDirectiveNode[]): void => {
    for (const directive of directives.filter(isCacheTag)) {
      const format = formatOf(directive);
      if (format === undefined) continue;
      for (const graph of graphsOf(directive))
        add(formats, `${names.get(graph)} ${coordinate}`, format);
    }
  };
  for (const definition of supergraph.definitions) {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    )
      continue;
    const type = definition.name.value;
    for (const directive of definition.directives ?? []) {
      const key =
        directive.name.value === "join__type" ? stringArgument(directive, "key") : undefined;
      if (key === undefined) continue;
      const graph = names.get(stringArgument(directive, "graph") ?? "");
      add(keys, `${graph} ${type}`, keyForm(key));
    }
    readTags(type, definition.directives ?? []);
    for (const field of definition.fields ?? [])
      readTags(`${type}.${field.name.value}`, field.directives ?? []);
  }
  const knownRelatives = new Map<string, readonly string[]>();
  return {
    keysOf: (subgraph, type) => keys.get(`${subgraph} ${type}`) ?? [],
    tagFormatsOf: (subgraph, coordinate) => formats.get(`${subgraph} ${coordinate}`) ?? [],
    relativesOf(type) {
      const known = knownRelatives.get(type) ?? relatives(schema, type);
      // Names come from invalidation requests, too: only what the schema knows is kept.
      if (schema.getType(type)) knownRelatives.set(type, known);
      return known;
    },
  };
}
