/**
 * One response key may stand for a field with different arguments where the types differ: `... on A { child { text(n: 1)
 * } } ... on B { child { text(n: 2) } }` is valid. The planner asks both of all entities at `child`, and one answer would
 * be taken for the other. So where a document asks a field with different arguments under one key, each travels under a
 * name of its own; the key is told from it again (client-names.ts). Everything after validation works with this
 * document; most documents are left as they are.
 */
import { type DocumentNode, type FieldNode, print, visit } from "graphql";
import { hasOwnPrefix, numbered } from "./client-names.ts";

const byName = <T extends { readonly name: { readonly value: string } }>(
  given: readonly T[] = [],
): T[] => given.toSorted((one, other) => (one.name.value < other.name.value ? -1 : 1));

/** Equal for what may be merged: the order of arguments and of an input object's fields says nothing. */
const textOf = (field: FieldNode): string =>
  byName(field.arguments)
    .map((argument) =>
      print(
        visit(argument, {
          ObjectValue: { leave: (value) => ({ ...value, fields: byName(value.fields) }) },
        }),
      ),
    )
    .join(", ");

/** By key and name: the texts of its arguments, in the order they come. */
type Asked = ReadonlyMap<string, readonly string[]>;

const keyOf = ({ alias, name }: FieldNode): string => `${(alias ?? name).value} ${name.value}`;

function readArguments(document: DocumentNode): Asked {
  const asked = new Map<string, string[]>();
  visit(document, {
    Field(field) {
      // Answered here, by the client's document as it is.
      if (field.name.value.startsWith("__")) return false;
      const texts = asked.get(keyOf(field)) ?? [];
      const text = textOf(field);
      if (!texts.includes(text)) texts.push(text);
      asked.set(keyOf(field), texts);
      return undefined;
    },
  });
  return asked;
}

const known = new WeakMap<DocumentNode, DocumentNode>();

/** @param document Valid. @returns the same one each time, also when it is given that one again. */
export function keepArgumentsApart(document: DocumentNode): DocumentNode {
  const made = known.get(document);
  if (made) return made;
  const asked = readArguments(document);
  const apart = visit(document, {
    Field: {
      enter: ({ name }) => (name.value.startsWith("__") ? false : undefined),
      leave(field) {
        const texts = asked.get(keyOf(field)) ?? [];
        // A client's own name with our prefix would be taken for one of these.
        if (texts.length < 2 && !hasOwnPrefix(field)) return undefined;
        return numbered(field, texts.indexOf(textOf(field)));
      },
    },
  });
  known.set(document, apart);
  known.set(apart, apart);
  return apart;
}
