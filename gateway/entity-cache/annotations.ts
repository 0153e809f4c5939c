/** Arguments and directives as text: in order of their names, variables called as the caller likes. */
import {
  type ArgumentNode,
  type DirectiveNode,
  print,
  stripIgnoredCharacters,
  visit,
} from "graphql";

export type Annotated = {
  readonly arguments?: readonly ArgumentNode[];
  readonly directives?: readonly DirectiveNode[];
};

type Named = { readonly name: { readonly value: string } };

const byName = (one: Named, other: Named): number => (one.name.value < other.name.value ? -1 : 1);

export function annotationsOf(
  { arguments: given = [], directives = [] }: Annotated,
  nameOf: (variable: string) => string = (variable) => variable,
): string {
  const textOf = (node: ArgumentNode | DirectiveNode): string => {
    const renamed = visit(node, {
      Variable: ({ kind, name }) => ({ kind, name: { ...name, value: nameOf(name.value) } }),
      ObjectValue: { leave: (value) => ({ ...value, fields: value.fields.toSorted(byName) }) },
      Directive: {
        leave: (node) => ({ ...node, arguments: (node.arguments ?? []).toSorted(byName) }),
      },
    });
    return stripIgnoredCharacters(print(renamed));
  };
  const inside = given.toSorted(byName).map(textOf).join(",");
  return (inside === "" ? "" : `(${inside})`) + directives.map(textOf).join("");
}
