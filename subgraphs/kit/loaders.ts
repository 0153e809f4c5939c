/**
 * DataLoaders for one request. All keys asked for in one turn become one SQL statement; results come
 * back in the order of their keys, as the DataLoader contract wants.
 */
import DataLoader from "dataloader";

/** One row (or null) per key. */
export function createOneLoader<Row>(
  loadMany: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    const byKey = new Map((await loadMany(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key) ?? null);
  });
}

/** A list of rows per key, in the order in which the statement gave them. */
export function createListLoader<Row>(
  loadMany: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, readonly Row[]> {
  return new DataLoader(async (keys) => {
    const byKey = Map.groupBy(await loadMany(keys), keyOf);
    return keys.map((key) => byKey.get(key) ?? []);
  });
}

/**
 * A loader for each set of arguments: `services { facilities(first: 3) }` and the same field with
 * `first: 5` under another alias are two statements, however many services there are.
 */
export function perArguments<Arguments, Loader>(
  create: (given: Arguments) => Loader,
): (given: Arguments) => Loader {
  const loaders = new Map<string, Loader>();
  return (given) => {
    const key = JSON.stringify(given);
    const loader = loaders.get(key) ?? create(given);
    loaders.set(key, loader);
    return loader;
  };
}
