/**
 * One case of the fuzzer, whole and plain: subgraphs, rows, an operation. The same rows are behind
 * every subgraph and behind the one schema that says what is right.
 */
import type { Unknown } from "./random-unknown.ts";
import type { SubgraphFault } from "./subgraph-faults.ts";

/** JSON, in which `{ $row }` is an entity, `{ $value, fields }` an object without a key, `{ $error }` throws. */
export type Cell = unknown;

export type Row = { readonly type: string; readonly fields: Readonly<Record<string, Cell>> };

export type FuzzCase = {
  /** SDL by name, without the `@link`. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, Row>>;
  /** By subgraph: rows that it does not know. */
  readonly unknown?: Unknown;
  /** Cells of the root types' fields. */
  readonly roots: Readonly<Record<string, Cell>>;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly faults: readonly SubgraphFault[];
  /** How it is answered: default at once, straight from the subgraphs. */
  readonly way?: "deferred" | "cached" | "wire";
  /** Asked before, where there is a cache. */
  readonly before?: readonly {
    readonly query: string;
    readonly variables: FuzzCase["variables"];
  }[];
};

/** As source text: a test to be put beside the others of found.test.ts. */
export function printAsTest({ subgraphs, query, ...rest }: FuzzCase, title: string): string {
  const sdl = Object.entries(subgraphs).map(
    ([name, text]) => `        ${name}: \`${text.replaceAll("\n", "\n          ")}\`,`,
  );
  const fields = Object.entries(rest).map(
    ([name, value]) => `      ${name}: ${JSON.stringify(value)},`,
  );
  return `test(${JSON.stringify(title)}, async () => {
  expect(
    await findDifference({
      subgraphs: {
${sdl.join("\n")}
      },
      query: \`${query.replaceAll("\n", "\n        ")}\`,
${fields.join("\n")}
    }),
  ).toBeUndefined();
});
`;
}
