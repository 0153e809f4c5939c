/**
 * Merged data → the client's response: exactly the fields that were asked for, in their order, with
 * types checked and nulls propagated by the rules of the GraphQL specification (section 6.4.4).
 * A null that is an error has its error: from the subgraph, from a fetch that failed, from an
 * authorisation rule, or made here.
 */
import {
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { ClientNames } from "../plan/client-names.ts";
import { isLeftOut } from "../operation/conditions.ts";
import type { Removal } from "../operation/filter.ts";
import type { FieldGroup } from "./collect-fields.ts";
import type { Failure, Failures, ResponseError } from "./failures.ts";
import { completeLeaf, isInvalidLeaf } from "./leaf.ts";
import { createPathIndex } from "./path-index.ts";
import { type DataRecord, isRecord } from "./records.ts";

export type CompleteOptions = {
  readonly schema: GraphQLSchema;
  readonly rootType: GraphQLObjectType;
  readonly collect: (typename: string) => readonly FieldGroup[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly failures: Failures;
  readonly clientNames: ClientNames;
  /** Finished values of `__schema` and `__type`, by response key. */
  readonly introspection: DataRecord;
};

export type Completed = {
  readonly data: DataRecord | null;
  readonly errors: readonly ResponseError[];
};

type Path = (string | number)[];

/** A null where none may be: the nearest nullable place above becomes null. */
const bubble = Symbol("bubble");

export function complete(options: CompleteOptions, source: DataRecord): Completed {
  const { schema, failures, introspection, clientNames } = options;
  const errors: ResponseError[] = [];
  const path: Path = [];

  const report = ({ message, extensions }: Failure): void => {
    errors.push({ message, path: [...path], extensions });
  };
  /** A field that was taken out names itself; one that was emptied, the fields below that were. */
  const reportRemoval = (removal: Removal): void => {
    const refused = removal.kind === "forbidden" ? [removal.forbidden] : removal.forbidden;
    const keys = path.filter((part) => typeof part === "string").length;
    for (const forbidden of refused) {
      if (isLeftOut(forbidden.conditions, options.variables)) continue;
      const below = forbidden.path.slice(keys).map(({ key }) => key);
      const { message, code, coordinate } = forbidden;
      errors.push({ message, path: [...path, ...below], extensions: { code, coordinate } });
    }
  };
  const reportInvalid = (message: string): void =>
    report({ message, extensions: { code: "SUBGRAPH_INVALID_RESPONSE" } });
  const located = failures.withPaths(source).map((error) => ({
    ...error,
    path: error.path.map(clientNames.toClient),
  }));
  const hasSubgraphError = createPathIndex(located);

  /** @param explained Whether the reason of a null here has been reported already. */
  function completeValue(
    type: GraphQLOutputType,
    value: unknown,
    group: FieldGroup,
    explained = false,
  ): unknown {
    if (isNonNullType(type)) {
      const errorsBefore = errors.length;
      const completed = completeValue(type.ofType, value, group);
      if (completed !== null && completed !== bubble) return completed;
      if (!explained && errors.length === errorsBefore && !hasSubgraphError(path)) {
        reportInvalid(`A subgraph gave null for "${group.name}", which is never null.`);
      }
      return bubble;
    }
    if (value === null || value === undefined) return null;
    if (isListType(type)) return completeList(type.ofType, value, group);
    if (isLeafType(type)) {
      const leaf = completeLeaf(type, value);
      if (!isInvalidLeaf(leaf)) return leaf;
      reportInvalid(`A subgraph gave a value for "${group.name}" that is no ${type.name}.`);
      return null;
    }
    return completeObject(type, value, group);
  }

  function completeList(itemType: GraphQLOutputType, value: unknown, group: FieldGroup): unknown {
    if (!Array.isArray(value)) {
      reportInvalid(`A subgraph gave something else than a list for "${group.name}".`);
      return null;
    }
    const items: unknown[] = [];
    let whole = true;
    for (const [index, item] of value.entries()) {
      path.push(index);
      const completed = completeValue(itemType, item, group);
      path.pop();
      if (completed === bubble) whole = false;
      items.push(completed);
    }
    return whole ? items : null;
  }

  function completeObject(
    type: GraphQLNamedOutputType,
    value: unknown,
    group: FieldGroup,
  ): DataRecord | null {
    if (!isRecord(value)) {
      reportInvalid(`A subgraph gave something else than an object for "${group.name}".`);
      return null;
    }
    const typename = value["__typename"];
    // A type that clients do not know (`@inaccessible`) is nothing they can be shown.
    const runtimeType = typeof typename === "string" ? schema.getType(typename) : type;
    if (!isCompositeType(runtimeType)) return null;
    const completed = completeFields(runtimeType.name, group.collect(runtimeType.name), value);
    return completed === bubble ? null : completed;
  }

  function completeFields(
    typename: string,
    groups: readonly FieldGroup[],
    value: DataRecord,
  ): DataRecord | typeof bubble {
    const type = schema.getType(typename);
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    const result: DataRecord = {};
    let whole = true;
    for (const group of groups) {
      const { removal } = group;
      if ((group.name === "__schema" || group.name === "__type") && !removal) {
        result[group.key] = introspection[group.key] ?? null;
        continue;
      }
      if (group.name === "__typename" && !removal) {
        // An interface's name here means that the fetch which knows the real type failed.
        if (isObjectType(type)) result[group.key] = typename;
        else whole = false;
        continue;
      }
      const fieldType = fields[group.name]?.type;
      if (!fieldType && !removal) continue;
      path.push(group.key);
      const { dataKey } = group;
      const given = !removal && Object.hasOwn(value, dataKey) ? value[dataKey] : undefined;
      const failure = given === undefined && !removal ? failures.at(value) : undefined;
      const isFailed = failure !== undefined && !hasSubgraphError(path);
      if (isFailed) report(failure);
      if (removal) reportRemoval(removal);
      const explained = isFailed || removal !== undefined;
      const completed = fieldType ? completeValue(fieldType, given, group, explained) : bubble;
      path.pop();
      if (completed === bubble) whole = false;
      else result[group.key] = completed;
    }
    return whole ? result : bubble;
  }

  const { rootType, collect } = options;
  const completed = completeFields(rootType.name, collect(rootType.name), source);
  const data = completed === bubble ? null : completed;
  const fromSubgraphs = located.map((error) => ({
    ...error,
    path: reach(data, error.path),
  }));
  return { data, errors: [...errors, ...fromSubgraphs] };
}

/**
 * An error may point at a field that only the plan knows (an input of `@requires`): its path is cut
 * where the response has no such field. Below a null the path stays: the error is why it is null.
 */
function reach(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [index, part] of path.entries()) {
    if (value === null) return path;
    const present = Array.isArray(value)
      ? typeof part === "number" && part < value.length
      : isRecord(value) && Object.hasOwn(value, part);
    if (!present) return path.slice(0, index);
    value = (value as Record<string | number, unknown>)[part];
  }
  return path;
}
