/**
 * Merged data → the JSON of the client's answer, for data in which nothing is out of order: compiled
 * once per operation into nested functions, it writes text and builds no second tree. Whatever is
 * irregular (a null or a value where the type allows none, an unknown type) ends it, and the exact way
 * (complete.ts) tells what it means. An entity that hangs in many places is written once.
 */
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Place } from "../plan/place.ts";
import type { FieldGroup } from "./collect-fields.ts";
import { compileLeaf } from "./write-leaf.ts";
import type { DataRecord } from "./records.ts";

/** What was written of shared entities, by the number of the function that wrote it. */
export type Written = {
  /** By the index of a place: whether objects there were found to be one and the same. */
  readonly isShared: readonly (boolean | undefined)[];
  readonly texts: (Map<DataRecord, string> | undefined)[];
};

/** Undefined: irregular. */
type Write = (value: unknown, written: Written) => string | undefined;
export type WriteAnswer = (data: DataRecord, written: Written) => string | undefined;

type Field = { readonly key: string; readonly prefix: string; readonly write: Write };

/** @returns undefined when the operation has fields that are not data (`__schema`, `__type`). */
export function compileWriter(
  schema: GraphQLSchema,
  rootType: GraphQLObjectType,
  collect: (typename: string) => readonly FieldGroup[],
  rootPlace: Place,
): WriteAnswer | undefined {
  let memos = 0;

  function writeFields(
    type: GraphQLObjectType,
    groups: readonly FieldGroup[],
    place: Place | undefined,
  ): WriteAnswer {
    const definitions = type.getFields();
    const typename = `${JSON.stringify(type.name)}`;
    const fields = groups.flatMap(({ key, name, collect: below }, index): Field[] => {
      const prefix = `${index === 0 ? "{" : ","}${JSON.stringify(key)}:`;
      if (name === "__typename") return [{ key, prefix, write: () => typename }];
      const fieldType = definitions[name]?.type;
      if (!fieldType) return [];
      return [{ key, prefix, write: compile(fieldType, below, place?.below.get(key)) }];
    });
    if (fields.length === 0) return () => "{}";
    return (record, written) => {
      let text = "";
      for (let index = 0; index < fields.length; index += 1) {
        const { key, prefix, write } = fields[index] as Field;
        const value = write(record[key], written);
        if (value === undefined) return undefined;
        text += prefix + value;
      }
      return `${text}}`;
    };
  }

  function compileObject(
    declared: GraphQLOutputType,
    below: (typename: string) => readonly FieldGroup[],
    place: Place | undefined,
  ): Write {
    const byType = new Map<string, WriteAnswer | undefined>();
    const writerOf = (typename: string): WriteAnswer | undefined => {
      if (byType.has(typename)) return byType.get(typename);
      const type = schema.getType(typename);
      const write = isObjectType(type) ? writeFields(type, below(typename), place) : undefined;
      byType.set(typename, write);
      return write;
    };
    const onlyType = isObjectType(declared) ? declared.name : undefined;
    const writeRecord: Write = (value, written) => {
      if (typeof value !== "object" || Array.isArray(value)) return undefined;
      const record = value as DataRecord;
      const typename = record["__typename"] ?? onlyType;
      if (typeof typename !== "string" || (onlyType && typename !== onlyType)) return undefined;
      return writerOf(typename)?.(record, written);
    };
    if (!place?.isEntity) return writeRecord;
    const memo = (memos += 1);
    return (value, written) => {
      if (!written.isShared[place.index]) return writeRecord(value, written);
      const texts = (written.texts[memo] ??= new Map<DataRecord, string>());
      const known = texts.get(value as DataRecord);
      if (known !== undefined) return known;
      const text = writeRecord(value, written);
      if (text !== undefined) texts.set(value as DataRecord, text);
      return text;
    };
  }

  function compileList(write: Write): Write {
    return (value, written) => {
      if (!Array.isArray(value)) return undefined;
      if (value.length === 0) return "[]";
      let text = "";
      for (let index = 0; index < value.length; index += 1) {
        const item = write(value[index], written);
        if (item === undefined) return undefined;
        text += (index === 0 ? "[" : ",") + item;
      }
      return `${text}]`;
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
    return (value, written) => {
      if (value !== null && value !== undefined) return write(value, written);
      return isNullable ? "null" : undefined;
    };
  }

  const groups = collect(rootType.name);
  if (groups.some(({ name }) => name === "__schema" || name === "__type")) return undefined;
  return writeFields(rootType, groups, rootPlace);
}
