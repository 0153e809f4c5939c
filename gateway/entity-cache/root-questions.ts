/** A fetch at the root as questions, one for each of its fields; and some of them as a smaller fetch. */
import {
  type FieldNode,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from "graphql";
import { type Asking, askSubgraph } from "../execution/ask-subgraph.ts";
import type { RootStep } from "../plan/program.ts";
import { operationOf, type RequestText, textOfOperation } from "../plan/request-text.ts";
import { type KeyMaker, variablesText } from "./key-parts.ts";
import { fieldOf } from "./layout.ts";
import type { AskFor, Question } from "./question.ts";
import { rootShape, type Shape, type ShapeScope } from "./shape.ts";
import { customTag, fillFormat } from "./tags.ts";

type RootField = {
  readonly responseKey: string;
  /** Several where the plan asks for parts of it under conditions. */
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly shape: Shape | undefined;
};

type RootFields = {
  readonly fields: readonly RootField[];
  /** The request for some of them, by index in order. */
  readonly textFor: (indexes: readonly number[]) => RequestText;
};

export type RootQuestions = {
  /** Undefined: the fetch cannot be taken apart. */
  readonly of: (asking: Asking, step: RootStep) => readonly Question[] | undefined;
  readonly askForSome: (step: RootStep) => AskFor;
};

const rootType = "Query";

/** The operation with some of its fields, and the variables that those use. */
function reduced(
  operation: OperationDefinitionNode,
  fields: readonly FieldNode[],
  used: ReadonlySet<string>,
): OperationDefinitionNode {
  const definitions = operation.variableDefinitions ?? [];
  return {
    ...operation,
    variableDefinitions: definitions.filter(({ variable }) => used.has(variable.name.value)),
    selectionSet: { kind: Kind.SELECTION_SET, selections: fields },
  };
}

function readFields(scope: ShapeScope, { node }: RootStep): RootFields | undefined {
  const operation = operationOf(node);
  const { selections } = operation.selectionSet;
  const nodes = selections.filter((selection) => selection.kind === Kind.FIELD);
  if (nodes.length < selections.length) return undefined;
  const byKey = Map.groupBy(nodes, ({ alias, name }) => (alias ?? name).value);
  const fields = [...byKey].flatMap(([responseKey, [first, ...others]]): RootField[] => {
    if (!first) return [];
    const own = [first, ...others] as const;
    const shape = rootShape(scope, node.serviceName, rootType, operation, own);
    return [{ responseKey, nodes: own, shape }];
  });
  if (fields.some(({ shape }) => !shape)) return undefined;
  const texts = new Map<string, RequestText>();
  return {
    fields,
    textFor(indexes) {
      const key = indexes.join(" ");
      const known = texts.get(key);
      if (known) return known;
      const chosen = indexes.flatMap((index) => fields.slice(index, index + 1));
      const used = new Set(chosen.flatMap(({ shape }) => shape?.variables ?? []));
      const chosenNodes = chosen.flatMap((field) => field.nodes);
      const text = textOfOperation(reduced(operation, chosenNodes, used));
      texts.set(key, text);
      return text;
    },
  };
}

export function createRootQuestions(scope: ShapeScope, keys: KeyMaker): RootQuestions {
  const { cacheSchema, schema } = scope;
  const known = new WeakMap<RootStep, { readonly fields: RootFields | undefined }>();

  function fieldsOf(step: RootStep): RootFields | undefined {
    const found = known.get(step) ?? { fields: readFields(scope, step) };
    known.set(step, found);
    return found.fields;
  }

  /** `{$args.id}` stands for the argument's value, or its default. */
  function customTags(asking: Asking, subgraph: string, node: FieldNode): readonly string[] {
    const name = node.name.value;
    const formats = cacheSchema.tagFormatsOf(subgraph, `${rootType}.${name}`);
    if (formats.length === 0) return [];
    const type = schema.getType(rootType);
    const definition = isObjectType(type) ? fieldOf(type, name) : undefined;
    const defaults = (definition?.args ?? []).map((one) => [one.name, one.defaultValue] as const);
    const values: Record<string, unknown> = Object.fromEntries(defaults);
    for (const { name: argument, value } of node.arguments ?? []) {
      const given: unknown = valueFromASTUntyped(value, asking.variables);
      if (given !== undefined) values[argument.value] = given;
    }
    return formats.flatMap((format) => {
      const tag = fillFormat(format, values);
      return tag === undefined ? [] : [customTag(subgraph, tag)];
    });
  }

  return {
    of(asking, step) {
      const { serviceName: subgraph } = step.node;
      return fieldsOf(step)?.fields.map(({ responseKey, nodes, shape }, part): Question => {
        const keyScope = keys.scopeOf(shape, asking.context.principal);
        const path = [responseKey];
        const labels = shape?.labels ?? { subgraph, type: rootType };
        const representation = undefined;
        const tagsOf = (value: unknown) =>
          shape
            ? [
                ...shape.tags.fixed,
                ...shape.tags.of({ [responseKey]: value }),
                ...customTags(asking, subgraph, nodes[0]),
              ]
            : [];
        if (!shape || !keyScope)
          return { key: "", scope: "public", labels, shape, path, part, representation, tagsOf };
        const variables = variablesText(shape.variables, asking.variables);
        const key = keys.keyOf(shape, keyScope, variables, "", asking.context.principal);
        return { key, scope: keyScope, labels, shape, path, part, representation, tagsOf };
      });
    },
    askForSome: (step) => async (asking, questions) => {
      const fields = fieldsOf(step);
      const isAll = !fields || questions.length === fields.fields.length;
      const indexes = questions.map(({ part }) => part).toSorted((one, other) => one - other);
      const text = isAll ? step.text : fields.textFor(indexes);
      const result = await askSubgraph(asking, step.node.serviceName, "query", text);
      return { result, pathOf: ({ path }) => path };
    },
  };
}
