/**
 * The `@skip` and `@include` that stand over a field. Authorization does not depend on variables,
 * so that it can be cached; a forbidden field carries its conditions along, and whoever reports it
 * asks here whether it was asked for at all.
 */
import {
  Kind,
  type DirectiveNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from "graphql";

export type Condition = {
  readonly directive: "include" | "skip";
  readonly value:
    | boolean
    | { readonly variable: string; /** The variable's default. */ readonly otherwise?: boolean };
};

export type ConditionReader = (selection: SelectionNode) => readonly Condition[];

const none: readonly Condition[] = [];

/** Reads conditions of an operation's selections; the operation declares the defaults. */
export function createConditionReader(operation: OperationDefinitionNode): ConditionReader {
  const defaults = new Map<string, boolean>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue?.kind === Kind.BOOLEAN) defaults.set(variable.name.value, defaultValue.value);

  const valueOf = (node: DirectiveNode): Condition["value"] | undefined => {
    const argument = node.arguments?.find(({ name }) => name.value === "if")?.value;
    if (argument?.kind === Kind.BOOLEAN) return argument.value;
    if (argument?.kind !== Kind.VARIABLE) return undefined;
    const otherwise = defaults.get(argument.name.value);
    return { variable: argument.name.value, ...(otherwise !== undefined && { otherwise }) };
  };

  return function read(selection) {
    if (!selection.directives?.length) return none;
    return selection.directives.flatMap((node): Condition[] => {
      const directive = node.name.value;
      if (directive !== "include" && directive !== "skip") return [];
      const value = valueOf(node);
      return value === undefined ? [] : [{ directive, value }];
    });
  };
}

/**
 * @param variables the request's variables, raw or coerced: defaults are known here.
 * @returns true only when a condition surely leaves the field out; a missing value does not.
 */
export function isLeftOut(
  conditions: readonly Condition[],
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return conditions.some(({ directive, value }) => {
    const actual =
      typeof value === "boolean"
        ? value
        : Object.hasOwn(variables, value.variable)
          ? variables[value.variable]
          : value.otherwise;
    return actual === (directive === "skip");
  });
}
