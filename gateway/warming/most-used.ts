/**
 * Which operations visitors who are not signed in ask most, of late: by uses whose weight halves with
 * time. Variables of people who are signed in may be personal, so theirs are not counted.
 *
 * A use at time t weighs 2^(t / half-life) for ever ("forward decay", Cormode et al. 2009), so nothing need
 * be aged; sums are kept as their logarithm, since the weights outgrow any number.
 */
import { LRUCache } from "lru-cache";

export type UsedOperation = {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Logarithm (base 2) of the sum of its uses' weights: for comparison only. */
  readonly weight: number;
};

export type MostUsed = {
  readonly note: (operation: Omit<UsedOperation, "weight">) => void;
  /** Adds what others have counted: the greater weight counts. */
  readonly merge: (operations: readonly UsedOperation[]) => void;
  /** The most used first. */
  readonly top: (limit: number) => readonly UsedOperation[];
};

export type MostUsedOptions = {
  /** Default: one hour. */
  readonly halfLifeMs?: number;
  /** Operations that are remembered; who is not asked for longest is forgotten. Default 1,000. */
  readonly most?: number;
  /** One use of so many is counted, each for all of them. Default 1. */
  readonly oneOf?: number;
  readonly random?: () => number;
};

/** Larger ones are rare, and cost more to keep than to warm. */
const mostCharacters = 20_000;

/** log2(2^a + 2^b) without leaving the range of numbers. */
const addLogs = (a: number, b: number): number =>
  Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));

export function createMostUsed(clock: () => number, options: MostUsedOptions = {}): MostUsed {
  const { halfLifeMs = 3_600_000, most = 1_000, oneOf = 1, random = Math.random } = options;
  const known = new LRUCache<string, UsedOperation>({ max: most });
  const keyOf = ({ query, operationName, variables }: Omit<UsedOperation, "weight">): string =>
    JSON.stringify([query, operationName, variables]);

  function put(
    operation: Omit<UsedOperation, "weight">,
    weigh: (held: number | undefined) => number,
  ): void {
    const key = keyOf(operation);
    if (key.length > mostCharacters) return;
    known.set(key, { ...operation, weight: weigh(known.get(key)?.weight) });
  }

  return {
    note(operation) {
      if (oneOf > 1 && random() * oneOf >= 1) return;
      const own = clock() / halfLifeMs + Math.log2(oneOf);
      put(operation, (held) => (held === undefined ? own : addLogs(held, own)));
    },
    merge(operations) {
      for (const { weight, ...operation } of operations)
        put(operation, (held) => Math.max(held ?? weight, weight));
    },
    top: (limit) =>
      [...known.values()]
        .toSorted((one, other) => other.weight - one.weight)
        .slice(0, Math.max(0, limit)),
  };
}
