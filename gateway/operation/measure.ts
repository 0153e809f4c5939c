/**
 * How large a document is once its fragments are spread, without spreading them: every node is
 * visited once, every fragment's size is kept and added where it is spread (linear time, so that a
 * document which doubles ten thousand times costs no more than its text). Counts saturate at
 * Number.MAX_SAFE_INTEGER. A spread of an unknown fragment, or one that closes a cycle, counts as
 * one selection: validation refuses both.
 */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { fragmentOrder } from "./fragment-order.ts";

/** The size of a selection set; of a document, the greatest of each over its operations. */
export type Size = {
  /** Levels of fields; those below `__schema` and `__type` are not counted here but in the next. */
  readonly depth: number;
  /** Levels of fields from `__schema` or `__type` on, those two included. */
  readonly introspectionDepth: number;
  /** Levels of fields, wherever they are. */
  readonly levels: number;
  /** Levels of selection sets, of fields and fragments alike. */
  readonly nesting: number;
  readonly aliases: number;
  /** Fields at the top level of the set: the root fields when it is an operation's. */
  readonly rootFields: number;
  /** Fields, inline fragments and spreads. */
  readonly selections: number;
};

export type Measures = Size & {
  /** In the whole text, wherever a directive may stand. */
  readonly directives: number;
  /** `__schema` or `__type` occurs anywhere in the text. */
  readonly introspects: boolean;
};

const nothing: Size = {
  depth: 0,
  introspectionDepth: 0,
  levels: 0,
  nesting: 0,
  aliases: 0,
  rootFields: 0,
  selections: 0,
};

const plus = (a: number, b: number): number => Math.min(a + b, Number.MAX_SAFE_INTEGER);

/** Sizes of two parts of one selection set → the size of both together. */
const beside = (a: Size, b: Size): Size => ({
  depth: Math.max(a.depth, b.depth),
  introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
  levels: Math.max(a.levels, b.levels),
  nesting: Math.max(a.nesting, b.nesting),
  aliases: plus(a.aliases, b.aliases),
  rootFields: plus(a.rootFields, b.rootFields),
  selections: plus(a.selections, b.selections),
});

const greatest = (a: Size, b: Size): Size => ({
  ...beside(a, b),
  aliases: Math.max(a.aliases, b.aliases),
  rootFields: Math.max(a.rootFields, b.rootFields),
  selections: Math.max(a.selections, b.selections),
});

const ofFragment = (inner: Size): Size => ({
  ...inner,
  nesting: plus(inner.nesting, 1),
  selections: plus(inner.selections, 1),
});

const ofField = (inner: Size, isIntrospection: boolean, isAliased: boolean): Size => ({
  depth: isIntrospection ? 1 : plus(inner.depth, 1),
  introspectionDepth: isIntrospection ? plus(inner.levels, 1) : inner.introspectionDepth,
  levels: plus(inner.levels, 1),
  nesting: plus(inner.nesting, 1),
  aliases: plus(inner.aliases, isAliased ? 1 : 0),
  rootFields: 1,
  selections: plus(inner.selections, 1),
});

export function measure(document: DocumentNode): Measures {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const sizes = new Map<string, Size>();
  let directives = 0;
  let introspects = false;

  const ofSet = (set: SelectionSetNode | undefined): Size =>
    set ? set.selections.map(ofSelection).reduce(beside, nothing) : nothing;

  function ofSelection(selection: SelectionNode): Size {
    directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return ofFragment(sizes.get(selection.name.value) ?? nothing);
    if (selection.kind === Kind.INLINE_FRAGMENT) return ofFragment(ofSet(selection.selectionSet));
    const isIntrospection =
      selection.name.value === "__schema" || selection.name.value === "__type";
    introspects ||= isIntrospection;
    return ofField(ofSet(selection.selectionSet), isIntrospection, selection.alias !== undefined);
  }

  for (const definition of document.definitions) {
    directives += definition.directives?.length ?? 0;
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION)
      for (const variable of definition.variableDefinitions ?? [])
        directives += variable.directives?.length ?? 0;
  }
  for (const fragment of fragmentOrder(fragments))
    sizes.set(fragment.name.value, ofSet(fragment.selectionSet));
  const size = document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ofSet(operation.selectionSet))
    .reduce(greatest, nothing);
  return { ...size, directives, introspects };
}
