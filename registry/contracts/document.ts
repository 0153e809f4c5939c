/** A supergraph or an SDL as contracts look at it: its types without the machinery, and their tags. */
import { type ConstDirectiveNode, type DocumentNode, Kind, type TypeDefinitionNode } from "graphql";

/** `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
export type IsHidden = (coordinate: string) => boolean;

export const rootTypes: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

export type Tagged = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

export const tagsOf = ({ directives = [] }: Tagged): readonly string[] =>
  directives
    .filter(({ name }) => name.value === "tag")
    .flatMap(({ arguments: given = [] }) =>
      given.flatMap(({ value }) => (value.kind === Kind.STRING ? [value.value] : [])),
    );

/** Of the supergraph's own machinery: `join__Graph`, `link__Import`. */
const isMachinery = ({ name }: TypeDefinitionNode): boolean => name.value.includes("__");

export const typesOf = (document: DocumentNode): readonly TypeDefinitionNode[] =>
  document.definitions.filter(
    (one): one is TypeDefinitionNode =>
      /Type(Definition|Extension)$/.test(one.kind) && !isMachinery(one as TypeDefinitionNode),
  );
