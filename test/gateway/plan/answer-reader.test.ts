/** Answers that are read once where they repeat: the same data as by `JSON.parse`, always. */
import fc from "fast-check";
import { Kind, parse, type SelectionSetNode } from "graphql";
import { describe, expect, test } from "vitest";
import { compileReader } from "../../../gateway/plan/answer-reader.ts";
import { countAskers, shapeOf } from "../../../gateway/plan/answer-shape.ts";
import { createPlaces, type Sharing } from "../../../gateway/plan/place.ts";

function selectionOf(query: string): SelectionSetNode {
  const [definition] = parse(query).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error("Not an operation.");
  return definition.selectionSet;
}

/** A reader of answers to the query, of a program that has steps at these paths. */
function readerOf(query: string, stepsAt: readonly string[] = []) {
  const places = createPlaces();
  const at = Object.fromEntries(stepsAt.map((path) => [path, places.at(path.split(".")).index]));
  const question = { place: places.root, selectionSet: selectionOf(query) };
  const shape = shapeOf([question], countAskers([question]));
  if (!shape) return undefined;
  const read = compileReader({ ...shape, isSharable: false, into: [] });
  const sharing: Sharing = { at: [], below: [] };
  return { read: (text: string) => read(text, sharing) as Record<string, never>, sharing, at };
}

const query = `{
  services { id name agency { id name tags site { at } } ... on Paid { fee price { amount } } }
  me { id friends { id friends { id } } }
}`;
const room = " ".repeat(1_100);

const leaf = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("", 'a "quote"', "back\\slash", "line\nbreak", "\u0000", "صيدلية", "\\", '\\"'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
/** Objects of few kinds, so that many are alike. */
const objects = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(fields, { requiredKeys: [] });
const few = <T>(item: fc.Arbitrary<T>) =>
  fc
    .array(item, { minLength: 1, maxLength: 3 })
    .chain((pool) => fc.array(fc.constantFrom(...pool), { maxLength: 12 }));

const site = objects({ at: leaf });
const agency = objects({
  id: leaf,
  name: leaf,
  tags: fc.array(fc.array(leaf, { maxLength: 2 }), { maxLength: 3 }),
  site: fc.oneof(site, fc.constant(null), leaf),
});
const service = fc.array(agency, { minLength: 1, maxLength: 2 }).chain((pool) =>
  objects({
    id: leaf,
    name: leaf,
    agency: fc.constantFrom(...pool),
    fee: leaf,
    price: fc.constant({ amount: 5 }),
  }),
);
const person = objects({
  id: leaf,
  friends: few(objects({ id: leaf, friends: few(objects({ id: leaf })) })),
});
const data = fc.oneof(
  objects({ services: fc.oneof(few(service), few(few(service)), leaf), me: person }),
  fc.constant(null),
);
const envelope = fc.record(
  {
    data,
    extensions: fc.dictionary(fc.string({ maxLength: 4 }), leaf, { maxKeys: 2 }),
    errors: fc.array(fc.record({ message: fc.string() }), { maxLength: 1 }),
  },
  { requiredKeys: ["data"] },
);

function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return { json: read(text) };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

describe("reading an answer", () => {
  test("gives what JSON.parse gives, in the same order of keys", () => {
    fc.assert(
      fc.property(envelope, fc.constantFrom(0, 1), (answer, indent) => {
        const text = JSON.stringify(answer, null, indent) + room;
        expect(JSON.stringify(readerOf(query)?.read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1_500 },
    );
  });

  test("gives what JSON.parse gives for a text that was damaged, or the same error", () => {
    const damage = fc.record({
      at: fc.nat(),
      drop: fc.nat({ max: 3 }),
      put: fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", "\n", "0", "-", " ", "é"),
    });
    fc.assert(
      fc.property(envelope, damage, (answer, { at, drop, put }) => {
        const whole = JSON.stringify(answer);
        const place = at % (whole.length + 1);
        const text = whole.slice(0, place) + put + whole.slice(place + drop) + room;
        expect(outcome((given) => readerOf(query)?.read(given), text)).toEqual(
          outcome(JSON.parse, text),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  test("makes equal objects at one place one object, and says where", () => {
    const reader = readerOf(query, ["services.agency", "services.agency.site", "me.friends"]);
    const equal = { id: "a", name: "Roads", tags: [], site: { at: "1" } };
    const services = ["1", "2", "3"].map((id) => ({ id, name: "n", agency: equal }));
    const read = reader?.read(JSON.stringify({ data: { services } }) + room);
    const [first, second, third] = (read as never as { data: { services: typeof services } }).data
      .services;
    expect(first?.agency).toBe(second?.agency);
    expect(first?.agency).toBe(third?.agency);
    expect(first).not.toBe(second);
    expect(reader?.sharing.at[reader.at["services.agency"] ?? 0]).toBe(true);
    expect(reader?.sharing.at[reader.at["me.friends"] ?? 0]).toBeUndefined();
  });

  test("keeps equal objects apart when the answer has errors, whose paths tell them apart", () => {
    const agencies = [{ id: "a", site: { at: null } }];
    const services = [{ agency: agencies[0] }, { agency: agencies[0] }];
    const errors = [{ message: "Not now.", path: ["services", 1, "agency", "site", "at"] }];
    const text = JSON.stringify({ data: { services }, errors }) + room;
    const read = readerOf(query)?.read(text) as never as { data: { services: typeof services } };
    const [first, second] = read.data.services;
    expect(first?.agency).toEqual(second?.agency);
    expect(first?.agency).not.toBe(second?.agency);
  });

  test("a key that is an object for one type and a leaf for another is read plainly", () => {
    expect(readerOf("{ a { ... on B { x } ... on C { x { y } } } }")).toBeUndefined();
    expect(readerOf("{ a { __proto__: x } }")).toBeUndefined();
  });

  test("thousands of objects that begin alike and differ later take no quadratic time", () => {
    const services = Array.from({ length: 20_000 }, (_, index) => ({
      id: "same",
      name: "same",
      agency: { id: String(index) },
    }));
    const text = JSON.stringify({ data: { services } });
    expect(readerOf(query)?.read(text)).toEqual(JSON.parse(text));
  });
});
