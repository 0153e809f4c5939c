/**
 * Reads the access rules out of a supergraph: which types and fields carry `@authenticated`,
 * `@requiresScopes` and `@policy`, under whatever name the supergraph links them. Apollo Gateway
 * composes these directives and enforces none. Enters: supergraph SDL. Leaves: rules by coordinate.
 */
import {
  Kind,
  parse,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DefinitionNode,
  type GraphQLSchema,
} from "graphql";
import { spreadInterfaceRules } from "./interface-rules.ts";
import { accessDirectiveNames, type AccessDirective } from "./link-names.ts";
import type { Rule } from "./rule.ts";

export type AccessRules = {
  /** Type name → rules that must all be met. */
  readonly types: ReadonlyMap<string, readonly Rule[]>;
  /** `Type.field` → rules that must all be met. */
  readonly fields: ReadonlyMap<string, readonly Rule[]>;
};

/** One object for equal rules, so that rules are compared and counted by identity. */
function createRuleReader(): (
  directive: AccessDirective,
  node: ConstDirectiveNode,
  place: string,
) => Rule {
  const known = new Map<string, Rule>();
  const intern = (rule: Rule): Rule => {
    const key = JSON.stringify(rule);
    const found = known.get(key) ?? Object.freeze(rule);
    known.set(key, found);
    return found;
  };
  return function read(directive, node, place) {
    if (directive === "authenticated") return intern({ kind: "authenticated" });
    const kind = directive === "requiresScopes" ? "scopes" : "policies";
    const argument = node.arguments?.find(({ name }) => name.value === kind);
    const value: unknown = argument && valueFromASTUntyped(argument.value);
    // GraphQL takes a single value for a list of one.
    const outer: unknown[] = Array.isArray(value) ? value : [value];
    const anyOf = outer.map((inner): unknown[] => (Array.isArray(inner) ? inner : [inner]));
    if (!anyOf.flat().every((name) => typeof name === "string"))
      throw new TypeError(
        `@${node.name.value} on ${place} needs an argument ${kind}: a list of lists of strings, such as ${kind}: [["billing:read"]].`,
      );
    return intern({ kind, anyOf: anyOf as string[][] });
  };
}

function definitionsOf(supergraph: string | GraphQLSchema): readonly DefinitionNode[] {
  if (typeof supergraph === "string") return parse(supergraph, { noLocation: true }).definitions;
  const parts = [supergraph, ...Object.values(supergraph.getTypeMap())];
  const nodes = parts.flatMap((part) => [part.astNode, ...part.extensionASTNodes]);
  const definitions = nodes.filter((node) => node !== undefined && node !== null);
  if (!supergraph.astNode && supergraph.extensionASTNodes.length === 0)
    throw new TypeError(
      "This schema was not built from supergraph SDL, so that its directives cannot be read. Pass the SDL.",
    );
  return definitions;
}

/**
 * @param supergraph SDL, or the schema built from it with its AST nodes; the API schema will not
 *   do, it has lost the directives.
 * @throws TypeError when a rule cannot be read: a rule that is not understood must not be served.
 */
export function readAccessRules(supergraph: string | GraphQLSchema): AccessRules {
  const definitions = definitionsOf(supergraph);
  const names = accessDirectiveNames(
    definitions.flatMap((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
        ? (definition.directives ?? [])
        : [],
    ),
  );
  const read = createRuleReader();
  const types = new Map<string, readonly Rule[]>();
  const fields = new Map<string, readonly Rule[]>();
  const collect = (
    into: Map<string, readonly Rule[]>,
    place: string,
    directives: readonly ConstDirectiveNode[] | undefined,
  ): void => {
    const rules = new Set(into.get(place));
    for (const node of directives ?? []) {
      const directive = names.get(node.name.value);
      if (directive) rules.add(read(directive, node, place));
    }
    if (rules.size > 0) into.set(place, [...rules]);
  };
  for (const definition of definitions) {
    if (!("name" in definition) || !definition.name) continue;
    const type = definition.name.value;
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION:
        for (const field of definition.fields ?? [])
          collect(fields, `${type}.${field.name.value}`, field.directives);
        collect(types, type, definition.directives);
        break;
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_EXTENSION:
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        collect(types, type, definition.directives);
        break;
      default:
    }
  }
  return spreadInterfaceRules({ types, fields }, definitions);
}
