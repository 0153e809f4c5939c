/**
 * A JSON-LD document by CPSV-AP → the services in it, as they are there; what is wrong with them is checked
 * later. The document is framed by our own context, so its own may name things as it likes; contexts that
 * would have to be fetched are refused.
 */
import jsonld from "jsonld";
import type { Frame } from "jsonld/jsonld-spec.js";
import {
  type FileEntry,
  fileProblem,
  type ReadFile,
  readVersion,
  servicesLimit,
  unreadable,
} from "./catalogue-file.ts";
import { cpsvContext, idOfUrn } from "./catalogue-jsonld.ts";
import { entryProblem } from "./service-entry-messages.ts";

type Node = Readonly<Record<string, unknown>>;

const frame = {
  "@context": cpsvContext,
  "@type": "cpsv:PublicService",
  hasCompetentAuthority: { "@embed": "@never" },
  relatedService: { "@embed": "@never" },
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const nodesOf = (value: unknown): readonly Node[] =>
  Array.isArray(value) ? value.filter(isNode) : [];

const positionOf = ({ position }: Node): number => (typeof position === "number" ? position : 0);

/** Parts in the order of their positions. */
const partsOf = (value: unknown): readonly Node[] =>
  [...nodesOf(value)].sort((one, other) => positionOf(one) - positionOf(other));

/** A concept's identifier, or whatever stands in its place. */
const identifierOf = (value: unknown): unknown => (isNode(value) ? value["identifier"] : value);

const identifiersOf = (value: unknown): unknown[] => nodesOf(value).map(identifierOf);

const nameOf = (value: unknown): unknown => (isNode(value) ? value["@id"] : value);

const wordsOf = (value: unknown): unknown[] =>
  (Array.isArray(value) ? value : []).map((word: unknown) =>
    isNode(word) ? word["@value"] : word,
  );

/** Our own exact amount, or else the profile's floating-point one in whole fils. */
function amountOf({ minorUnits, hasValue }: Node): unknown {
  if (minorUnits !== undefined) return minorUnits;
  return typeof hasValue === "number" ? Math.round(hasValue * 100) : undefined;
}

const given = (name: string, value: unknown): Node =>
  value === undefined ? {} : { [name]: value };

const readCost = (cost: Node): Node => ({
  kind: cost["feeKind"] ?? "FEE",
  name: cost["description"],
  ...given("pricing", cost["pricing"]),
  amount: amountOf(cost),
  upTo: cost["upToMinorUnits"] ?? null,
  rule: cost["rule"] ?? null,
  ...given("sample", cost["sample"]),
});

const readChannel = (channel: Node): Node => ({
  kind: identifierOf(channel["type"]),
  url: channel["url"] ?? null,
  phone: channel["phone"] ?? null,
  hours: channel["hours"] ?? null,
});

function toEntry(service: Node): FileEntry {
  const textsOf = (property: string, text = "title") =>
    partsOf(service[property]).map((part) => part[text]);
  const value = {
    ...given("id", service["identifier"]),
    ...given("agency", idOfUrn("agency", nameOf(service["hasCompetentAuthority"]))),
    ...given("category", identifierOf(service["thematicArea"])),
    lifeEvents: identifiersOf(service["isGroupedBy"]),
    ...given("name", service["title"]),
    ...given("summary", service["summary"]),
    ...given("description", service["description"]),
    audiences: identifiersOf(service["audience"]),
    eligibility: textsOf("holdsRequirement"),
    rules: textsOf("follows"),
    requiredDocuments: textsOf("hasInputType"),
    steps: textsOf("hasStep", "description"),
    channels: partsOf(service["hasChannel"]).map(readChannel),
    fees: partsOf(service["hasCost"]).map(readCost),
    processingTime: {
      ...given("duration", service["processingTime"]),
      businessDays: service["countsBusinessDays"] ?? false,
    },
    outputs: textsOf("produces"),
    legalBasis: partsOf(service["hasLegalResource"]).map((legal) => ({
      title: legal["title"],
      url: legal["url"] ?? null,
    })),
    relatedServices: nodesOf(service["relatedService"]).map((one) =>
      idOfUrn("service", nameOf(one)),
    ),
    ...given("payable", service["payable"]),
    status: identifierOf(service["status"]) ?? "ACTIVE",
    validFrom: service["validFrom"] ?? null,
    validUntil: service["validUntil"] ?? null,
    keywords: wordsOf(service["keyword"]),
  };
  return { value, seenVersion: readVersion(service["version"]), row: undefined };
}

function refuseToFetch(): Promise<never> {
  throw new Error("a context has to be part of the document; none is fetched.");
}

/** The types of the library leave `documentLoader` out here; the library does not. */
const options = {
  documentLoader: refuseToFetch,
  embed: "@always",
  omitDefault: true,
  omitGraph: false,
} as const;

/** @throws never: a document that is none is told as a problem. */
export async function readJsonLd(content: string): Promise<ReadFile> {
  let services: readonly Node[];
  try {
    const document = JSON.parse(content) as jsonld.JsonLdDocument;
    const framed = await jsonld.frame(document, frame as unknown as Frame, options);
    services = nodesOf(framed["@graph"]);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : "It is no JSON-LD document.");
  }
  if (services.length > servicesLimit) {
    return {
      ok: false,
      problems: [fileProblem(entryProblem("", "TOO_MANY_ROWS", `${servicesLimit}`))],
    };
  }
  return { ok: true, entries: services.map(toEntry) };
}
