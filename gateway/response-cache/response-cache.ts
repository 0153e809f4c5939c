/**
 * Whole answers as finished bytes, above the cache of what they are made of: of public operations for
 * whoever is signed in, and of all operations for those who are not, who are alike. An answer is found by
 * the operation, its variables and what of the schema it touches; it lives as long as the part of it that
 * ends first, and is invalidated with any of its parts.
 */
import { createHash } from "node:crypto";
import {
  type DocumentNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  print,
  stripIgnoredCharacters,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { Principal } from "../../platform/principal.ts";
import { type CacheAnswer, type Loaded, LoadReason } from "../cache/cache-types.ts";
import type { EntryCache } from "../cache/entry-cache.ts";
import { type Freshness, Scope } from "../cache/freshness.ts";
import { cacheKey } from "../cache/key.ts";
import type { RequestContext } from "../context.ts";
import { canonicalSelection } from "../entity-cache/canonical.ts";
import type { GraphQLAnswer } from "../http/graphql-request.ts";
import { inlineFragments } from "../operation/inline-fragments.ts";
import type { Graph } from "../supergraph/graph.ts";
import { etagBytes, packAnswer, unpackAnswer } from "./packed-answer.ts";

/** An answer that was just made, and how long it may be used; undefined: the long way. */
export type Made =
  | {
      readonly answer: GraphQLAnswer;
      readonly freshness: Freshness | undefined;
      readonly tags: readonly string[];
    }
  | undefined;

export type CachedOperation = {
  /** Whether answers to it have been stored: then it is worth looking first. */
  readonly isProven: boolean;
  readonly answer: (
    variables: Readonly<Record<string, unknown>>,
    context: RequestContext,
    make: (context: RequestContext) => Promise<Made>,
  ) => Promise<GraphQLAnswer | undefined>;
};

export type ResponseCache = {
  /** Undefined for an operation whose answers are the asker's own. */
  readonly of: (
    graph: Graph,
    document: DocumentNode,
    operationName: string | undefined,
    principal: Principal | undefined,
  ) => CachedOperation | undefined;
};

export type ResponseCacheDeps = {
  readonly entries: EntryCache;
  readonly clock: () => number;
  readonly refreshTimeoutMs: number;
  /** Answers of one space are not found in another: of another contract, say. Default: "". */
  readonly space?: string;
};

/** How long an operation whose answer was not to be stored is left alone. */
const leftAloneMs = 30_000;

const nobodyLeaves = new AbortController().signal;
const labels = { subgraph: "gateway", type: "response" };

/** Those who are not signed in get what they get, private parts and all, with the same rights. */
type Audience = "everybody" | "signed out";

const audienceOf = (principal: Principal | undefined): Audience =>
  principal ? "everybody" : "signed out";

/** Names the question and all of the schema that it touches; undefined: not for this cache. */
function identify(
  graph: Graph,
  document: DocumentNode,
  operationName: string | undefined,
  audience: Audience,
  space: string,
): string | undefined {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return undefined;
  // Nobody is refused anything: then the answer depends on nobody's rights.
  const isForAll = graph.authorize(document, operationName, undefined).kind === "allowed";
  if (audience === "everybody" && !isForAll) return undefined;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const inlined = inlineFragments({ ...document, definitions: [operation, ...fragments] });
  const whole = getOperationAST(inlined, operationName);
  const { apiSchema } = graph;
  const { selections } = (whole ?? operation).selectionSet;
  const canonical = canonicalSelection(
    apiSchema,
    apiSchema.getQueryType() ?? undefined,
    selections,
  );
  if (!canonical || [...canonical.coordinates].some((one) => one.startsWith("__")))
    return undefined;
  const parts = [audience, stripIgnoredCharacters(print(inlined)), canonical.text];
  if (space !== "") parts.push(space);
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Equal variables in another order are equal. */
function variablesText(variables: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(variables).toSorted();
  return JSON.stringify(names.map((name) => [name, variables[name]]));
}

/** The most asked operations have no variables. */
const plainKeys = new LRUCache<string, string>({ max: 1_000 });

function keyOf(id: string, variables: Readonly<Record<string, unknown>>): string {
  const text = variablesText(variables);
  const known = text === "[]" ? plainKeys.get(id) : undefined;
  if (known !== undefined) return known;
  const key = cacheKey("response", [id, text]);
  if (text === "[]") plainKeys.set(id, key);
  return key;
}

export function createResponseCache(deps: ResponseCacheDeps): ResponseCache {
  const { entries, clock, refreshTimeoutMs, space = "" } = deps;
  const leftAlone = new LRUCache<string, true>({ max: 10_000, ttl: leftAloneMs });
  const proven = new LRUCache<string, true>({ max: 10_000 });

  function judge(id: string, audience: Audience, made: NonNullable<Made>): Loaded {
    const { answer, freshness, tags } = made;
    const isTheirs = audience === "signed out" || freshness?.scope === Scope.Public;
    if (!freshness || !isTheirs || answer.errorCodes.length > 0) {
      leftAlone.set(id, true);
      return { kind: "value", value: etagBytes, freshness: undefined, tags: [] };
    }
    proven.set(id, true);
    return { kind: "value", value: packAnswer(answer.body), freshness, tags };
  }

  const operationOf = (id: string, audience: Audience): CachedOperation => ({
    isProven: proven.has(id),
    async answer(variables, context, make) {
      let made: { readonly own: Made } | undefined;
      const key = keyOf(id, variables);
      const scope = audience === "everybody" ? Scope.Public : Scope.Private;
      const item = { key, scope, labels };
      const [found] = await entries.readMany([item], async (_missing, reason) => {
        const isRefresh = reason === LoadReason.Refresh;
        const deadlineMs = clock() + refreshTimeoutMs;
        const by = isRefresh ? { ...context, signal: nobodyLeaves, deadlineMs } : context;
        const result = await make(by);
        if (!isRefresh) made = { own: result };
        if (result) return [judge(id, audience, result)];
        return [{ kind: "cancelled", error: new Error("It takes the long way.") }];
      });
      if (made) return made.own?.answer;
      if (found?.kind === "value") return fromEntry(found);
      if (found?.kind === "failure" && !(found.error instanceof Error)) return undefined;
      throw found?.error ?? new Error("The cache gave no answer.");
    },
  });

  const known = new WeakMap<Graph, WeakMap<DocumentNode, Map<string, string>>>();

  return {
    of(graph, document, operationName, principal) {
      const audience = audienceOf(principal);
      const ofGraph = known.get(graph) ?? new WeakMap<DocumentNode, Map<string, string>>();
      known.set(graph, ofGraph);
      const ofDocument = ofGraph.get(document) ?? new Map<string, string>();
      ofGraph.set(document, ofDocument);
      const name = `${audience} ${operationName ?? ""}`;
      const id =
        ofDocument.get(name) ?? identify(graph, document, operationName, audience, space) ?? "";
      ofDocument.set(name, id);
      return id === "" || leftAlone.has(id) ? undefined : operationOf(id, audience);
    },
  };
}

function fromEntry({ value, freshness, status }: Extract<CacheAnswer, { kind: "value" }>) {
  const { body, etag } = unpackAnswer(value);
  const answer: GraphQLAnswer = {
    body,
    hasData: true,
    httpStatus: 200,
    outcome: "ok",
    errorCodes: [],
    caching: { freshness, etag, status },
  };
  return answer;
}
