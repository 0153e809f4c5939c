/**
 * Random rows for a graph: two or three of each entity. `clean`: no null where none may be, nothing
 * fails. `failing`: fields that may be null throw. `broken`: fields that may not be null throw or are null,
 * too. `plain`: as clean, and no value of the custom scalar is a list or an object, which could not be told from a
 * damaged answer. What federation reads for itself (keys, `@requires`, `@provides`) is always sound: what then
 * happens to a field that needs them is each gateway's choice.
 */
import { Kind, type TypeNode } from "graphql";
import type { Draw } from "./draw.ts";
import type { Cell, FuzzCase, Row } from "./fuzz-case.ts";
import type { GraphModel, ModelField } from "./graph-model.ts";
import { randomUnknown } from "./random-unknown.ts";

export type DataMood = "clean" | "plain" | "failing" | "broken";

export function randomRows(
  subgraphs: FuzzCase["subgraphs"],
  model: GraphModel,
  draw: Draw,
  mood: DataMood,
): Pick<FuzzCase, "rows" | "roots" | "unknown"> {
  const rowIds = new Map(
    model.entities.map((type) => [
      type,
      Array.from({ length: 2 + draw.below(2) }, (_, index) => `${type}-${index}`),
    ]),
  );

  const unknown = draw.chance(25) ? randomUnknown(subgraphs, model, rowIds, draw) : {};

  function leaf(type: string): Cell {
    switch (type) {
      case "Int":
        return draw.pick([0, 1, -7, 2_147_483_647]);
      case "Float":
        return draw.pick([0.5, -2, 1e21, 3]);
      case "Boolean":
        return draw.chance(50);
      case "Raw":
        if (mood === "plain") return draw.pick([1, "raw", true]);
        return draw.pick([1, "raw", true, ["x", [null, 2]], { deep: { n: null } }, {}]);
      case "String":
      case "ID":
        return draw.pick(["", "plain", 'quote " and \\', "line\nbreak", "نص 🙂", "  "]);
      default:
        return draw.pick(model.enumValues.get(type) ?? []);
    }
  }

  function objectCell(subgraph: string, type: string): Cell {
    const possible = model
      .possibleTypes(subgraph, type)
      .filter((name) => rowIds.has(name) || model.fieldsOf(name).length > 0);
    if (possible.length === 0) return null;
    const name = draw.pick(possible);
    const ids = rowIds.get(name);
    if (ids) return { $row: draw.pick(ids.filter((id) => !unknown[subgraph]?.includes(id))) };
    return { $value: name, fields: fieldCells(name) };
  }

  const isLeaf = (type: string) =>
    ["Int", "Float", "Boolean", "Raw", "String", "ID"].includes(type) || model.enumValues.has(type);

  function cell(type: TypeNode, field: ModelField, isNonNull = false): Cell {
    const isSound = model.used.has(field.name);
    if (type.kind === Kind.NON_NULL_TYPE) {
      if (mood === "broken" && !isSound && draw.chance(4)) return null;
      return cell(type.type, field, true);
    }
    if (!isNonNull && draw.chance(15)) return null;
    if (type.kind === Kind.LIST_TYPE)
      return Array.from({ length: draw.below(4) }, () => cell(type.type, field));
    const name = type.name.value;
    return isLeaf(name) ? leaf(name) : objectCell(field.owner, name);
  }

  function fieldCell(field: ModelField): Cell {
    const mayBeNull = field.type.kind !== Kind.NON_NULL_TYPE;
    const mayFail =
      !model.used.has(field.name) &&
      (mayBeNull ? mood === "failing" || mood === "broken" : mood === "broken");
    if (mayFail && draw.chance(5)) return { $error: `FAILED_${field.name.toUpperCase()}` };
    return cell(field.type, field);
  }

  function fieldCells(type: string): Row["fields"] {
    return Object.fromEntries(model.fieldsOf(type).map((field) => [field.name, fieldCell(field)]));
  }

  /** Unique within the entity, so that each key finds one row. */
  function keyCell(type: TypeNode, rowId: string, index: number): Cell {
    if (type.kind === Kind.NON_NULL_TYPE) return keyCell(type.type, rowId, index);
    if (type.kind !== Kind.NAMED_TYPE) throw new Error("A key field is a list.");
    const name = type.name.value;
    if (name === "Int") return index;
    if (isLeaf(name)) return rowId;
    const fields = model
      .fieldsOf(name)
      .map((field) => [field.name, keyCell(field.type, rowId, index)]);
    return { $value: name, fields: Object.fromEntries(fields) };
  }

  const rows: Record<string, Row> = {};
  for (const [type, ids] of rowIds) {
    for (const [index, id] of ids.entries()) {
      const fields = model
        .fieldsOf(type)
        .map((field) => [
          field.name,
          model.keyFields.has(field.name) ? keyCell(field.type, id, index) : fieldCell(field),
        ]);
      rows[id] = { type, fields: Object.fromEntries(fields) };
    }
  }
  return { rows, unknown, roots: { ...fieldCells("Query"), ...fieldCells("Mutation") } };
}
