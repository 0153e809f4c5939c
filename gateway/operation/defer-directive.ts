/**
 * The directive `@defer(if: Boolean! = true, label: String)` in documents: whether it is there, whether it holds,
 * and a document without it. Source: the proposal "Incremental Delivery" for the GraphQL specification.
 */
import {
  type DocumentNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  visit,
} from "graphql";

export type FragmentSelection = FragmentSpreadNode | InlineFragmentNode;

const isDefer = ({ name }: { readonly name: { readonly value: string } }): boolean =>
  name.value === "defer";

const known = new WeakMap<DocumentNode, boolean>();

/** Looked up once for a document. */
export function hasDefer(document: DocumentNode): boolean {
  const found = known.get(document);
  if (found !== undefined) return found;
  let has = false;
  visit(document, {
    Directive(directive) {
      has ||= isDefer(directive);
    },
  });
  known.set(document, has);
  return has;
}

/** The same document when there is none. */
export const withoutDefer = (document: DocumentNode): DocumentNode =>
  hasDefer(document)
    ? visit(document, { Directive: (directive) => (isDefer(directive) ? null : undefined) })
    : document;

/** @returns undefined when the fragment is not deferred, or its `if` is false. */
export function deferOf(
  { directives = [] }: FragmentSelection,
  variables: Readonly<Record<string, unknown>>,
): { readonly label: string | undefined } | undefined {
  const given = directives.find(isDefer)?.arguments;
  if (!directives.some(isDefer)) return undefined;
  const valueOf = (name: string) => given?.find((one) => one.name.value === name)?.value;
  const condition = valueOf("if");
  if (condition?.kind === Kind.BOOLEAN && !condition.value) return undefined;
  if (condition?.kind === Kind.VARIABLE && variables[condition.name.value] !== true)
    return undefined;
  const label = valueOf("label");
  return { label: label?.kind === Kind.STRING ? label.value : undefined };
}
