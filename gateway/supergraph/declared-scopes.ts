/**
 * Which scopes each subgraph asks for: those in `@requiresScopes` on the types and fields that it
 * answers, by the join directives of the supergraph (Apollo's join specification, v0.3 and later).
 * Enters: supergraph SDL and its access rules. Leaves: scopes by subgraph name.
 */
import { type ConstDirectiveNode, Kind, parse } from "graphql";
import type { AccessRules } from "../operation/access-rules.ts";
import type { Rule } from "../operation/rule.ts";

export type DeclaredScopes = ReadonlyMap<string, ReadonlySet<string>>;

const valueOf = (directive: ConstDirectiveNode, argument: string): string | undefined => {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value;
  return value?.kind === Kind.ENUM || value?.kind === Kind.STRING ? value.value : undefined;
};

const graphsOf = (
  directives: readonly ConstDirectiveNode[] = [],
  name: "join__type" | "join__field",
): readonly string[] =>
  directives
    .filter((directive) => directive.name.value === name)
    .flatMap((directive) => valueOf(directive, "graph") ?? []);

const scopesOf = (rules: readonly Rule[] = []): readonly string[] =>
  rules.flatMap((rule) => (rule.kind === "scopes" ? rule.anyOf.flat() : []));

export function readDeclaredScopes(supergraphSdl: string, rules: AccessRules): DeclaredScopes {
  const { definitions } = parse(supergraphSdl, { noLocation: true });
  const nameOf = new Map<string, string>();
  const byGraph = new Map<string, Set<string>>();
  const add = (graph: string, scopes: readonly string[]): void => {
    if (scopes.length === 0) return;
    const known = byGraph.get(graph) ?? new Set();
    byGraph.set(graph, known);
    for (const scope of scopes) known.add(scope);
  };
  for (const definition of definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === "join__Graph") {
      for (const { name, directives = [] } of definition.values ?? []) {
        const graph = directives.find((directive) => directive.name.value === "join__graph");
        nameOf.set(name.value, (graph && valueOf(graph, "name")) ?? name.value);
      }
    }
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    )
      continue;
    const type = definition.name.value;
    const ofType = graphsOf(definition.directives, "join__type");
    for (const graph of ofType) add(graph, scopesOf(rules.types.get(type)));
    for (const { name, directives } of definition.fields ?? []) {
      const own = graphsOf(directives, "join__field");
      const scopes = scopesOf(rules.fields.get(`${type}.${name.value}`));
      // A field without a join directive is in every subgraph that has the type.
      for (const graph of own.length > 0 ? own : ofType) add(graph, scopes);
    }
  }
  return new Map([...byGraph].map(([graph, scopes]) => [nameOf.get(graph) ?? graph, scopes]));
}
