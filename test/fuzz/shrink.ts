/**
 * Makes a failing case small: takes away one thing after another (selections, directives, types, fields,
 * subgraphs, rows, list items) as long as the same kind of difference stays, until nothing
 * more can be taken or time is up. What does not compose or is no valid operation is not tried further.
 */
import { type ASTNode, Kind, parse, print, visit } from "graphql";
import type { Cell, FuzzCase } from "./fuzz-case.ts";
import { findDifferenceOn, type Ground, isValid, prepareGround } from "./find-difference.ts";

/** What the first sentence begins with: a shrunk case that fails in another way is another case. */
export const kindOf = (difference: string): string =>
  difference.startsWith("the gateway threw")
    ? (difference.split("\n")[0] ?? "").replaceAll(/"[^"]*"|\(\w\)|\b\w+\d\w*\b/g, "…")
    : difference.replaceAll(/\d+/g, "").slice(0, 8);

type Container =
  | "selections"
  | "directives"
  | "arguments"
  | "definitions"
  | "fields"
  | "types"
  | "interfaces";
const containers: readonly Container[] = [
  "definitions",
  "fields",
  "types",
  "interfaces",
  "selections",
  "directives",
  "arguments",
];

function isDocument(text: string): boolean {
  try {
    return parse(text).definitions.length > 0;
  } catch {
    return false;
  }
}

/** Every document that has one node less, as text. */
function* withoutOne(text: string): Generator<string> {
  const document = parse(text);
  const places: (readonly (string | number)[])[] = [];
  visit(document, {
    enter(node: ASTNode, _key, _parent, path) {
      for (const container of containers) {
        const items = (node as unknown as Record<string, unknown>)[container];
        if (Array.isArray(items))
          for (const index of items.keys()) places.push([...path, container, index]);
      }
    },
  });
  for (const place of places) {
    const copy = structuredClone(JSON.parse(JSON.stringify(document)));
    const last = place.at(-1);
    const list = place.slice(0, -1).reduce<any>((node, part) => node[part], copy);
    list.splice(last, 1);
    const smallerText = print(copy);
    if (isDocument(smallerText)) yield smallerText;
  }
}

/** The operation with one inline fragment or spread replaced by what is in it. */
function* withOneUnwrapped(query: string): Generator<string> {
  const document = parse(query);
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  let count = 0;
  visit(document, {
    InlineFragment: () => void (count += 1),
    FragmentSpread: () => void (count += 1),
  });
  for (let wanted = 0; wanted < count; wanted += 1) {
    let index = -1;
    const isWanted = () => (index += 1) === wanted;
    const unwrapped = visit(document, {
      SelectionSet(set) {
        const selections = set.selections.flatMap((node) => {
          if (node.kind === Kind.FIELD || !isWanted()) return [node];
          if (node.kind === Kind.INLINE_FRAGMENT) return node.selectionSet.selections;
          return fragments.get(node.name.value)?.selectionSet.selections ?? [node];
        });
        return { ...set, selections };
      },
    });
    const text = print(unwrapped);
    if (isDocument(text)) yield text;
  }
}

/** Without fragments and variables that nothing uses, and without values for those. */
function tidy({ query, variables }: Pick<FuzzCase, "query" | "variables">) {
  let document = parse(query);
  for (let before = -1; before !== document.definitions.length;) {
    before = document.definitions.length;
    const spread = new Set<string>();
    visit(document, { FragmentSpread: ({ name }) => void spread.add(name.value) });
    const definitions = document.definitions.filter(
      (one) => one.kind !== Kind.FRAGMENT_DEFINITION || spread.has(one.name.value),
    );
    document = { ...document, definitions };
  }
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  document = visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
  const kept = Object.entries(variables).filter(([name]) => used.has(name));
  return { query: print(document), variables: Object.fromEntries(kept) };
}

/** The same value with one list item less, at any depth. */
function* withoutItem(cell: Cell): Generator {
  if (Array.isArray(cell)) {
    for (const index of cell.keys()) yield cell.toSpliced(index, 1);
    for (const [index, item] of cell.entries())
      for (const smaller of withoutItem(item)) yield cell.with(index, smaller);
  } else if (typeof cell === "object" && cell !== null) {
    for (const [key, item] of Object.entries(cell))
      for (const smaller of withoutItem(item)) yield { ...cell, [key]: smaller };
  }
}

function* smaller(one: FuzzCase): Generator<FuzzCase> {
  for (const index of one.faults.keys()) yield { ...one, faults: one.faults.toSpliced(index, 1) };
  for (const index of (one.before ?? []).keys())
    yield { ...one, before: one.before?.toSpliced(index, 1) ?? [] };
  for (const [index, asked] of (one.before ?? []).entries())
    for (const query of withoutOne(asked.query))
      yield { ...one, before: one.before?.with(index, tidy({ ...asked, query })) ?? [] };
  for (const texts of [withoutOne(one.query), withOneUnwrapped(one.query)])
    for (const query of texts) yield { ...one, ...tidy({ ...one, query }) };
  for (const name of Object.keys(one.subgraphs)) {
    const { [name]: _, ...subgraphs } = one.subgraphs;
    if (Object.keys(subgraphs).length > 0) yield { ...one, subgraphs };
  }
  for (const [name, sdl] of Object.entries(one.subgraphs))
    for (const text of withoutOne(sdl))
      yield { ...one, subgraphs: { ...one.subgraphs, [name]: text } };
  for (const id of Object.keys(one.rows)) {
    const { [id]: _, ...rows } = one.rows;
    yield { ...one, rows };
  }
  for (const roots of withoutItem(one.roots)) yield { ...one, roots: roots as FuzzCase["roots"] };
  for (const rows of withoutItem(one.rows)) yield { ...one, rows: rows as FuzzCase["rows"] };
}

/** Cells of fields that no subgraph has any more. */
function withoutUnusedCells(one: FuzzCase): FuzzCase {
  const all = Object.values(one.subgraphs).join("\n");
  const keep = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => new RegExp(`\\b${name}\\b`).test(all)),
    );
  const rows = Object.entries(one.rows).map(([id, row]) => [
    id,
    { ...row, fields: keep(row.fields) },
  ]);
  return { ...one, roots: keep(one.roots), rows: Object.fromEntries(rows) };
}

export type ShrinkOptions = {
  /** By the wall clock. */
  readonly deadlineMs: number;
  readonly find?: typeof findDifferenceOn;
};

/** The smallest case that was reached, and its difference. */
export async function shrink(
  found: FuzzCase,
  difference: string,
  { deadlineMs, find = findDifferenceOn }: ShrinkOptions,
): Promise<{ readonly one: FuzzCase; readonly difference: string }> {
  const kind = kindOf(difference);
  let best = { one: found, difference };
  let ground: Ground = prepareGround(found.subgraphs);
  const attempt = async (one: FuzzCase) => {
    try {
      const itsGround =
        one.subgraphs === best.one.subgraphs ? ground : prepareGround(one.subgraphs);
      if (!isValid(itsGround, one.query)) return false;
      const its = await find(itsGround, one);
      if (its === undefined || kindOf(its) !== kind) return false;
      best = { one, difference: its };
      ground = itsGround;
      return true;
    } catch {
      return false; // It does not compose, or does not parse.
    }
  };
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const one of smaller(best.one)) {
      if (Date.now() > deadlineMs) break;
      if (await attempt(one)) {
        isSmaller = true;
        break;
      }
    }
  }
  await attempt(withoutUnusedCells(best.one));
  return best;
}
