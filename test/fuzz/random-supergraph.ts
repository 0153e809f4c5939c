/**
 * A random federated graph, as SDL of its subgraphs: entities (random-entities.ts), values and inputs
 * (random-values.ts), abstract types (random-abstracts.ts), and here their fields, with `@requires`, `@provides`,
 * `@override`, `@shareable`, `@inaccessible`, arguments, and the roots of queries and mutations.
 * Not every one composes: whoever asks tries the next.
 */
import { createDeclarations } from "./declarations.ts";
import type { Draw } from "./draw.ts";
import { createAbstracts } from "./random-abstracts.ts";
import { createEntities, type Entity } from "./random-entities.ts";
import { createValues, named } from "./random-values.ts";

const objectWrappers = ["T", "T", "T", "T!", "[T]", "[T!]", "[T!]!", "[T]!", "[[T!]]"];

type Chosen = { readonly type: string; readonly kind: "leaf" | "value" | "entity" | "abstract" };

export function randomSubgraphs(draw: Draw): Record<string, string> {
  const subgraphs = ["a", "b", "c", "d"].slice(0, 2 + draw.below(3));
  const d = createDeclarations(subgraphs);
  const values = createValues(draw, d);
  const entities = createEntities(draw, d, subgraphs);
  const abstracts = createAbstracts({ draw, d, subgraphs, entities, values });

  /** A type that `subgraph` can give, with all that it needs declared there. */
  function chooseType(subgraph: string, leafPercent: number): Chosen {
    if (draw.chance(leafPercent)) return { type: values.leaf(subgraph), kind: "leaf" };
    const wrapper = draw.pick(objectWrappers);
    const here = abstracts.all.filter(({ homes }) => homes.includes(subgraph));
    const possible = entities.all.filter((entity) => abstracts.mayHave(subgraph, entity));
    const roll = draw.below(10);
    if (roll < 3 && here.length > 0)
      return { type: wrapper.replace("T", draw.pick(here).name), kind: "abstract" };
    if (roll < 8 && possible.length > 0) {
      const entity = draw.pick(possible);
      entities.need(subgraph, entity);
      return { type: wrapper.replace("T", entity.name), kind: "entity" };
    }
    const value = draw.pick(values.names);
    values.needValue(subgraph, value);
    return { type: wrapper.replace("T", value), kind: "value" };
  }

  /** What all of these subgraphs give at a place that all of them have. */
  function addSplit(type: string, name: string, homes: readonly string[]): void {
    const split = draw.pick(objectWrappers).replace("T", values.split(homes));
    for (const home of homes) d.field(home, type, name, { type: split, directive: "@shareable" });
  }

  function addRequires(entity: Entity, owner: string, name: string): boolean {
    const elsewhere = entity.plain.filter((field) => field.owner !== owner);
    if (elsewhere.length === 0) return false;
    const wanted = draw.shuffle(elsewhere).slice(0, 1 + draw.below(2));
    for (const field of wanted) {
      values.needLeaf(owner, named(field.type));
      d.field(owner, entity.name, field.name, { type: field.type, directive: "@external" });
    }
    const fields = wanted.map((field) => field.name).join(" ");
    const type = draw.pick(["String", "String!"]);
    d.field(owner, entity.name, name, { type, directive: `@requires(fields: "${fields}")` });
    entity.plain.push({ name, owner, type });
    return true;
  }

  function addField(entity: Entity, name: string): void {
    const places = [...entity.subgraphs];
    const owner = draw.pick(places);
    const other = draw.pick(places);
    const variant = draw.below(13);
    if (variant < 3 && addRequires(entity, owner, name)) return;
    if (variant === 3) {
      const type = draw.pick(["String", "String!"]);
      d.field(owner, entity.name, name, { type, args: values.args(owner) });
      return;
    }
    if (variant === 12 && other !== owner) return addSplit(entity.name, name, [owner, other]);
    const { type, kind } = chooseType(owner, 65);
    const isHidden = variant === 4;
    d.field(owner, entity.name, name, { type, ...(isHidden && { directive: "@inaccessible" }) });
    const isAlike = other !== owner && (kind === "leaf" || kind === "value");
    const isInBoth = isAlike && (variant === 5 || variant === 6);
    if (isInBoth && variant === 5) {
      d.field(owner, entity.name, name, { type, directive: "@shareable" });
      d.field(other, entity.name, name, { type, directive: "@shareable" });
    } else if (isInBoth) {
      d.field(other, entity.name, name, { type, directive: `@override(from: "${owner}")` });
    } else if (kind === "leaf" && !isHidden) {
      entity.plain.push({ name, owner, type });
    }
    if (isInBoth && kind === "leaf") values.needLeaf(other, named(type));
    if (isInBoth && kind === "value") values.needValue(other, named(type));
  }

  /** A root that `@provides` a leaf which another subgraph gives. */
  function addProvides(subgraph: string, root: string, entity: Entity): void {
    const foreign = entity.plain.filter(({ owner }) => owner !== subgraph);
    if (foreign.length === 0) return;
    const { name, owner, type } = draw.pick(foreign);
    const ownerField = d.field(owner, entity.name, name, { type });
    if ([...ownerField.directives].some((one) => one.startsWith("@requires"))) return;
    ownerField.directives.add("@shareable");
    values.needLeaf(subgraph, named(type));
    d.field(subgraph, entity.name, name, { type, directive: "@external" });
    d.field(subgraph, "Query", root, { type, directive: `@provides(fields: "${name}")` });
  }

  function addRoot(subgraph: string, type: "Query" | "Mutation", name: string): void {
    if (draw.chance(12)) {
      const args = values.args(subgraph);
      d.field(subgraph, type, name, { type: draw.pick(["String", "String!"]), args });
      return;
    }
    const chosen = chooseType(subgraph, 8);
    d.field(subgraph, type, name, { type: chosen.type });
    const entity = entities.all.find((one) => one.name === named(chosen.type));
    if (type === "Query" && entity && draw.chance(35)) addProvides(subgraph, name, entity);
  }

  for (const [index, entity] of entities.all.entries())
    for (let n = 0; n < 1 + draw.below(5); n += 1) addField(entity, `e${index}${n}`);
  for (const subgraph of subgraphs)
    for (let n = 0; n < draw.below(4); n += 1) addRoot(subgraph, "Query", `root_${subgraph}${n}`);
  if (draw.chance(20)) addSplit("Query", "root_split", draw.shuffle(subgraphs).slice(0, 2));
  if (draw.chance(40))
    for (const subgraph of subgraphs)
      for (let n = 0; n < draw.below(4); n += 1)
        addRoot(subgraph, "Mutation", `do_${subgraph}${n}`);
  return Object.fromEntries(Object.entries(d.print()).filter(([, sdl]) => sdl !== ""));
}
