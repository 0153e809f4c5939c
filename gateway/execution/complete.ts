/**
 * Merged data → the client's response: exactly the fields that were asked for, in their order, with
 * types checked and nulls propagated by the rules of the GraphQL specification (section 6.4.4).
 * A null that is an error has its error: from the subgraph, from a fetch that failed, from an
 * authorisation rule, or made here.
 */
import {
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLNamedOutputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { isLeftOut } from "../operation/conditions.ts";
import type { Removal } from "../operation/filter.ts";
import type { FieldGroup } from "./collect-fields.ts";
import type { Failure, Failures, ResponseError } from "./failures.ts";
import { completeLeaf, isInvalidLeaf } from "./leaf.ts";
import { createPathIndex } from "./path-index.ts";
import { type DataRecord, isRecord } from "./records.ts";
import { saysNothingNew, locate, type LocatedError, tell } from "./told-errors.ts";

export type CompleteOptions = {
  readonly schema: GraphQLSchema;
  /** Knows the `@inaccessible` types, too. */
  readonly supergraphSchema: GraphQLSchema;
  readonly rootType: GraphQLObjectType;
  readonly collect: (typename: string) => readonly FieldGroup[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly failures: Failures;
  /** Finished values of `__schema` and `__type`, by response key. */
  readonly introspection: DataRecord;
  /** Names of fields that are sent on to subgraphs. */
  readonly inputs: ReadonlySet<string>;
  /** Told of each object as it is completed, so that more of it can be completed later. */
  readonly onObject?: (instance: Instance) => void;
  /** Whether an error of a subgraph, by the client's path, is to be told now. Default: each is. */
  readonly isTold?: (error: ResponseError) => boolean;
};

/** An object of the answer, and what is asked of it. */
export type Instance = {
  readonly path: readonly (string | number)[];
  readonly typename: string;
  readonly groups: readonly FieldGroup[];
  /** Why something may be missing in the objects around it. */
  readonly missing: Failure | "unknown" | undefined;
};

export type Completed = {
  readonly data: DataRecord | null;
  readonly errors: readonly ResponseError[];
};

type Path = (string | number)[];

/** The error as it is seen from an object at the beginning of its path. */
const below = ({ dataPath, error }: LocatedError, from: number): LocatedError =>
  from === 0
    ? { dataPath, error }
    : { dataPath: dataPath.slice(from), error: { ...error, path: error.path.slice(from) } };

/** A null where none may be: the nearest nullable place above becomes null. */
const bubble = Symbol("bubble");

/** Whether a type can stand where another is declared. The name of an interface can: `@interfaceObject`. */
function isOneOf(
  schema: GraphQLSchema,
  declared: GraphQLNamedOutputType,
  type: GraphQLNamedType | undefined,
): type is GraphQLCompositeType {
  if (type === declared) return isCompositeType(type);
  if (!isAbstractType(declared)) return false;
  return isInterfaceType(type) || (isObjectType(type) && schema.isSubType(declared, type));
}

/** Whether it depends on the object's own type what is asked of it. */
function needsType(schema: GraphQLSchema, type: GraphQLAbstractType, { collect }: FieldGroup) {
  const known = collect(type.name);
  return (
    known.some(({ name }) => name === "__typename") ||
    schema.getPossibleTypes(type).some((possible) => {
      const groups = collect(possible.name);
      return (
        groups.length !== known.length ||
        groups.some(({ nodes }, index) => nodes.length !== known[index]?.nodes.length)
      );
    })
  );
}

/**
 * @param at The object to begin with, and its record; default: the root. Its data is what the instance asks for.
 */
export function complete(
  options: CompleteOptions,
  source: DataRecord,
  at?: { readonly instance: Instance; readonly record: DataRecord },
): Completed {
  const { schema, supergraphSchema, failures, introspection } = options;
  const errors: ResponseError[] = [];
  const path: Path = [...(at?.instance.path ?? [])];
  // Why something may be missing in the object at hand, or in one around it: a fetch that failed, or a
  // subgraph that does not know it, of which nothing is to be told.
  let missing: Failure | "unknown" | undefined;

  const report = ({ message, extensions }: Failure): void => {
    errors.push({ message, path: [...path], extensions });
  };
  /** A field that was taken out names itself; one that was emptied, the fields below that were. */
  const reportRemoval = (removal: Removal): void => {
    const refused = removal.kind === "forbidden" ? [removal.forbidden] : removal.forbidden;
    const keys = path.filter((part) => typeof part === "string").length;
    for (const forbidden of refused) {
      if (isLeftOut(forbidden.conditions, options.variables)) continue;
      const rest = forbidden.path.slice(keys).map(({ key }) => key);
      const { message, code, coordinate } = forbidden;
      errors.push({ message, path: [...path, ...rest], extensions: { code, coordinate } });
    }
  };
  const explain = (message: string): void => {
    if (!hasSubgraphError(path)) reportInvalid(message);
  };
  const reportInvalid = (message: string): void =>
    report({ message, extensions: { code: "SUBGRAPH_INVALID_RESPONSE" } });
  const lacking = new Set<ResponseError>();
  const noteLacking = (): void => void lacking.add(errors.at(-1) as ResponseError);
  const located = locate(failures.withPaths(source));
  const hasSubgraphError = createPathIndex(located.map(({ error }) => error));

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
        if (value === undefined) noteLacking();
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
    const before = missing;
    missing = failures.at(value) ?? (failures.isIncomplete(value) ? "unknown" : missing);
    const completed = completeRecord(type, value, group);
    missing = before;
    return completed;
  }

  function completeRecord(
    type: GraphQLNamedOutputType,
    value: DataRecord,
    group: FieldGroup,
  ): DataRecord | null {
    const typename = value["__typename"] ?? type.name;
    const runtimeType = typeof typename === "string" ? schema.getType(typename) : undefined;
    if (!isOneOf(schema, type, runtimeType)) {
      // A type that clients do not know (`@inaccessible`) is nothing they can be shown.
      const isHidden =
        !runtimeType && typeof typename === "string" && supergraphSchema.getType(typename);
      if (!isHidden)
        reportInvalid(`A subgraph gave an object for "${group.name}" that is no ${type.name}.`);
      return null;
    }
    const groups = group.collect(runtimeType.name);
    if (isAbstractType(runtimeType) && needsType(schema, runtimeType, group)) {
      // The fetch that knows the type did not bring it.
      if (!missing) explain(`No subgraph told which ${runtimeType.name} "${group.name}" is.`);
      else if (missing !== "unknown" && !hasSubgraphError(path)) report(missing);
      return null;
    }
    const completed = completeFields(runtimeType.name, groups, value);
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
    options.onObject?.({ path: [...path], typename, groups, missing });
    for (const group of groups) {
      const { removal } = group;
      if ((group.name === "__schema" || group.name === "__type") && !removal) {
        result[group.key] = introspection[group.key] ?? null;
        continue;
      }
      if (group.name === "__typename" && !removal) {
        result[group.key] = typename;
        continue;
      }
      const fieldType = fields[group.name]?.type;
      if (!fieldType && !removal) continue;
      path.push(group.key);
      const { dataKey } = group;
      const given = !removal && Object.hasOwn(value, dataKey) ? value[dataKey] : undefined;
      const isMissing = given === undefined && !removal;
      const isExplained = isMissing && (missing === "unknown" || hasSubgraphError(path));
      if (isMissing && !isExplained) {
        if (missing && missing !== "unknown") report(missing);
        else if (!missing) {
          reportInvalid(`A subgraph's answer lacks "${group.name}".`);
          noteLacking();
        }
      }
      if (removal) reportRemoval(removal);
      const explained = (isMissing && !isExplained) || removal !== undefined;
      const completed = fieldType ? completeValue(fieldType, given, group, explained) : bubble;
      path.pop();
      if (completed === bubble) whole = false;
      else result[group.key] = completed;
    }
    return whole ? result : bubble;
  }

  const { rootType, collect, isTold = () => true } = options;
  const record = at?.record ?? source;
  missing = failures.at(record) ?? at?.instance.missing;
  if (at && !missing && failures.isIncomplete(record)) missing = "unknown";
  const completed = at
    ? completeFields(at.instance.typename, at.instance.groups, record)
    : completeFields(rootType.name, collect(rootType.name), record);
  const data = completed === bubble ? null : completed;
  const from = at?.instance.path.length ?? 0;
  const fromSubgraphs = located
    .filter(({ error }) => isTold(error))
    .flatMap((one) => tell(below(one, from), record, data, options.inputs) ?? []);
  const made = errors.filter((error) => {
    const own = { ...error, path: error.path.slice(from) };
    return !lacking.has(error) || !saysNothingNew(own, data, fromSubgraphs);
  });
  const beginning = at?.instance.path ?? [];
  const told = fromSubgraphs.map((one) => ({ ...one, path: [...beginning, ...one.path] }));
  return { data, errors: [...made, ...told] };
}
