/** A fetch of entities as questions, one for each representation; and some of them as a smaller fetch. */
import type { Asking } from "../execution/ask-subgraph.ts";
import { askForEntities, type EntityRequest } from "../execution/fetcher.ts";
import type { Ask } from "../plan/request-text.ts";
import { type KeyMaker, variablesText } from "./key-parts.ts";
import type { AskFor, Question } from "./question.ts";
import { entityShape, type Shape, type ShapeScope } from "./shape.ts";
import { customTag, fillFormat, tagsOfEntity } from "./tags.ts";

export type EntityQuestions = (asking: Asking, request: EntityRequest) => readonly Question[];

type Json = Readonly<Record<string, unknown>>;

const typenameOf = (representation: string): string =>
  String((JSON.parse(representation) as Json)["__typename"]);

export function createEntityQuestions(scope: ShapeScope, keys: KeyMaker): EntityQuestions {
  const { cacheSchema } = scope;
  const shapes = new WeakMap<Ask, Map<string, Shape | undefined>>();

  function shapeOf(ask: Ask | undefined, subgraph: string, typename: string) {
    if (!ask) return undefined;
    const ofAsk = shapes.get(ask) ?? new Map<string, Shape | undefined>();
    shapes.set(ask, ofAsk);
    if (!ofAsk.has(typename))
      ofAsk.set(typename, entityShape(scope, subgraph, typename, ask.operation));
    return ofAsk.get(typename);
  }

  function tagsOf(shape: Shape, representation: string, value: unknown): readonly string[] {
    const { subgraph, type } = shape.labels;
    const known = { ...(JSON.parse(representation) as Json), ...(value as Json | null) };
    const formats = cacheSchema.tagFormatsOf(subgraph, type);
    const custom = formats.map((format) => fillFormat(format, known));
    return [
      ...shape.tags.fixed,
      ...shape.tags.of(value),
      ...tagsOfEntity(cacheSchema, subgraph, type, known),
      ...custom.flatMap((tag) => (tag === undefined ? [] : [customTag(subgraph, tag)])),
    ];
  }

  return (asking, { group, text, parts }) => {
    const { principal } = asking.context;
    return parts.flatMap(({ ask, representations, typenames }, part) => {
      const key = text.parts[part]?.key ?? "";
      const texts = new Map<Shape, string>();
      return representations.map((representation, index): Question => {
        const typename = typenames[index] ?? typenameOf(representation);
        const shape = shapeOf(group.asks[ask], group.subgraph, typename);
        const path = [key, index];
        const keyScope = keys.scopeOf(shape, principal);
        const labels = shape?.labels ?? { subgraph: group.subgraph, type: typename };
        if (!shape || !keyScope) {
          const tags = () => [];
          return {
            key: "",
            scope: "public",
            labels,
            shape,
            path,
            part,
            representation,
            tagsOf: tags,
          };
        }
        const variables = texts.get(shape) ?? variablesText(shape.variables, asking.variables);
        texts.set(shape, variables);
        return {
          key: keys.keyOf(shape, keyScope, variables, representation, principal),
          scope: keyScope,
          labels,
          shape,
          path,
          part,
          representation,
          tagsOf: (value) => tagsOf(shape, representation, value),
        };
      });
    });
  };
}

/** Asks for some of the questions of a request, in one request. */
export function askForSome(request: EntityRequest, count: number): AskFor {
  return async (asking, questions) => {
    if (questions.length === count)
      return { result: await askForEntities(asking, request), pathOf: ({ path }) => path };
    const byPart = Map.groupBy(questions, ({ part }) => part);
    const chosen = [...byPart.keys()].toSorted((one, other) => one - other);
    const parts = chosen.flatMap((part) => {
      const whole = request.parts[part];
      const some = byPart.get(part) ?? [];
      const representations = some.map(({ representation }) => representation ?? "");
      return whole ? [{ ask: whole.ask, representations, typenames: [], contexts: [] }] : [];
    });
    const text = request.group.textFor(parts.map(({ ask }) => ask));
    const result = await askForEntities(asking, { group: request.group, text, parts });
    const paths = new Map<Question, readonly (string | number)[]>();
    for (const [place, part] of chosen.entries())
      for (const [index, question] of (byPart.get(part) ?? []).entries())
        paths.set(question, [text.parts[place]?.key ?? "", index]);
    return { result, pathOf: (question) => paths.get(question) ?? [] };
  };
}
