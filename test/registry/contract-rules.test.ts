/** The rules of contracts, over made-up tags. */
import { composeServices } from "@apollo/composition";
import fc from "fast-check";
import {
  getNamedType,
  type GraphQLNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
} from "graphql";
import { beforeEach, describe, expect, it } from "vitest";
import {
  composeContract,
  type ComposedContract,
} from "../../registry/contracts/compose-contract.ts";
import type { ContractRules } from "../../registry/contracts/hidden.ts";
import { viewGraph } from "../../registry/graph-view.ts";

/** Every place that a tag may be at, by coordinate; `@` is where it goes. */
const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@tag"])
type Query { place(near: Near, kind: Kind): Place @Query.place@ street: Street @Query.street@ all: [Thing] @Query.all@ count: Int @Query.count@ }
interface Thing @Thing@ { id: ID @Thing.id@ }
type Place implements Thing @key(fields: "id") @Place@ { id: ID @Place.id@ street: Street @Place.street@ kind: Kind @Place.kind@ }
type Street implements Thing @Street@ { id: ID @Street.id@ length: Int @Street.length@ found: Found @Street.found@ }
union Found @Found@ = Place | Street
enum Kind @Kind@ { PARK @Kind.PARK@ SQUARE @Kind.SQUARE@ }
input Near @Near@ { x: Int @Near.x@ y: Int @Near.y@ }`;

const places = [...sdl.matchAll(/@([A-Z][\w.]*)@/g)].map(([, place = ""]) => place);

function supergraphWith(tags: Readonly<Record<string, readonly string[]>>): string {
  const text = sdl.replace(/@([A-Z][\w.]*)@/g, (_whole, place: string) =>
    (tags[place] ?? []).map((name) => `@tag(name: "${name}")`).join(" "),
  );
  const { supergraphSdl, errors } = composeServices([
    { name: "places", url: "http://places.test", typeDefs: parse(text) },
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}

/** Contracts that held together: an empty graph would keep every rule. */
let looked = 0;
beforeEach(() => void (looked = 0));

function shownTypes(composed: ComposedContract): readonly GraphQLNamedType[] {
  if (composed.kind === "broken") return [];
  looked += 1;
  const types = Object.values(viewGraph(composed.supergraph).apiSchema.getTypeMap());
  return types.filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type));
}

const partsOf = (type: GraphQLNamedType): readonly string[] =>
  isEnumType(type)
    ? type.getValues().map(({ name }) => name)
    : isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
      ? Object.keys(type.getFields())
      : [];

const coordinatesOf = (composed: ComposedContract): readonly string[] =>
  shownTypes(composed).flatMap((type) => [
    type.name,
    ...partsOf(type).map((part) => `${type.name}.${part}`),
  ]);

const someTags = fc.subarray(["a", "b", "c"]);
/** @param most Which share of the places has tags, of ten: contracts that do not hold together show nothing. */
const taggedMostly = (most: number): fc.Arbitrary<Readonly<Record<string, readonly string[]>>> =>
  fc.record(
    Object.fromEntries(
      places.map((place) => [
        place,
        fc.oneof(
          { weight: 10 - most, arbitrary: fc.constant([]) },
          { weight: most, arbitrary: fc.subarray(["a", "b", "c"], { minLength: 1 }) },
        ),
      ]),
    ),
  );
const nothing: ContractRules = { include: [], exclude: [], hideUnreachable: false };

describe("a contract", () => {
  it("shows nothing that has an excluded tag, itself or by its type, whatever else it has", () => {
    fc.assert(
      fc.property(taggedMostly(1), someTags, fc.boolean(), (tags, exclude, hideUnreachable) => {
        const composed = composeContract(supergraphWith(tags), {
          ...nothing,
          exclude,
          hideUnreachable,
        });
        const isExcluded = (place: string) => tags[place]?.some((tag) => exclude.includes(tag));
        for (const place of coordinatesOf(composed)) {
          expect(isExcluded(place) ?? false).toBe(false);
          expect(isExcluded(place.split(".")[0] ?? "") ?? false).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
    expect(looked).toBeGreaterThan(10);
  });

  it("shows of fields only those that have an included tag, or whose type has one", () => {
    fc.assert(
      fc.property(taggedMostly(9), fc.constantFrom("a", "b"), (tags, tag) => {
        const composed = composeContract(supergraphWith(tags), { ...nothing, include: [tag] });
        const fields = shownTypes(composed).flatMap((type) =>
          isObjectType(type) || isInterfaceType(type)
            ? Object.keys(type.getFields()).map((field) => [type.name, field] as const)
            : [],
        );
        for (const [type, field] of fields)
          expect([...(tags[type] ?? []), ...(tags[`${type}.${field}`] ?? [])]).toContain(tag);
      }),
      { numRuns: 60 },
    );
    expect(looked).toBeGreaterThan(10);
  });

  it("hides every type that nothing leads to, where it is to", () => {
    fc.assert(
      fc.property(taggedMostly(1), someTags, (tags, exclude) => {
        const rules = { ...nothing, exclude, hideUnreachable: true };
        const types = shownTypes(composeContract(supergraphWith(tags), rules));
        const led = new Set(["Query"]);
        for (const type of types) {
          if (isObjectType(type) || isInterfaceType(type)) {
            for (const { type: of, args } of Object.values(type.getFields())) {
              led.add(getNamedType(of).name);
              for (const argument of args) led.add(getNamedType(argument.type).name);
            }
            for (const { name } of type.getInterfaces()) led.add(name);
          }
          if (isInputObjectType(type))
            for (const { type: of } of Object.values(type.getFields()))
              led.add(getNamedType(of).name);
          // Objects that an abstract type may be.
          if (isAbstractType(type))
            for (const one of types)
              if (isObjectType(one) && one.getInterfaces().some(({ name }) => name === type.name))
                led.add(one.name);
          if ("getTypes" in type) for (const { name } of type.getTypes()) led.add(name);
        }
        for (const { name } of types) expect([...led]).toContain(name);
      }),
      { numRuns: 60 },
    );
    expect(looked).toBeGreaterThan(10);
  });

  it("is the whole graph, letter by letter, when it hides nothing", () => {
    const supergraph = supergraphWith({ "Query.place": ["a"] });
    expect(composeContract(supergraph, nothing)).toEqual({ kind: "composed", supergraph });
    const rules = { ...nothing, exclude: ["b"], hideUnreachable: true };
    expect(composeContract(supergraph, rules)).toEqual({ kind: "composed", supergraph });
  });

  it.each([
    [
      "a visible field of a hidden type",
      { Kind: ["x"] },
      /"Kind" is @inaccessible.*Place\.kind|Query\.place/,
      /same tag/,
    ],
    ["no field of Query", { Query: ["x"] }, /No field of Query/, /at least one field of Query/],
    [
      "a field that its interface shows and an object hides",
      { "Place.id": ["x"] },
      /Place\.id.*Thing\.id/,
      /interface's field/,
    ],
  ])("names the element and the mend: %s", (_what, tags, message, mend) => {
    // The type Query itself has no place for a tag here: all of its fields have it.
    const all = { ...tags } as Record<string, string[]>;
    if (all["Query"])
      for (const place of places) if (place.startsWith("Query.")) all[place] = ["x"];
    const composed = composeContract(supergraphWith(all), { ...nothing, exclude: ["x"] });
    expect(composed.kind).toBe("broken");
    const problems = composed.kind === "broken" ? composed.problems : [];
    expect(problems.map((one) => one.message).join("\n")).toMatch(message);
    expect(problems.map((one) => one.mend).join("\n")).toMatch(mend);
  });
});
