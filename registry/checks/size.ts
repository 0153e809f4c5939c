/** Limits on the size of one subgraph's SDL: composition and planning cost every gateway, not only its owner. */
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";

export const sizeLimits = { bytes: 512 * 1024, types: 500, fieldsOfAType: 150 } as const;

const split = "Split the subgraph, or leave out what no client needs.";

export const checkSize: Check = ({ subgraph, document }) => {
  const found: Finding[] = [];
  const note = (place: string, what: string, count: number, limit: number) => {
    if (count > limit)
      found.push(
        finding("SIZE_LIMIT", place, `${place} has ${count} ${what}, more than ${limit}.`, split),
      );
  };
  note(subgraph.name, "bytes of SDL", Buffer.byteLength(subgraph.sdl), sizeLimits.bytes);
  note(subgraph.name, "definitions", document.definitions.length, sizeLimits.types);
  for (const definition of document.definitions)
    if ("fields" in definition && "name" in definition && definition.name)
      note(
        definition.name.value,
        "fields",
        definition.fields?.length ?? 0,
        sizeLimits.fieldsOfAType,
      );
  return found;
};
