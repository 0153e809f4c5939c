/** Leaf values → JSON, by the same rules as leaf.ts, compiled per type. */
import { type GraphQLLeafType, isEnumType } from "graphql";
import { isInfinite, isInt32, isInteger } from "./leaf.ts";
import { type Output, writeAscii, writeBytes, writeString, writeUtf8 } from "./output.ts";

/** Writes a value that is not null; false when it is no value of the type. */
export type WriteLeaf = (value: unknown, output: Output) => boolean;

const text = (value: unknown, output: Output): boolean => {
  if (typeof value !== "string") return false;
  writeString(output, value);
  return true;
};

const byName: Readonly<Record<string, WriteLeaf>> = {
  Int(value, output) {
    if (!isInt32(value)) return false;
    writeAscii(output, String(value));
    return true;
  },
  Float(value, output) {
    if (typeof value !== "number" || isInfinite(value)) return false;
    writeAscii(output, JSON.stringify(value));
    return true;
  },
  String: text,
  Boolean(value, output) {
    if (typeof value !== "boolean") return false;
    writeAscii(output, value ? "true" : "false");
    return true;
  },
  ID: (value, output) => text(isInteger(value) ? String(value) : value, output),
};

export function compileLeaf(type: GraphQLLeafType): WriteLeaf {
  if (isEnumType(type)) {
    const texts = new Map<unknown, Uint8Array>(
      type.getValues().map(({ name }) => [name, Buffer.from(JSON.stringify(name))]),
    );
    return (value, output) => {
      const known = texts.get(value);
      if (known) writeBytes(output, known);
      return known !== undefined;
    };
  }
  // Custom scalars are the subgraph's affair and pass as they are.
  return Object.hasOwn(byName, type.name)
    ? (byName[type.name] as WriteLeaf)
    : (value, output) => {
        if (isInfinite(value)) return false;
        writeUtf8(output, JSON.stringify(value));
        return true;
      };
}
