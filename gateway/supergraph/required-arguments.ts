/**
 * `@requires` with arguments, read from the supergraph. The planner puts a required field into the same
 * selection as the client's, under the same name, and of two that differ in their arguments one is lost
 * without a word. So the planner is kept from ever seeing two of them together (plan/planner.ts).
 */
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
} from "graphql";

export type RequiredArguments = {
  /** Names of fields that some `@requires` asks with arguments. */
  readonly names: ReadonlySet<string>;
  /**
   * Fields that cannot be in one plan with each other, because they require one field with different
   * arguments: those of the same number can. A field that is not listed has the number 0.
   */
  readonly numbers: ReadonlyMap<string, number>;
};

const requiresOf = (directive: ConstDirectiveNode): string | undefined => {
  const value = directive.arguments?.find(({ name }) => name.value === "requires")?.value;
  return directive.name.value === "join__field" && value?.kind === Kind.STRING
    ? value.value
    : undefined;
};

/** `price(currency: "EUR") { amount }` → price: `(currency: "EUR")`. */
function readArguments(set: SelectionSetNode, path: string, into: Map<string, string>): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const here = `${path}.${selection.name.value}`;
      into.set(here, (selection.arguments ?? []).map(print).toSorted().join(", "));
      if (selection.selectionSet) readArguments(selection.selectionSet, here, into);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      readArguments(selection.selectionSet, path, into);
    }
  }
}

function argumentsRequiredBy(field: FieldDefinitionNode): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const directive of field.directives ?? []) {
    const requires = requiresOf(directive);
    if (!requires) continue;
    const [operation] = parse(`{ ${requires} }`, { noLocation: true }).definitions;
    if (operation?.kind === Kind.OPERATION_DEFINITION)
      readArguments(operation.selectionSet, "", found);
  }
  return found;
}

const areAtOdds = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  [...one].some(([path, text]) => other.has(path) && other.get(path) !== text);

export function readRequiredArguments(supergraphSdl: string): RequiredArguments {
  const names = new Set<string>();
  const numbers = new Map<string, number>();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (!("fields" in definition)) continue;
    const groups: { name: string; required: ReadonlyMap<string, string> }[][] = [];
    for (const field of definition.fields ?? []) {
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      const required = argumentsRequiredBy(field);
      for (const [path, text] of required)
        if (text !== "") names.add(path.slice(path.lastIndexOf(".") + 1));
      if (required.size === 0) continue;
      const { value: name } = field.name;
      const free = groups.find((group) => !group.some((one) => areAtOdds(required, one.required)));
      if (free) free.push({ name, required });
      else groups.push([{ name, required }]);
    }
    if (groups.length < 2) continue;
    for (const [index, group] of groups.entries())
      for (const { name } of group) numbers.set(name, index + 1);
  }
  return { names, numbers };
}
