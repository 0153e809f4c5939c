/**
 * What can be set for each subgraph, with defaults and limits. Operators write it in one file (YAML or
 * JSON): `all` for every subgraph, and a section for each that differs; docs/operator.md explains it.
 */
import { parse } from "yaml";
import { z } from "zod";

const milliseconds = (fallback: number) => z.number().int().min(1).max(600_000).default(fallback);
const count = (fallback: number, most = 100_000) =>
  z.number().int().min(1).max(most).default(fallback);
const ratio = (fallback: number) => z.number().gt(0).max(1).default(fallback);

/** `false` switches a protection off, `true` or a section switches it on. */
const protection = <S extends z.ZodObject>(section: S) =>
  z
    .union([z.literal(false), z.literal(true).transform(() => section.parse({})), section])
    .prefault({} as never);

const bulkhead = z.strictObject({
  maxConcurrent: count(64, 10_000),
  maxQueued: z.number().int().min(0).max(100_000).default(512),
  queueTimeoutMs: milliseconds(1_000),
});
/** Off when it is left out; what is left out of it follows from the other. */
const rate = z
  .strictObject({
    perSecond: z.number().gt(0).max(100_000),
    /** Default: as many as come in a second. */
    burst: z.number().int().min(1).max(100_000).optional(),
  })
  .transform(({ perSecond, burst = Math.max(1, Math.ceil(perSecond)) }) => ({ perSecond, burst }));
const breaker = z.strictObject({
  windowMs: milliseconds(10_000),
  minCalls: count(20),
  failureRatio: ratio(0.5),
  failuresInARow: count(10),
  /** Default, and at most: 80 % of `timeoutMs`. */
  slowCallMs: z.number().int().min(1).optional(),
  slowRatio: ratio(0.8),
  openMs: milliseconds(5_000),
  probes: count(3, 100),
});
const retry = z.strictObject({
  retries: count(2, 10),
  baseDelayMs: milliseconds(50),
  maxDelayMs: milliseconds(1_000),
  budgetRatio: ratio(0.1),
  budgetBurst: count(10),
});
const seconds = z.number().int().min(0).max(31_536_000);
/** Where an answer's `Cache-Control` does not say; see docs/caching.md. */
const cache = z.strictObject({
  maxAgeSeconds: seconds.optional(),
  staleWhileRevalidateSeconds: seconds.optional(),
  staleIfErrorSeconds: seconds.optional(),
});

/** What a subgraph is told of who asks: principal-view.ts. */
const principal = z.strictObject({
  id: z.enum(["none", "pairwise", "own"]).default("pairwise"),
  scopes: z.union([z.literal("all"), z.array(z.string().min(1))]).default([]),
  policies: z.boolean().default(false),
  agency: z.boolean().default(false),
});
/** For the city's own subgraphs. */
const wholePrincipal = { id: "own", scopes: "all", policies: true, agency: true } as const;

export const subgraphOptionsSchema = z.strictObject({
  timeoutMs: milliseconds(5_000),
  maxResponseBytes: count(32 * 1024 * 1024, 2 ** 30),
  maxBufferedBytes: count(128 * 1024 * 1024, 2 ** 34),
  connections: count(64, 10_000),
  warmConnections: z.number().int().min(0).max(1_000).default(2),
  pipelining: count(1, 100),
  http2: z.boolean().default(true),
  streams: count(100, 1_000),
  connectTimeoutMs: milliseconds(2_000),
  compression: z.boolean().default(false),
  ca: z.string().optional(),
  shareInFlight: z.boolean().default(true),
  cache: protection(cache),
  bulkhead: protection(bulkhead),
  breaker: protection(breaker),
  retry: protection(retry),
  rate: z.union([z.literal(false), rate]).default(false),
  principal: principal.prefault({}),
});

export type SubgraphOptions = Readonly<z.infer<typeof subgraphOptionsSchema>>;

/** Options by subgraph name; of a name without a section those of `all`. */
export type SubgraphOptionsOf = (subgraph: string) => SubgraphOptions;

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sections within a section are merged too: `breaker: { openMs: 1000 }` keeps the rest of `all`. */
function merge(under: Section, over: Section): Section {
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isSection(below) && isSection(value) ? merge(below, value) : value;
  }
  return merged;
}

/**
 * @param text The file, YAML or JSON; the empty text for no file.
 * @param defaults What the environment says, under `all`.
 * @param trusted Names of subgraphs that are told everything of who asks, unless their section says less.
 * @throws Error that lists every problem with its place.
 */
export function readSubgraphOptions(
  text: string,
  defaults: z.input<typeof subgraphOptionsSchema>,
  trusted: readonly string[] = [],
): SubgraphOptionsOf {
  const file: unknown = parse(text) ?? {};
  if (!isSection(file)) throw new Error("The file holds sections: `all`, or a subgraph's name.");
  const problems: string[] = [];
  function read(name: string, ...sections: readonly unknown[]): SubgraphOptions | undefined {
    let wished: Section = {};
    for (const section of sections) {
      if (isSection(section)) wished = merge(wished, section);
      else if (section !== undefined && section !== null) {
        problems.push(`${name}: must be a section of settings`);
        return undefined;
      }
    }
    const parsed = subgraphOptionsSchema.safeParse(wished);
    if (parsed.success) return Object.freeze(parsed.data);
    const told = parsed.error.issues.map(
      ({ path, message }) => `${[name, ...path].join(".")}: ${message}`,
    );
    problems.push(...told);
    return undefined;
  }
  const all = read("all", defaults, file["all"]);
  const own = new Map<string, SubgraphOptions>();
  for (const name of new Set([...Object.keys(file), ...trusted])) {
    if (name === "all") continue;
    const told = trusted.includes(name) ? { principal: wholePrincipal } : {};
    const options = read(name, defaults, file["all"], told, file[name]);
    if (options) own.set(name, options);
  }
  if (problems.length > 0 || !all) throw new Error([...new Set(problems)].join("; "));
  return (subgraph) => own.get(subgraph) ?? all;
}
