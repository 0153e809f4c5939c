/**
 * Plausible values for scalars and enums, the same each time for the same place: a seed (type, key,
 * field, arguments) → a value that fits the type and the field's name. Nothing here is a fact.
 */
import { hash } from "node:crypto";
import { type GraphQLLeafType, isEnumType } from "graphql";

/** A whole number from 0 to `below - 1`, drawn by the seed. */
export const draw = (seed: string, below: number): number =>
  Number.parseInt(hash("sha256", seed, "hex").slice(0, 8), 16) % below;

const pick = <T>(seed: string, from: readonly T[]): T => from[draw(seed, from.length)] as T;

const words = ["Al Safa", "Jumeirah", "Hatta", "Deira", "Al Barsha", "Karama", "Mirdif", "Al Quoz"];
const arabicWords = ["الصفا", "جميرا", "حتا", "ديرة", "البرشاء", "الكرامة", "مردف", "القوز"];
const sentences = [
  "A sample sentence, made up for this mock.",
  "Open to everybody who lives in the city.",
  "Answered within three working days.",
];

/** `billNumber` → `bill number`. */
const spaced = (name: string): string => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** Around the time when the graph was made; a mock has no calendar. */
function moment(seed: string): Date {
  const start = Date.UTC(2026, 0, 1);
  return new Date(start + draw(seed, 365 * 24 * 60) * 60_000);
}

function text(seed: string, field: string): string {
  const number = draw(seed, 9_000) + 1_000;
  switch (true) {
    case field === "ar":
      return pick(seed, arabicWords);
    case field === "en":
      return pick(seed, words);
    case /url|website|link|href/i.test(field):
      return `https://example.org/${number}`;
    case /e-?mail/i.test(field):
      return `person-${number}@example.org`;
    case /phone|mobile/i.test(field):
      return `+97140000${number}`;
    case /currency/i.test(field):
      return "AED";
    case /description|reason|message|note|summary|text/i.test(field):
      return pick(seed, sentences);
    case /cursor/i.test(field):
      return Buffer.from(`[${number}]`).toString("base64url");
    case /(?:At|On|Date|Time)$|^(?:date|time)$/.test(field):
      return moment(seed).toISOString();
    case /name|title|area|street|place|label/i.test(field):
      return `${pick(seed, words)} ${spaced(field)} ${number}`;
    default:
      return `${spaced(field)} ${number}`;
  }
}

/** Near the middle of the city, in degrees. */
const degrees = (seed: string, middle: number): number =>
  Math.round((middle + (draw(seed, 2_000) - 1_000) / 10_000) * 10_000) / 10_000;

function float(seed: string, field: string): number {
  if (/lat/i.test(field)) return degrees(seed, 25.2);
  if (/lon|lng/i.test(field)) return degrees(seed, 55.3);
  return draw(seed, 10_000) / 100;
}

/** Scalars of the city, and those that others define under these names. */
function custom(seed: string, field: string, type: string): unknown {
  if (/^(?:DateTime|Timestamp|Instant)/.test(type)) return moment(seed);
  if (/^(?:Local)?Date$/.test(type)) return moment(seed).toISOString().slice(0, 10);
  if (/^(?:Local)?Time$/.test(type)) return moment(seed).toISOString().slice(11, 16);
  if (/^(?:MinorUnits|BigInt|Long|Count|Bytes)$/.test(type)) return draw(seed, 100_000);
  if (/^(?:JSON|Object)/.test(type)) return {};
  if (/^(?:URL|URI)$/.test(type)) return `https://example.org/${draw(seed, 10_000)}`;
  if (/^(?:Decimal|Double)/.test(type)) return float(seed, field);
  return text(seed, field);
}

/** @param field Its name: a `phone` gets a number, a `latitude` one near the city. */
export function mockLeaf(type: GraphQLLeafType, field: string, seed: string): unknown {
  if (isEnumType(type)) return pick(seed, type.getValues()).value;
  switch (type.name) {
    case "ID":
      return `${spaced(field).replaceAll(" ", "-")}-${draw(seed, 10_000)}`;
    case "Int":
      return draw(seed, 100);
    case "Float":
      return float(seed, field);
    case "Boolean":
      return draw(seed, 2) === 0;
    case "String":
      return text(seed, field);
    default:
      return custom(seed, field, type.name);
  }
}
