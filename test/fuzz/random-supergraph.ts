/**
 * A random federated graph, as SDL of its subgraphs: entities with simple, compound and nested keys,
 * `@requires`, `@provides`, `@override`, `@shareable`, `@inaccessible`, interfaces, `@interfaceObject`,
 * unions whose members differ between subgraphs, enums, a custom scalar, lists of lists, arguments.
 * Not every one composes: whoever asks tries the next. Field names belong to one type (interfaces
 * aside), so that operations seldom put two types under one response key.
 */
import { createDeclarations, type Declarations } from "./declarations.ts";
import type { Draw } from "./draw.ts";

const leafTypes = ["String", "Int", "Float", "Boolean", "ID", "Raw", "Colour"] as const;
const leafWrappers = ["T", "T", "T", "T!", "T!", "[T]", "[T!]!", "[T!]", "[[T]]", "[[T!]!]!"];
const objectWrappers = ["T", "T", "T", "T!", "[T]", "[T!]", "[T!]!", "[T]!", "[[T!]]"];

type Key = {
  readonly fields: string;
  readonly declare: (d: Declarations, s: string, e: string) => void;
};

const keyField = (d: Declarations, s: string, e: string, name: string, type: string) =>
  void d.field(s, e, name, { type });

const keys: readonly Key[] = [
  { fields: "id", declare: (d, s, e) => keyField(d, s, e, "id", "ID!") },
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

type Entity = {
  readonly name: string;
  readonly keys: readonly Key[];
  /** Subgraphs that have it, and can have fields of it. */
  readonly subgraphs: Set<string>;
  /** Subgraphs that know its key alone. */
  readonly stubs: Set<string>;
  /** Fields that `@requires` and `@provides` may name: leaves without arguments. */
  readonly plain: { readonly name: string; readonly owner: string; readonly type: string }[];
};

/** Types with abstract ones among them: only where they are declared. */
type Abstract = { readonly name: string; readonly homes: readonly string[] };

export function randomSubgraphs(draw: Draw): Record<string, string> {
  const subgraphs = ["a", "b", "c", "d"].slice(0, 2 + draw.below(3));
  const d = createDeclarations(subgraphs);
  const values = ["Value0", "Value1"].slice(0, 1 + draw.below(2));
  const valueFields = new Map<string, readonly (readonly [string, string])[]>(
    values.map((value, index) => [
      value,
      Array.from({ length: 1 + draw.below(3) }, (_, n) => [
        `v${index}${n}`,
        draw.pick(leafWrappers).replace("T", draw.pick(leafTypes)),
      ]),
    ]),
  );

  const needLeaf = (subgraph: string, type: string) => {
    if (type === "Raw") d.type(subgraph, "scalar", "Raw");
    if (type === "Colour")
      for (const value of ["RED", "GREEN", "BLUE"])
        d.type(subgraph, "enum", "Colour").members.add(value);
  };
  const named = (type: string) => type.replaceAll(/[^A-Za-z0-9_]/g, "");
  const needValue = (subgraph: string, value: string) => {
    for (const [name, type] of valueFields.get(value) ?? []) {
      d.field(subgraph, value, name, { type, directive: "@shareable" });
      needLeaf(subgraph, named(type));
    }
  };
  const addKey = (subgraph: string, entity: string, key: Key, resolvable = true) => {
    key.declare(d, subgraph, entity);
    const mark = resolvable ? "" : ", resolvable: false";
    d.type(subgraph, "type", entity).directives.add(`@key(fields: "${key.fields}"${mark})`);
  };

  const entities: Entity[] = Array.from({ length: 1 + draw.below(4) }, (_, index) => {
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
  /** An entity that `subgraph` can refer to; where it has none of its fields, by a key alone. */
  const needEntity = (subgraph: string, entity: Entity) => {
    if (entity.subgraphs.has(subgraph) || entity.stubs.has(subgraph)) return;
    entity.stubs.add(subgraph);
    addKey(subgraph, entity.name, draw.pick(entity.keys), draw.chance(50));
  };

  // Interfaces: one home that has all their types; their `@interfaceObject` where none of those is.
  const interfaces: Abstract[] = [];
  const kept = new Map<string, Set<string>>(); // Subgraph → entities that it must not have.
  if (draw.chance(55)) {
    const home = draw.pick(subgraphs);
    const types = entities.filter(({ subgraphs: has }) => has.has(home));
    if (types.length > 0) {
      const name = "Thing";
      const homes = [home];
      const face = d.type(home, "interface", name);
      face.fields.set("id", { type: "ID!", args: "", directives: new Set() });
      const hasShared = draw.chance(50);
      const shared = draw.pick(["String", "Int!", "[String!]"]);
      if (hasShared) face.fields.set("shared", { type: shared, args: "", directives: new Set() });
      for (const entity of types) {
        keyField(d, home, entity.name, "id", "ID!");
        d.type(home, "type", entity.name).implemented.add(name);
        if (hasShared) d.field(home, entity.name, "shared", { type: shared });
      }
      const elsewhere = subgraphs.filter((s) => !types.some((entity) => entity.subgraphs.has(s)));
      const object = elsewhere[0];
      if (object && draw.chance(80)) {
        for (const entity of types) addKey(home, entity.name, keys[0] as Key);
        face.directives.add('@key(fields: "id")');
        const one = d.type(object, "type", name);
        one.directives.add('@key(fields: "id")').add("@interfaceObject");
        d.field(object, name, "id", { type: "ID!" });
        for (let n = 0; n <= draw.below(2); n += 1) {
          const leaf = draw.pick(leafTypes);
          needLeaf(object, leaf);
          d.field(object, name, `seen${n}`, { type: draw.pick(leafWrappers).replace("T", leaf) });
        }
        homes.push(object);
        kept.set(object, new Set(types.map((entity) => entity.name)));
      }
      interfaces.push({ name, homes });
    }
  }
  const mayHave = (subgraph: string, entity: Entity) => !kept.get(subgraph)?.has(entity.name);

  const unions: Abstract[] = [];
  if (draw.chance(50)) {
    const homes = draw.shuffle(subgraphs).slice(0, 1 + draw.below(2));
    for (const home of homes) {
      const { members } = d.type(home, "union", "Either");
      for (const entity of entities.filter((one) => mayHave(home, one) && draw.chance(60))) {
        needEntity(home, entity);
        members.add(entity.name);
      }
      if (members.size === 0 || draw.chance(30)) {
        const value = draw.pick(values);
        needValue(home, value);
        members.add(value);
      }
    }
    unions.push({ name: "Either", homes });
  }

  type Chosen = { readonly type: string; readonly kind: "leaf" | "value" | "entity" | "abstract" };
  /** A type that `subgraph` can give, with all that it needs declared there. */
  function chooseType(subgraph: string, leafPercent: number): Chosen {
    if (draw.chance(leafPercent)) {
      const leaf = draw.pick(leafTypes);
      needLeaf(subgraph, leaf);
      return { type: draw.pick(leafWrappers).replace("T", leaf), kind: "leaf" };
    }
    const wrapper = draw.pick(objectWrappers);
    const abstract = [...interfaces, ...unions].filter(({ homes }) => homes.includes(subgraph));
    const possible = entities.filter((entity) => mayHave(subgraph, entity));
    const roll = draw.below(10);
    if (roll < 3 && abstract.length > 0)
      return { type: wrapper.replace("T", draw.pick(abstract).name), kind: "abstract" };
    if (roll < 8 && possible.length > 0) {
      const entity = draw.pick(possible);
      needEntity(subgraph, entity);
      return { type: wrapper.replace("T", entity.name), kind: "entity" };
    }
    const value = draw.pick(values);
    needValue(subgraph, value);
    return { type: wrapper.replace("T", value), kind: "value" };
  }

  const args = (subgraph: string) => {
    needLeaf(subgraph, "Colour");
    return "(n: Int = 3, words: [String!], colour: Colour)";
  };

  for (const [index, entity] of entities.entries()) {
    const places = [...entity.subgraphs];
    for (let n = 0; n < 1 + draw.below(5); n += 1) {
      const name = `e${index}${n}`;
      const owner = draw.pick(places);
      const other = draw.pick(places);
      const variant = draw.below(12);
      const elsewhere = entity.plain.filter((field) => field.owner !== owner);
      if (variant < 3 && elsewhere.length > 0) {
        const wanted = draw.shuffle(elsewhere).slice(0, 1 + draw.below(2));
        const fields = wanted.map((field) => field.name).join(" ");
        for (const field of wanted) {
          needLeaf(owner, named(field.type));
          d.field(owner, entity.name, field.name, { type: field.type, directive: "@external" });
        }
        const type = draw.pick(["String", "String!"]);
        d.field(owner, entity.name, name, { type, directive: `@requires(fields: "${fields}")` });
        entity.plain.push({ name, owner, type });
        continue;
      }
      if (variant === 3) {
        const type = draw.pick(["String", "String!"]);
        d.field(owner, entity.name, name, { type, args: args(owner) });
        continue;
      }
      const { type, kind } = chooseType(owner, 65);
      const directives = variant === 4 ? ["@inaccessible"] : [];
      d.field(owner, entity.name, name, {
        type,
        ...(directives[0] ? { directive: directives[0] } : {}),
      });
      const isAlike = other !== owner && (kind === "leaf" || kind === "value");
      if (variant === 5 && isAlike) {
        d.field(owner, entity.name, name, { type, directive: "@shareable" });
        d.field(other, entity.name, name, { type, directive: "@shareable" });
      } else if (variant === 6 && isAlike) {
        d.field(other, entity.name, name, { type, directive: `@override(from: "${owner}")` });
      } else if (kind === "leaf" && variant !== 4) {
        entity.plain.push({ name, owner, type });
      }
      if (isAlike && kind === "leaf") needLeaf(other, named(type));
      if (isAlike && kind === "value" && (variant === 5 || variant === 6))
        needValue(other, named(type));
    }
  }

  for (const subgraph of subgraphs) {
    for (let n = 0; n < draw.below(4); n += 1) {
      const { type, kind } = chooseType(subgraph, 8);
      const root = `root_${subgraph}${n}`;
      const field = d.field(subgraph, "Query", root, {
        type,
        ...(kind === "leaf" ? {} : {}),
      });
      const entity = entities.find(({ name }) => name === named(type));
      const foreign = entity?.plain.filter(({ owner }) => owner !== subgraph) ?? [];
      if (!entity || foreign.length === 0 || !draw.chance(35)) continue;
      const provided = draw.pick(foreign);
      const ownerField = d.field(provided.owner, entity.name, provided.name, {
        type: provided.type,
      });
      if ([...ownerField.directives].some((one) => one.startsWith("@requires"))) continue;
      ownerField.directives.add("@shareable");
      needLeaf(subgraph, named(provided.type));
      d.field(subgraph, entity.name, provided.name, {
        type: provided.type,
        directive: "@external",
      });
      field.directives.add(`@provides(fields: "${provided.name}")`);
    }
  }
  const printed = d.print();
  return Object.fromEntries(Object.entries(printed).filter(([, sdl]) => sdl !== ""));
}
