/**
 * Interfaces, some of which implement another, and unions. `Thing` has one home with all its types, and may be
 * an `@interfaceObject` where none of those is; `Being`, which `Thing` and others implement, may be known to
 * several subgraphs by different types; so are the members of a union.
 */
import type { Declarations } from "./declarations.ts";
import type { Draw } from "./draw.ts";
import type { Entities, Entity } from "./random-entities.ts";
import type { Values } from "./random-values.ts";

/** A type with others among it, and the subgraphs that declare it. */
type Abstract = { readonly name: string; readonly homes: readonly string[] };

export type Abstracts = {
  readonly all: readonly Abstract[];
  /** Not beside its interface's `@interfaceObject`. */
  readonly mayHave: (subgraph: string, entity: Entity) => boolean;
};

type Scope = {
  readonly draw: Draw;
  readonly d: Declarations;
  readonly subgraphs: readonly string[];
  readonly entities: Entities;
  readonly values: Values;
};

export function createAbstracts({ draw, d, subgraphs, entities, values }: Scope): Abstracts {
  const all: Abstract[] = [];
  const kept = new Map<string, ReadonlySet<string>>(); // Subgraph → entities that it must not have.
  const mayHave: Abstracts["mayHave"] = (subgraph, entity) => !kept.get(subgraph)?.has(entity.name);

  function declareInterface(home: string, name: string, types: readonly Entity[]) {
    const face = d.type(home, "interface", name);
    face.fields.set("id", { type: "ID!", args: "", directives: new Set() });
    for (const entity of types) {
      d.field(home, entity.name, "id", { type: "ID!" });
      d.type(home, "type", entity.name).implemented.add(name);
    }
    return face;
  }

  function addThing(): void {
    const home = draw.pick(subgraphs);
    const here = entities.all.filter(({ subgraphs: has }) => has.has(home));
    const [first, ...rest] = draw.shuffle(here);
    if (!first) return;
    const types = [first, ...rest.filter(() => draw.chance(75))];
    const face = declareInterface(home, "Thing", types);
    if (draw.chance(50)) {
      const shared = draw.pick(["String", "Int!", "[String!]"]);
      face.fields.set("shared", { type: shared, args: "", directives: new Set() });
      for (const entity of types) d.field(home, entity.name, "shared", { type: shared });
    }
    const homes = [home];
    const object = subgraphs.find((s) => !types.some((entity) => entity.subgraphs.has(s)));
    if (object && draw.chance(80)) {
      for (const entity of types) entities.addIdKey(home, entity.name);
      face.directives.add('@key(fields: "id")');
      const one = d.type(object, "type", "Thing");
      one.directives.add('@key(fields: "id")').add("@interfaceObject");
      d.field(object, "Thing", "id", { type: "ID!" });
      for (let n = 0; n <= draw.below(2); n += 1)
        d.field(object, "Thing", `seen${n}`, { type: values.leaf(object) });
      homes.push(object);
      kept.set(object, new Set(types.map((entity) => entity.name)));
    }
    all.push({ name: "Thing", homes });
    if (draw.chance(50)) addBeing(home, here);
  }

  /** @param here All entities at the home of `Thing`. */
  function addBeing(home: string, here: readonly Entity[]): void {
    declareInterface(home, "Being", here);
    d.type(home, "interface", "Thing").implemented.add("Being");
    const homes = [home];
    for (const other of subgraphs) {
      const types = entities.all.filter(
        (entity) => entity.subgraphs.has(other) && mayHave(other, entity) && draw.chance(70),
      );
      if (other === home || types.length === 0 || !draw.chance(40)) continue;
      for (const entity of types) entities.addIdKey(other, entity.name);
      declareInterface(other, "Being", types);
      homes.push(other);
    }
    all.push({ name: "Being", homes });
  }

  function addUnion(): void {
    const homes = draw.shuffle(subgraphs).slice(0, 1 + draw.below(2));
    for (const home of homes) {
      const { members } = d.type(home, "union", "Either");
      for (const entity of entities.all.filter((one) => mayHave(home, one) && draw.chance(60))) {
        entities.need(home, entity);
        members.add(entity.name);
      }
      if (members.size === 0 || draw.chance(30)) {
        const value = draw.pick(values.names);
        values.needValue(home, value);
        members.add(value);
      }
    }
    all.push({ name: "Either", homes });
  }

  if (draw.chance(55)) addThing();
  if (draw.chance(50)) addUnion();
  return { all, mayHave };
}
