/** Entities with simple, compound and nested keys, in several subgraphs; elsewhere their key alone. */
import type { Declarations } from "./declarations.ts";
import type { Draw } from "./draw.ts";

type Key = {
  readonly fields: string;
  readonly declare: (d: Declarations, s: string, e: string) => void;
};

const keyField = (d: Declarations, s: string, e: string, name: string, type: string) =>
  void d.field(s, e, name, { type });

const idKey: Key = { fields: "id", declare: (d, s, e) => keyField(d, s, e, "id", "ID!") };

const keys: readonly Key[] = [
  idKey,
  { fields: "code", declare: (d, s, e) => keyField(d, s, e, "code", "String!") },
  {
    fields: "left right",
    declare(d, s, e) {
      keyField(d, s, e, "left", "Int!");
      keyField(d, s, e, "right", "String!");
    },
  },
  {
    fields: "place { row seat }",
    declare(d, s, e) {
      keyField(d, s, e, "place", "Place!");
      d.field(s, "Place", "row", { type: "ID!", directive: "@shareable" });
      d.field(s, "Place", "seat", { type: "Int!", directive: "@shareable" });
    },
  },
];

export type Entity = {
  readonly name: string;
  readonly keys: readonly Key[];
  /** Subgraphs that have it, and can have fields of it. */
  readonly subgraphs: ReadonlySet<string>;
  /** Subgraphs that know its key alone. */
  readonly stubs: Set<string>;
  /** Fields that `@requires` and `@provides` may name: leaves without arguments. */
  readonly plain: { readonly name: string; readonly owner: string; readonly type: string }[];
};

export type Entities = {
  readonly all: readonly Entity[];
  /** An entity that `subgraph` can refer to; where it has none of its fields, by a key alone. */
  readonly need: (subgraph: string, entity: Entity) => void;
  /** The key `id`, of an entity or of an interface's types. */
  readonly addIdKey: (subgraph: string, entity: string) => void;
};

export function createEntities(
  draw: Draw,
  d: Declarations,
  subgraphs: readonly string[],
): Entities {
  const addKey = (subgraph: string, entity: string, key: Key, resolvable = true) => {
    key.declare(d, subgraph, entity);
    const mark = resolvable ? "" : ", resolvable: false";
    d.type(subgraph, "type", entity).directives.add(`@key(fields: "${key.fields}"${mark})`);
  };
  const all: Entity[] = Array.from({ length: 1 + draw.below(4) }, (_, index) => {
    const name = `Entity${index}`;
    const [first = "a", ...rest] = draw.shuffle(subgraphs);
    const own = keys.filter((key, position) => position === 0 || draw.chance(25));
    const present = new Set([first, ...rest.filter(() => draw.chance(55))]);
    for (const key of own) addKey(first, name, key);
    for (const subgraph of present) {
      if (subgraph === first) continue;
      const chosen = own.filter(() => draw.chance(60));
      for (const key of chosen.length > 0 ? chosen : [draw.pick(own)]) addKey(subgraph, name, key);
    }
    return { name, keys: own, subgraphs: present, stubs: new Set(), plain: [] };
  });
  return {
    all,
    need(subgraph, entity) {
      if (entity.subgraphs.has(subgraph) || entity.stubs.has(subgraph)) return;
      entity.stubs.add(subgraph);
      addKey(subgraph, entity.name, draw.pick(entity.keys), draw.chance(50));
    },
    addIdKey: (subgraph, entity) => addKey(subgraph, entity, idKey),
  };
}
