/** Personal data is classified in the schema, and the catalogue that is generated from it is current. */
import { readFile } from "node:fs/promises";
import { composeServices } from "@apollo/composition";
import {
  isLeafType,
  Kind,
  type ObjectTypeDefinitionNode,
  getNamedType,
  isObjectType,
  parse,
  print,
  type TypeNode,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { prepareGraph } from "../../gateway/supergraph/graph.ts";
import { fromRoot } from "../../platform/root.ts";
import { readPersonalData, writePersonalData } from "../../schema/personal-data.ts";
import { type PrintedSdl, printSubgraphs } from "../../schema/print.ts";
import { personalDataCategories } from "../../subgraphs/kit/personal-data.ts";

let supergraphSdl: string;
let printed: readonly PrintedSdl[];
beforeAll(async () => {
  supergraphSdl = await readFile(fromRoot("schema/supergraph.graphql"), "utf8");
  printed = await printSubgraphs();
});

/** Types that differ by who asks and yet hold no personal data of their own; each with its reason. */
const impersonal: Readonly<Record<string, string>> = {
  AccessGrant: "is between agencies",
  AccessLog: "holds public heads and proofs",
  BatchEntry: "wraps results",
  BillSplit: "wraps a bill",
  ConsentAlreadyGranted: "wraps a consent",
  ConsentAlreadyWithdrawn: "wraps a consent",
  ConsentChanged: "wraps a consent",
  ConsentExpired: "wraps a consent",
  ConsentNotFound: "says that there is nothing",
  ConsistencyProof: "holds hashes",
  FuelReported: "tells a fuel company what it reported",
  FuelStarted: "wraps a session",
  InclusionProof: "holds hashes",
  PaymentFigures: "sums over all people",
  PaymentFiguresOfBiller: "sums over all people",
  PaymentFiguresOfChannel: "sums over all people",
  PaymentFiguresOfDay: "sums over all people",
  PaymentMade: "wraps a payment",
  PaymentStarted: "wraps a payment",
  PaymentStatistics: "sums over all people",
  PrivateFigure: "is differentially private",
  Purpose: "is one of the city's purposes",
  RefundOrdered: "wraps a refund",
  RowFilter: "is a term of an agreement",
  SettlementImported: "counts lines",
  SharedCount: "is kept back when few are behind it",
  SharedCounts: "is kept back when few are behind it",
  SharedRows: "wraps rows",
  SharingAgreement: "is between agencies",
  SharingRefused: "says that there is nothing",
  SharingRequest: "is between agencies",
  SignedTreeHead: "holds hashes",
  SigningKey: "is an agency's key",
  ToolkitProgressConflict: "wraps progress",
};

const directiveOf = (node: { readonly directives?: readonly any[] | undefined }, name: string) =>
  node.directives?.find((directive) => directive.name.value === name);
const isPrivate = (type: ObjectTypeDefinitionNode): boolean => {
  const cacheControl = directiveOf(type, "cacheControl");
  return cacheControl !== undefined && print(cacheControl).includes("PRIVATE");
};
const isClassified = (node: { readonly directives?: readonly any[] | undefined }): boolean =>
  directiveOf(node, "personalData") !== undefined;

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

const typesOf = (sdl: string): ObjectTypeDefinitionNode[] =>
  parse(sdl).definitions.filter(
    (one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION,
  );

/** Types whose answers differ by who asks, without a word on what they hold of persons. */
const unclassified = (sdl: string): string[] =>
  typesOf(sdl)
    .filter((type) => isPrivate(type) && !["Query", "Mutation"].includes(type.name.value))
    .filter((type) => !isClassified(type) && !type.fields?.some(isClassified))
    .map((type) => type.name.value);

/** An agency is no person; what it may see is another matter. */
const notOfPersons = ["Agency", "Purpose"];

/** What the fields of a person, and of types with personal data, lead to, and nobody has classified. */
function hangingOn(sdl: string): string[] {
  const types = new Map(typesOf(sdl).map((type) => [type.name.value, type]));
  const unions = new Map(
    parse(sdl).definitions.flatMap((one) =>
      one.kind === Kind.UNION_TYPE_DEFINITION
        ? [[one.name.value, (one.types ?? []).map(({ name }) => name.value)]]
        : [],
    ),
  );
  const isPage = (name: string) => /(Connection|Edge)$/.test(name);
  const isForAll = (type: ObjectTypeDefinitionNode) =>
    directiveOf(type, "shareable") !== undefined ||
    notOfPersons.includes(type.name.value) ||
    (!isPrivate(type) && directiveOf(type, "cacheControl") !== undefined);
  const seen = new Set<string>();
  const waiting = [
    "Person",
    ...[...types.values()].filter(isClassified).map((one) => one.name.value),
  ];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = types.get(name);
    if (seen.has(name) || !type) continue;
    seen.add(name);
    if (name !== "Person" && isForAll(type) && !isPage(name)) continue;
    for (const field of type.fields ?? []) {
      const to = namedType(field.type);
      waiting.push(...(unions.get(to) ?? [to]));
    }
  }
  return [...seen].filter((name) => {
    const type = types.get(name);
    if (!type || isPage(name) || isForAll(type) || isClassified(type)) return false;
    return !type.fields?.some(isClassified);
  });
}

describe("personal data in the schema", () => {
  test("is classified wherever answers differ by who asks, or there is a reason why it is none", () => {
    const found = printed.flatMap(({ subgraph, sdl }) =>
      // There it is a stub that links to the fee, which is classified itself.
      unclassified(sdl).filter((name) => `${subgraph} ${name}` !== "payments ServiceRequest"),
    );
    const wrong = found.filter((name) => !(name in impersonal));
    expect(
      wrong,
      "write @personalData on these types or fields, or give the reason here why they hold none",
    ).toEqual([]);
    // A reason that nothing needs any more would hide the next type of that name.
    expect(Object.keys(impersonal).filter((name) => !found.includes(name))).toEqual([]);
  });

  test("is classified in whatever hangs on it, unless everybody may read that", () => {
    const wrong = printed.flatMap(({ subgraph, sdl }) =>
      hangingOn(sdl).map((name) => `${subgraph} ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("is classified on every plain value of a person", () => {
    for (const { subgraph, sdl } of printed) {
      const person = typesOf(sdl).find(({ name }) => name.value === "Person");
      const { apiSchema } = prepareGraph(supergraphSdl);
      const type = apiSchema.getType("Person");
      if (!person || !isObjectType(type)) continue;
      for (const field of person.fields ?? []) {
        const shown = type.getFields()[field.name.value];
        if (!shown || !isLeafType(getNamedType(shown.type))) continue;
        expect(isClassified(field), `${subgraph}: Person.${field.name.value}`).toBe(true);
      }
    }
  });

  test("is not forgotten when a type of a person is new: the rule finds it", () => {
    const sdl = `type Visit @cacheControl(maxAge: 0, scope: PRIVATE) { doctor: String }`;
    expect(unclassified(sdl)).toEqual(["Visit"]);
    const person = "type Person @cacheControl(maxAge: 0, scope: PRIVATE) { visits: [Stay] }";
    expect(hangingOn(`${person} type Stay { from: String }`)).toContain("Stay");
    expect(unclassified(sdl.replace("{ doctor: String", "{ doctor: String @personalData"))).toEqual(
      [],
    );
  });
});

describe("the catalogue of personal data", () => {
  test("is current: else run `npm run personal-data`", async () => {
    const holdings = readPersonalData(supergraphSdl);
    const kept = await readFile(fromRoot("subgraphs/data-sharing/personal-data.json"), "utf8");
    expect(JSON.parse(kept)).toEqual(holdings);
    expect(await readFile(fromRoot("docs/personal-data.md"), "utf8")).toBe(
      writePersonalData(holdings),
    );
  });

  test("tells of each holding the fields, the kind, the purpose and the subgraphs", () => {
    const holdings = readPersonalData(supergraphSdl);
    expect(holdings.find(({ type }) => type === "Fine")).toMatchObject({
      category: "OFFENCE",
      isSpecial: true,
      purpose: "To show what is to be paid, and to take it",
      subgraphs: ["payments"],
    });
    // Entities of others are told of where they are.
    expect(holdings.find(({ type }) => type === "Bill")?.fields).not.toContain("biller");
    for (const { category, purpose, fields } of holdings) {
      expect(Object.keys(personalDataCategories)).toContain(category);
      expect(purpose).toMatch(/^[A-Z].{10,}[^.]$/);
      expect(fields.length).toBeGreaterThan(0);
    }
  });

  test("joins what several subgraphs say of one type, and tells fields from types", () => {
    const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])
      @link(url: "https://specs.city-graph.example/personalData/v1.0", import: ["@personalData", "PersonalDataCategory"])
      @composeDirective(name: "@personalData")
      enum PersonalDataCategory { HEALTH CONTACT }
      directive @personalData(category: PersonalDataCategory!, purpose: String!) on OBJECT | FIELD_DEFINITION`;
    const sdls = {
      clinics: `type Query { visits: [Visit] }
        type Visit @key(fields: "id") @personalData(category: HEALTH, purpose: "To treat") { id: ID! at: String phone: String @personalData(category: CONTACT, purpose: "To call back") place: Place }
        type Place @key(fields: "id") { id: ID! }`,
      insurers: `type Visit @key(fields: "id") { id: ID! cost: Int @personalData(category: HEALTH, purpose: "To treat") }`,
    };
    const { supergraphSdl: composed } = composeServices(
      Object.entries(sdls).map(([name, sdl]) => ({
        name,
        url: `http://${name}`,
        typeDefs: parse(`${header}\n${sdl}`),
      })),
    );
    expect(readPersonalData(composed ?? "")).toMatchObject([
      { type: "Visit", category: "CONTACT", fields: ["phone"], subgraphs: ["clinics"] },
      {
        type: "Visit",
        category: "HEALTH",
        fields: ["at", "cost", "id"],
        subgraphs: ["clinics", "insurers"],
      },
    ]);
  });

  test("is of a graph that the gateway serves, in which clients do not see the directive", () => {
    const { apiSchema } = prepareGraph(supergraphSdl);
    expect(apiSchema.getDirective("personalData")).toBeFalsy();
  });
});
