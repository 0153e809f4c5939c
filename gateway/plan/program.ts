/**
 * A query plan, compiled: a list of steps, each a fetch with the place of its entities, the conditions
 * over it, the steps that it follows, and all of its texts. The tree of the plan says the same, but
 * hides which fetches of different branches can travel together: those of one subgraph and level.
 */
import type { FetchNode, PlanNode, QueryPlan } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { LRUCache } from "lru-cache";
import { graphError } from "../errors.ts";
import type { HasKey } from "../supergraph/entity-keys.ts";
import { type ContextArgument, contextArgumentsOf } from "./context-arguments.ts";
import { compileExtractor, type Extractor } from "./extractor.ts";
import { createPlaces, type Place } from "./place.ts";
import { giveReaders } from "./give-readers.ts";
import {
  type Ask,
  askOf,
  type EntityRequestText,
  type RequestText,
  textOfAsks,
  textOfRoot,
} from "./request-text.ts";

export type Condition = { readonly variable: string; readonly value: boolean };

type StepBase = {
  /** Index in the program: every step follows only steps of lower index. */
  readonly index: number;
  readonly node: FetchNode;
  /** All must hold for the step to be carried out. */
  readonly conditions: readonly Condition[];
  /** Indexes of the steps that must have ended before, and of those that wait for this one. */
  readonly after: readonly number[];
  readonly before: readonly number[];
  /** The longest way to it; 0 for steps that follow none. */
  readonly level: number;
};

export type RootStep = StepBase & { readonly kind: "root"; text: RequestText };

export type EntityStep = StepBase & {
  readonly kind: "entities";
  readonly place: Place;
  readonly extractor: Extractor;
  readonly contexts: readonly ContextArgument[];
  /** Index in the program's groups. */
  group: number;
  /** Index in the group's asks. */
  ask: number;
};

export type Step = RootStep | EntityStep;

/**
 * Entity fetches of one subgraph and level, which travel as one request. A step that nothing waits for
 * travels with the subgraph's last one: its answer is not needed before, and a request is saved.
 */
export type EntityGroup = {
  readonly subgraph: string;
  /** How many steps belong to it. */
  readonly size: number;
  readonly asks: readonly Ask[];
  /** The request for some of its asks (those that found entities), by their indexes in order; one may come again. */
  readonly textFor: (asks: readonly number[]) => EntityRequestText;
};

export type Program = {
  readonly steps: readonly Step[];
  readonly groups: readonly EntityGroup[];
  readonly rootPlace: Place;
  readonly placeCount: number;
  /** What is asked of an entity depends on what is above it: equal objects stay apart. */
  readonly hasContexts: boolean;
};

type Scope = {
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
  readonly after: readonly number[];
};

/** So many requests of a group are kept: of contexts, the combinations have no end. */
const keptTexts = 64;

function createGroup(subgraph: string) {
  const asks: Ask[] = [];
  const texts = new LRUCache<string, EntityRequestText>({ max: keptTexts });
  const group = {
    subgraph,
    size: 0,
    asks,
    textFor(indexes: readonly number[]): EntityRequestText {
      const key = indexes.join(" ");
      const text =
        texts.get(key) ?? textOfAsks(indexes.flatMap((index) => asks.slice(index, index + 1)));
      texts.set(key, text);
      return text;
    },
  };
  return {
    group,
    /** @returns the index of the step's ask. */
    join(node: FetchNode): number {
      group.size += 1;
      const ask = askOf(node);
      // What is renamed afterwards belongs to what is asked.
      const rewrites = JSON.stringify(node.outputRewrites ?? []);
      const text = `${ask.text} ${rewrites}`;
      const known = asks.findIndex((other) => other.text === text);
      return known >= 0 ? known : asks.push({ ...ask, text }) - 1;
    },
  };
}

/** A step of which the group is not yet known. */
type Draft = Step & { before: number[] };

/** Sets the group and the ask of each entity step. */
function formGroups(steps: readonly Draft[]): readonly EntityGroup[] {
  const entitySteps = steps.filter((step) => step.kind === "entities");
  const lastLevels = new Map<string, number>();
  for (const { node, level } of entitySteps)
    lastLevels.set(node.serviceName, Math.max(level, lastLevels.get(node.serviceName) ?? 0));
  const groups: ReturnType<typeof createGroup>[] = [];
  const indexByKey = new Map<string, number>();
  for (const step of entitySteps) {
    const { serviceName } = step.node;
    const level = step.before.length > 0 ? step.level : (lastLevels.get(serviceName) ?? step.level);
    const key = `${level} ${serviceName}`;
    const index = indexByKey.get(key) ?? groups.push(createGroup(serviceName)) - 1;
    indexByKey.set(key, index);
    step.group = index;
    step.ask = groups[index]?.join(step.node) ?? 0;
  }
  return groups.map(({ group }) => group);
}

/** A part without steps ends when what is before it has ended. */
const orBefore = (ends: readonly number[], { after }: Scope): readonly number[] =>
  ends.length > 0 ? [...new Set(ends)] : after;

/**
 * @param schema The supergraph's full schema.
 * @param isAlone Whether no other program's data is merged with this one's.
 * @throws GraphQLError GRAPHQL_VALIDATION_FAILED for a plan with `@defer`.
 */
export function compileProgram(
  plan: QueryPlan,
  schema: GraphQLSchema,
  hasKey: HasKey,
  isAlone: boolean,
): Program {
  const steps: Draft[] = [];
  const places = createPlaces();

  function addStep(node: FetchNode, { path, conditions, after }: Scope): number {
    const index = steps.length;
    let level = 0;
    for (const earlier of after) {
      const step = steps[earlier];
      step?.before.push(index);
      level = Math.max(level, (step?.level ?? 0) + 1);
    }
    const base = { index, node, conditions, after, before: [], level };
    if (!node.requires) {
      steps.push({ ...base, kind: "root", text: textOfRoot(node) });
      return index;
    }
    const place = places.at(path);
    const extractor = compileExtractor(node.requires, node.serviceName, schema, hasKey);
    const contexts = contextArgumentsOf(node);
    steps.push({ ...base, kind: "entities", place, extractor, contexts, group: 0, ask: 0 });
    return index;
  }

  /** @returns the steps that whatever follows this part must wait for. */
  function walk(node: PlanNode, scope: Scope): readonly number[] {
    switch (node.kind) {
      case "Fetch":
        return [addStep(node, scope)];
      case "Sequence": {
        let after = scope.after;
        for (const part of node.nodes) after = walk(part, { ...scope, after });
        return after;
      }
      case "Parallel": {
        const ends = node.nodes.flatMap((part) => walk(part, scope));
        return orBefore(ends, scope);
      }
      case "Flatten":
        return walk(node.node, { ...scope, path: [...scope.path, ...node.path.map(String)] });
      case "Condition": {
        const clause = (part: PlanNode | undefined, value: boolean) => {
          const condition = { variable: node.condition, value };
          return part ? walk(part, { ...scope, conditions: [...scope.conditions, condition] }) : [];
        };
        return orBefore([...clause(node.ifClause, true), ...clause(node.elseClause, false)], scope);
      }
      // Unless `@defer` is enabled in the planner, no plan has this node.
      default:
        throw graphError("GRAPHQL_VALIDATION_FAILED", "@defer is not supported: leave it out.");
    }
  }

  const start: Scope = { path: [], conditions: [], after: [] };
  if (plan.node?.kind === "Subscription") {
    // Each event is the answer to the first step.
    const { primary, rest } = plan.node;
    const after = walk(primary, start);
    if (rest) walk(rest, { ...start, after });
  } else if (plan.node) walk(plan.node, start);
  const groups = formGroups(steps);
  const hasContexts = steps.some((step) => step.kind === "entities" && step.contexts.length > 0);
  if (isAlone && !hasContexts) giveReaders(steps, groups, places.root);
  return {
    steps,
    groups,
    rootPlace: places.root,
    placeCount: places.all.length,
    hasContexts,
  };
}
