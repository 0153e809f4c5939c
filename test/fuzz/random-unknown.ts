/**
 * Rows that a subgraph does not know, though others point at them there: what it would say of them is null. Only
 * where that is all that follows: of entities with one key, whose fields in that subgraph nothing else is made of.
 */
import { Kind, parse, print } from "graphql";
import type { Draw } from "./draw.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { GraphModel } from "./graph-model.ts";

/** Row ids by subgraph. */
export type Unknown = Readonly<Record<string, readonly string[]>>;

/** The entity as a subgraph writes it. */
function textIn(sdl: string, type: string): string | undefined {
  const found = parse(sdl).definitions.find(
    (one) => one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === type,
  );
  return found && print(found);
}

const keysIn = (text: string): readonly string[] =>
  [...text.matchAll(/@key\(fields: "([^"]*)"/g)].map(([, fields = ""]) => fields);

export function randomUnknown(
  subgraphs: FuzzCase["subgraphs"],
  model: GraphModel,
  rowIds: ReadonlyMap<string, readonly string[]>,
  draw: Draw,
): Unknown {
  const unknown: Record<string, string[]> = {};
  const hasInterfaceObject = Object.values(subgraphs).join("").includes("@interfaceObject");
  for (const [type, ids] of rowIds) {
    const texts = Object.entries(subgraphs).flatMap(([name, sdl]) => {
      const text = textIn(sdl, type);
      return text === undefined ? [] : [[name, text] as const];
    });
    const hasOneKey = new Set(texts.flatMap(([, text]) => keysIn(text))).size === 1;
    if (!hasOneKey || (hasInterfaceObject && texts.some(([, text]) => text.includes("implements"))))
      continue;
    for (const [name, text] of texts) {
      const isEntangled =
        /@(requires|external|shareable|override|provides|interfaceObject)/.test(text) ||
        texts.some(([, other]) => other.includes(`@override(from: "${name}")`)) ||
        model
          .fieldsOf(type)
          .some(
            (field) =>
              field.owner === name &&
              model.used.has(field.name) &&
              !model.keyFields.has(field.name),
          );
      if (isEntangled || !draw.chance(30)) continue;
      unknown[name] = [...(unknown[name] ?? []), draw.pick(ids)];
    }
  }
  return unknown;
}
