/**
 * The keys by which each subgraph knows each entity, read from the supergraph's `@join__type`
 * (join specification v0.3 and later).
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, parse } from "graphql";

/** Whether an object has all fields of one of its type's keys in a subgraph. */
export type HasKey = (subgraph: string, record: Readonly<Record<string, unknown>>) => boolean;

export function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** `id org { id }` → id, org: the names at the top of a field set. */
export function keyFields(key: string): readonly string[] {
  const [operation] = parse(`{ ${key} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
}

/** Subgraph names by the values of the enum `join__Graph`. */
export function graphNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== "join__Graph")
      continue;
    for (const { name, directives = [] } of definition.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === "join__graph");
      names.set(name.value, (graph && stringArgument(graph, "name")) ?? name.value);
    }
  }
  return names;
}

export function readEntityKeys(supergraphSdl: string): HasKey {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const names = graphNames(supergraph);
  const keys = new Map<string, (readonly string[])[]>();
  for (const definition of supergraph.definitions) {
    if (!("directives" in definition) || !("name" in definition)) continue;
    for (const directive of definition.directives ?? []) {
      if (directive.name.value !== "join__type") continue;
      const key = stringArgument(directive as ConstDirectiveNode, "key");
      if (key === undefined) continue;
      const graph = stringArgument(directive as ConstDirectiveNode, "graph") ?? "";
      const entry = `${names.get(graph)} ${definition.name?.value}`;
      keys.set(entry, [...(keys.get(entry) ?? []), keyFields(key)]);
    }
  }
  return (subgraph, record) => {
    const known = keys.get(`${subgraph} ${String(record["__typename"])}`);
    return !known || known.some((fields) => fields.every((field) => record[field] !== undefined));
  };
}
