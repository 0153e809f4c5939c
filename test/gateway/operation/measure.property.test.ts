import fc from "fast-check";
import { Kind, parse, type DocumentNode, type SelectionSetNode } from "graphql";
import { expect, it } from "vitest";
import { inlineFragments } from "../../../gateway/operation/inline-fragments.ts";
import { measure } from "../../../gateway/operation/measure.ts";

/** Text of a random selection set that spreads only fragments of a higher number. */
const { selectionSet } = fc.letrec<{ selectionSet: string; selection: string }>((tie) => ({
  selectionSet: fc
    .array(tie("selection"), { minLength: 1, maxLength: 3 })
    .map((selections) => `{ ${selections.join(" ")} }`),
  selection: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "x: a", "__typename", "b @skip(if: false)", "SPREAD"),
    fc
      .tuple(fc.constantFrom("a", "y: b", "__schema", '__type(name: "A")'), tie("selectionSet"))
      .map(([field, below]) => `${field} ${below}`),
    tie("selectionSet").map((below) => `... @include(if: true) ${below}`),
  ),
}));

/** Each SPREAD becomes the spread of a later fragment, or a field when there is none. */
const documents = fc
  .tuple(
    fc.array(selectionSet, { minLength: 1, maxLength: 3 }),
    fc.array(selectionSet, { maxLength: 6 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([operations, fragments, choices]) => {
    const spread = (text: string, after: number): string =>
      text.replaceAll("SPREAD", () => {
        const left = fragments.length - after;
        return left > 0 ? `...F${after + ((choices.next().value ?? 0) % left)}` : "a";
      });
    return [
      ...operations.map((text, n) => `query O${n} ${spread(text, 0)}`),
      ...fragments.map((text, n) => `fragment F${n} on Q ${spread(text, n + 1)}`),
    ].join("\n");
  });

/** The same sizes, found by walking the document with its fragments written out. */
function naiveSize(set: SelectionSetNode | undefined, inIntrospection = false) {
  const size = {
    depth: 0,
    introspectionDepth: 0,
    nesting: 0,
    aliases: 0,
    rootFields: 0,
    selections: 0,
  };
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error("not written out");
    const isField = selection.kind === Kind.FIELD;
    const starts = isField && ["__schema", "__type"].includes(selection.name.value);
    const inside = inIntrospection || starts;
    const below = naiveSize(selection.selectionSet, inside);
    const own = isField ? 1 : 0;
    size.depth = Math.max(size.depth, inIntrospection ? 0 : starts ? 1 : below.depth + own);
    size.introspectionDepth = Math.max(
      size.introspectionDepth,
      inside ? below.introspectionDepth + own : below.introspectionDepth,
    );
    size.nesting = Math.max(size.nesting, below.nesting + 1);
    size.aliases += below.aliases + (isField && selection.alias ? 1 : 0);
    size.rootFields += isField ? 1 : below.rootFields;
    size.selections += below.selections + 1;
  }
  return size;
}

function naive(document: DocumentNode) {
  const sizes = inlineFragments(document).definitions.map((definition) =>
    naiveSize(definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined),
  );
  const most = (name: keyof ReturnType<typeof naiveSize>) =>
    Math.max(...sizes.map((size) => size[name]));
  return {
    depth: most("depth"),
    introspectionDepth: most("introspectionDepth"),
    nesting: most("nesting"),
    aliases: most("aliases"),
    rootFields: most("rootFields"),
    selections: most("selections"),
  };
}

it("sizes are those of the document with its fragments written out", () => {
  fc.assert(
    fc.property(documents, (source) => {
      const document = parse(source);
      expect(measure(document)).toMatchObject(naive(document));
    }),
    { numRuns: 1_000 },
  );
});

it("directives are those in the text, and introspection is seen wherever it stands", () => {
  fc.assert(
    fc.property(documents, (source) => {
      const { directives, introspects } = measure(parse(source));
      expect(directives).toBe(source.split("@").length - 1);
      expect(introspects).toBe(/__schema|__type\(/.test(source));
    }),
  );
});
