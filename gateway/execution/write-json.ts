/**
 * Merged data → the JSON of the client's answer, for data in which nothing is out of order: compiled
 * once per operation into nested functions, it writes bytes and builds no second tree. Whatever is
 * irregular (a null or a value where the type allows none, an unknown type) ends it, and the exact way
 * (complete.ts) tells what it means. An entity that hangs in many places is written once, then copied.
 */
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Place } from "../plan/place.ts";
import type { FieldGroup } from "./collect-fields.ts";
import { type Output, repeat, type Span, writeAscii, writeBytes } from "./output.ts";
import type { DataRecord } from "./records.ts";
import { compileLeaf } from "./write-leaf.ts";

/** False: irregular, and what has been written so far is worth nothing. */
type Write = (value: unknown, output: Output) => boolean;
export type WriteAnswer = (data: DataRecord, output: Output) => boolean;

type Field = { readonly dataKey: string; readonly prefix: Uint8Array; readonly write: Write };

/** @returns undefined when the operation has fields that are not data (`__schema`, `__type`). */
export function compileWriter(
  schema: GraphQLSchema,
  rootType: GraphQLObjectType,
  collect: (typename: string) => readonly FieldGroup[],
  rootPlace: Place | undefined,
): WriteAnswer | undefined {
  let memos = 0;

  function compileFields(
    type: GraphQLObjectType,
    groups: readonly FieldGroup[],
    place: Place | undefined,
  ): WriteAnswer {
    const definitions = type.getFields();
    const typename = Buffer.from(JSON.stringify(type.name));
    const writeTypename: Write = (_value, output) => {
      writeBytes(output, typename);
      return true;
    };
    const fields = groups.flatMap(({ key, dataKey, name, collect: below }, index): Field[] => {
      const prefix = Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(key)}:`);
      if (name === "__typename") return [{ dataKey, prefix, write: writeTypename }];
      const fieldType = definitions[name]?.type;
      if (!fieldType) return [];
      return [{ dataKey, prefix, write: compile(fieldType, below, place?.below.get(dataKey)) }];
    });
    return (record, output) => {
      if (fields.length === 0) writeAscii(output, "{");
      for (let index = 0; index < fields.length; index += 1) {
        const { dataKey, prefix, write } = fields[index] as Field;
        writeBytes(output, prefix);
        if (!write(record[dataKey], output)) return false;
      }
      writeAscii(output, "}");
      return true;
    };
  }

  function compileObject(
    declared: GraphQLOutputType,
    below: (typename: string) => readonly FieldGroup[],
    place: Place | undefined,
  ): Write {
    const byType = new Map<string, WriteAnswer | undefined>();
    const writerOf = (typename: string): WriteAnswer | undefined => {
      const known = byType.get(typename);
      if (known || byType.has(typename)) return known;
      const type = schema.getType(typename);
      const isPossible =
        type === declared ||
        (isAbstractType(declared) && isObjectType(type) && schema.isSubType(declared, type));
      const write =
        isPossible && isObjectType(type) ? compileFields(type, below(typename), place) : undefined;
      byType.set(typename, write);
      return write;
    };
    const onlyType = isObjectType(declared) ? declared.name : undefined;
    const writeRecord: Write = (value, output) => {
      if (typeof value !== "object" || Array.isArray(value)) return false;
      const record = value as DataRecord;
      const typename = record["__typename"] ?? onlyType;
      if (typeof typename !== "string" || (onlyType && typename !== onlyType)) return false;
      return writerOf(typename)?.(record, output) ?? false;
    };
    if (!place) return writeRecord;
    memos += 1;
    const memo = memos;
    return (value, output) => {
      if (!output.isShared[place.index]) return writeRecord(value, output);
      const spans = (output.written[memo] ??= new Map<object, Span>());
      const known = spans.get(value as object);
      if (known) {
        repeat(output, known);
        return true;
      }
      const start = output.length;
      if (!writeRecord(value, output)) return false;
      spans.set(value as object, { start, length: output.length - start });
      return true;
    };
  }

  function compileList(write: Write): Write {
    return (value, output) => {
      if (!Array.isArray(value)) return false;
      writeAscii(output, "[");
      for (let index = 0; index < value.length; index += 1) {
        if (index > 0) writeAscii(output, ",");
        if (!write(value[index], output)) return false;
      }
      writeAscii(output, "]");
      return true;
    };
  }

  function compile(
    type: GraphQLOutputType,
    below: (typename: string) => readonly FieldGroup[],
    place: Place | undefined,
  ): Write {
    const isNullable = !isNonNullType(type);
    const inner = isNullable ? type : type.ofType;
    const write = isListType(inner)
      ? compileList(compile(inner.ofType, below, place))
      : isLeafType(inner)
        ? compileLeaf(inner)
        : compileObject(inner, below, place);
    return (value, output) => {
      // What is not there at all is irregular, also where null may be: somebody must say why.
      if (value === undefined) return false;
      if (value !== null) return write(value, output);
      if (isNullable) writeAscii(output, "null");
      return isNullable;
    };
  }

  const groups = collect(rootType.name);
  if (groups.some(({ name }) => name === "__schema" || name === "__type")) return undefined;
  return compileFields(rootType, groups, rootPlace);
}
