/**
 * The JSON text of a subgraph's answer → its data, with what is told several times made once. Subgraphs
 * tell the same object wherever it hangs (the agency of each of its services): a text that was read at the
 * same place before is not read again, and the objects are one, so that all that follows (finding
 * entities, merging, writing) happens once, too. Whatever is not exactly as asked, and answers with
 * errors, whose paths tell equal objects apart, are left to `JSON.parse`; so are answers to questions that
 * were seen to repeat little.
 */
import type { AnswerShape, ShapeField } from "./answer-shape.ts";
import type { Sharing } from "./place.ts";

/** @throws SyntaxError for what is not JSON. */
export type ReadAnswer = (text: string, sharing: Sharing) => unknown;

type Json = Record<string, unknown>;

/** An object that was read, and its text. */
type Seen = { readonly text: string; readonly object: Json; readonly next: Seen | undefined };

type Reading = {
  readonly text: string;
  at: number;
  /** Characters that were not read again. */
  saved: number;
  /** By shape: objects by the leaves that they begin with. */
  readonly seen: Map<AnswerShape, Map<string, Seen>>;
  /** Shapes with objects that are one. */
  readonly shared: Set<AnswerShape>;
};

/** Shorter answers are read in no time either way. */
const shortLength = 1_024;
/** Where less than a quarter repeats, so many answers are read plainly before the next try. */
const plainReads = 255;
/** So many objects that begin alike are compared: a bound for texts that are made to be slow. */
const mostAlike = 4;

/** Of characters that V8 copies when they are cut out. */
const longestCopied = 12;

const irregular = new Error("Not as asked.");

const codes = { quote: 0x22, comma: 0x2c, colon: 0x3a, bracket: 0x5b, brace: 0x7b } as const;
const closingBracket = 0x5d;
const closingBrace = 0x7d;
const backslash = 0x5c;

/** RFC 8259 section 6. */
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const endPattern = /\}[ \t\n\r]*$/y;

/** At a quote. */
function readString(reading: Reading): string {
  const { text } = reading;
  const start = reading.at + 1;
  let at = start;
  let hasEscape = false;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === codes.quote) break;
    if (code === backslash) {
      hasEscape = true;
      at += 1;
    } else if (!(code >= 0x20)) {
      // A control character, or the end.
      throw irregular;
    }
    at += 1;
  }
  reading.at = at + 1;
  // V8 cuts a longer string out as a view, which would keep the whole answer in memory as long as the object lives.
  const isPlain = !hasEscape && at - start <= longestCopied;
  return isPlain ? text.slice(start, at) : (JSON.parse(text.slice(start - 1, at + 1)) as string);
}

function readWord<T>(reading: Reading, word: string, value: T): T {
  if (!reading.text.startsWith(word, reading.at)) throw irregular;
  reading.at += word.length;
  return value;
}

function readList(reading: Reading, below: AnswerShape | undefined): unknown[] {
  const { text } = reading;
  const list: unknown[] = [];
  reading.at += 1;
  if (text.charCodeAt(reading.at) === closingBracket) {
    reading.at += 1;
    return list;
  }
  for (;;) {
    list.push(readValue(reading, below));
    const code = text.charCodeAt(reading.at);
    reading.at += 1;
    if (code === closingBracket) return list;
    if (code !== codes.comma) throw irregular;
  }
}

/** @param below Undefined: a leaf, or a list of leaves. */
function readValue(reading: Reading, below: AnswerShape | undefined): unknown {
  const { text } = reading;
  const code = text.charCodeAt(reading.at);
  if (code === codes.quote) return readString(reading);
  if (code === codes.bracket) return readList(reading, below);
  if (code === codes.brace) {
    // A scalar that is an object has no shape.
    if (!below) throw irregular;
    return readObject(reading, below);
  }
  if (code === 0x6e) return readWord(reading, "null", null);
  if (code === 0x74) return readWord(reading, "true", true);
  if (code === 0x66) return readWord(reading, "false", false);
  numberPattern.lastIndex = reading.at;
  const [number] = numberPattern.exec(text) ?? [];
  if (!number) throw irregular;
  reading.at += number.length;
  return Number(number);
}

/** Whether the text goes on with this one. Texts are short here: quicker than to cut one out. */
function goesOn({ text, at }: Reading, expected: string): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (text.charCodeAt(at + index) !== expected.charCodeAt(index)) return false;
  }
  return true;
}

/** The next field and its colon. @param expected Index of the one that is next in the question. */
function readField(reading: Reading, { fields, byKey }: AnswerShape, expected: number): ShapeField {
  const next = fields[expected];
  if (next && goesOn(reading, next.text)) {
    reading.at += next.text.length;
    return next;
  }
  // Fields that another type has, or another order than the question's.
  if (reading.text.charCodeAt(reading.at) !== codes.quote) throw irregular;
  const field = byKey.get(readString(reading));
  if (!field || reading.text.charCodeAt(reading.at) !== codes.colon) throw irregular;
  reading.at += 1;
  return field;
}

function seenAt({ seen }: Reading, shape: AnswerShape): Map<string, Seen> {
  const known = seen.get(shape);
  if (known) return known;
  const created = new Map<string, Seen>();
  seen.set(shape, created);
  return created;
}

/** The object whose text begins at `start`, if it was read before; then the reading goes on behind it. */
function findSeen(
  reading: Reading,
  shape: AnswerShape,
  start: number,
  first: Seen | undefined,
): Json | undefined {
  for (let seen = first; seen; seen = seen.next) {
    const end = start + seen.text.length;
    if (reading.text.slice(start, end) !== seen.text) continue;
    reading.saved += end - reading.at;
    reading.at = end;
    reading.shared.add(shape);
    return seen.object;
  }
  return undefined;
}

function readObject(reading: Reading, shape: AnswerShape): Json {
  const { text } = reading;
  const start = reading.at;
  const object: Json = {};
  const seen = shape.isSharable ? seenAt(reading, shape) : undefined;
  /** Of an object that holds objects: what comes before them. */
  let head: string | undefined;
  let expected = 0;
  reading.at += 1;
  if (text.charCodeAt(reading.at) === closingBrace) {
    reading.at += 1;
    return object;
  }
  for (;;) {
    const field = readField(reading, shape, expected);
    expected = shape.fields[expected] === field ? expected + 1 : shape.fields.indexOf(field) + 1;
    if (field.below && seen && head === undefined) {
      head = text.slice(start, reading.at);
      const known = findSeen(reading, shape, start, seen.get(head));
      if (known) return known;
    }
    object[field.key] = readValue(reading, field.below);
    const code = text.charCodeAt(reading.at);
    reading.at += 1;
    if (code === closingBrace) break;
    if (code !== codes.comma) throw irregular;
  }
  // Leaves alone are worth it only where something is done with the object.
  if (!seen || (head === undefined && shape.at.length === 0)) return object;
  const own = text.slice(start, reading.at);
  const next = seen.get(head ?? own);
  if (head === undefined && next) {
    reading.shared.add(shape);
    return next.object;
  }
  let alike = 0;
  for (let other = next; other; other = other.next) alike += 1;
  if (alike < mostAlike) seen.set(head ?? own, { text: own, object, next });
  return object;
}

/** `{"data":…}` and what else is in it. Undefined: to be read plainly. */
function readEnvelope(reading: Reading, shape: AnswerShape): Json | undefined {
  const { text } = reading;
  readWord(reading, '{"data":', undefined);
  const data = readValue(reading, shape);
  endPattern.lastIndex = reading.at;
  if (endPattern.test(text)) return { data };
  if (text.charCodeAt(reading.at) !== codes.comma) return undefined;
  const rest = JSON.parse(`{${text.slice(reading.at + 1)}`) as Json;
  const isMore = Object.keys(rest).length > 0 && !("errors" in rest) && !("data" in rest);
  return isMore ? { data, ...rest } : undefined;
}

function readRepeatsOnce(reading: Reading, shape: AnswerShape): Json | undefined {
  try {
    return readEnvelope(reading, shape);
  } catch {
    // JSON.parse knows better, and says what is wrong.
    return undefined;
  }
}

/** @param shape Of `data`. */
export function compileReader(shape: AnswerShape): ReadAnswer {
  let plainly = 0;
  return (text, sharing) => {
    if (text.length < shortLength) return JSON.parse(text);
    if (plainly > 0) {
      plainly -= 1;
      return JSON.parse(text);
    }
    const reading: Reading = { text, at: 0, saved: 0, seen: new Map(), shared: new Set() };
    const json = readRepeatsOnce(reading, shape);
    if (reading.saved < text.length / 4) plainly = plainReads;
    if (!json) return JSON.parse(text);
    for (const { at, into } of reading.shared) {
      for (const place of at) sharing.at[place] = true;
      for (const place of into) sharing.below[place] = true;
    }
    return json;
  };
}
