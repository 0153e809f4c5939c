/**
 * What has no key: leaves, values that several subgraphs give whole or a part of each, inputs. Field names
 * belong to one type, so that operations seldom put two types under one response key.
 */
import type { Declarations } from "./declarations.ts";
import type { Draw } from "./draw.ts";

export const leafTypes = ["String", "Int", "Float", "Boolean", "ID", "Raw", "Colour"] as const;
export const leafWrappers = "T T T T! T! [T] [T!]! [T!] [[T]] [[T!]!]!".split(" ");

/** The name in a type: `[T!]!` → `T`. */
export const named = (type: string): string => type.replaceAll(/[^A-Za-z0-9_]/g, "");

const argumentLists = [
  "(n: Int = 3, words: [String!], colour: Colour)",
  "(n: Int = 3, words: [String!], colour: Colour)",
  "(filter: Filter, filters: [Filter!])",
  '(n: Int!, filter: Filter! = { text: "by default" }, raw: Raw)',
];

export type Values = {
  /** Types that are alike in every subgraph that has them. */
  readonly names: readonly string[];
  readonly needLeaf: (subgraph: string, type: string) => void;
  readonly needValue: (subgraph: string, value: string) => void;
  /** A new type of which each of these subgraphs gives a part: its place must be given by all of them. */
  readonly split: (homes: readonly string[]) => string;
  /** Arguments of a field, with their types declared. */
  readonly args: (subgraph: string) => string;
  /** A leaf in some wrapper, declared. */
  readonly leaf: (subgraph: string) => string;
};

export function createValues(draw: Draw, d: Declarations): Values {
  const names = ["Value0", "Value1"].slice(0, 1 + draw.below(2));
  const anyLeaf = () => draw.pick(leafWrappers).replace("T", draw.pick(leafTypes));
  const fieldsOf = new Map<string, readonly (readonly [string, string])[]>(
    names.map((value, index) => [
      value,
      Array.from({ length: 1 + draw.below(3) }, (_, n) => [`v${index}${n}`, anyLeaf()]),
    ]),
  );
  let splits = 0;

  function needLeaf(subgraph: string, type: string): void {
    if (type === "Raw") d.type(subgraph, "scalar", "Raw");
    if (type === "Colour")
      for (const value of ["RED", "GREEN", "BLUE"])
        d.type(subgraph, "enum", "Colour").members.add(value);
  }

  function addField(subgraph: string, type: string, name: string, leaf: string): void {
    d.field(subgraph, type, name, { type: leaf, directive: "@shareable" });
    needLeaf(subgraph, named(leaf));
  }

  function needFilter(subgraph: string): void {
    needLeaf(subgraph, "Colour");
    const { fields } = d.type(subgraph, "input", "Filter");
    const add = (name: string, type: string) =>
      void fields.set(name, { type, args: "", directives: new Set() });
    add("text", 'String = "any"');
    add("min", "Int");
    add("colours", "[Colour!] = [RED]");
    add("inner", "Filter");
  }

  return {
    names,
    needLeaf,
    needValue(subgraph, value) {
      for (const [name, type] of fieldsOf.get(value) ?? []) addField(subgraph, value, name, type);
    },
    split(homes) {
      const index = (splits += 1);
      const name = `Split${index}`;
      const common = anyLeaf();
      for (const home of homes) {
        addField(home, name, `p${index}`, common);
        for (let n = 0; n <= draw.below(2); n += 1)
          addField(home, name, `p${index}_${home}${n}`, anyLeaf());
      }
      return name;
    },
    args(subgraph) {
      const list = draw.pick(argumentLists);
      if (list.includes("Colour")) needLeaf(subgraph, "Colour");
      if (list.includes("Raw")) needLeaf(subgraph, "Raw");
      if (list.includes("Filter")) needFilter(subgraph);
      return list;
    },
    leaf(subgraph) {
      const type = anyLeaf();
      needLeaf(subgraph, named(type));
      return type;
    },
  };
}
