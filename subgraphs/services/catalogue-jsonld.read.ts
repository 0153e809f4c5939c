/**
 * A JSON-LD document by CPSV-AP → the services in it, as they are there; what is wrong with them is checked
 * later. The document is flattened to our own context, so its own may name and nest things as it likes. Contexts
 * that would have to be fetched are refused; flat nodes are walked to a fixed depth, so that a document whose
 * nodes hold one another again and again costs no more than its size.
 */
import jsonld from "jsonld";
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

const serviceType = "cpsv:PublicService";

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Nodes of a document by their names. */
type Nodes = ReadonlyMap<unknown, Node>;

/** A value, or the node that it names. */
const found = (nodes: Nodes, value: unknown): unknown =>
  isNode(value) ? (nodes.get(value["@id"]) ?? value) : value;

const nodesOf = (nodes: Nodes, value: unknown): readonly Node[] =>
  Array.isArray(value) ? value.map((one) => found(nodes, one)).filter(isNode) : [];

const positionOf = ({ position }: Node): number => (typeof position === "number" ? position : 0);

/** Parts in the order of their positions. */
const partsOf = (nodes: Nodes, value: unknown): readonly Node[] =>
  [...nodesOf(nodes, value)].sort((one, other) => positionOf(one) - positionOf(other));

/** A concept's identifier, or whatever stands in its place. */
function identifierOf(nodes: Nodes, value: unknown): unknown {
  const concept = found(nodes, value);
  return isNode(concept) ? concept["identifier"] : concept;
}

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

const readChannel = (nodes: Nodes, channel: Node): Node => ({
  kind: identifierOf(nodes, channel["type"]),
  url: channel["url"] ?? null,
  phone: channel["phone"] ?? null,
  hours: channel["hours"] ?? null,
});

function toEntry(nodes: Nodes, service: Node): FileEntry {
  const textsOf = (property: string, text = "title") =>
    partsOf(nodes, service[property]).map((part) => part[text]);
  const identifiersOf = (property: string) =>
    nodesOf(nodes, service[property]).map(({ identifier }) => identifier);
  const areas = service["thematicArea"] ?? [];
  // The first is the main one: documents keep their order, although RDF has none.
  const [category, ...furtherCategories] = (Array.isArray(areas) ? areas : [areas]).map((area) =>
    identifierOf(nodes, area),
  );
  const value = {
    ...given("id", service["identifier"]),
    ...given("agency", idOfUrn("agency", nameOf(service["hasCompetentAuthority"]))),
    ...given("category", category),
    furtherCategories,
    lifeEvents: identifiersOf("isGroupedBy"),
    ...given("name", service["title"]),
    ...given("summary", service["summary"]),
    ...given("description", service["description"]),
    audiences: identifiersOf("audience"),
    eligibility: textsOf("holdsRequirement"),
    rules: textsOf("follows"),
    requiredDocuments: textsOf("hasInputType"),
    steps: textsOf("hasStep", "description"),
    channels: partsOf(nodes, service["hasChannel"]).map((one) => readChannel(nodes, one)),
    fees: partsOf(nodes, service["hasCost"]).map(readCost),
    processingTime: {
      ...given("duration", service["processingTime"]),
      businessDays: service["countsBusinessDays"] ?? false,
    },
    outputs: textsOf("produces"),
    legalBasis: partsOf(nodes, service["hasLegalResource"]).map((legal) => ({
      title: legal["title"],
      url: legal["url"] ?? null,
    })),
    relatedServices: nodesOf(nodes, service["relatedService"]).map((one) =>
      idOfUrn("service", nameOf(one)),
    ),
    ...given("payable", service["payable"]),
    status: identifierOf(nodes, service["status"]) ?? "ACTIVE",
    validFrom: service["validFrom"] ?? null,
    validUntil: service["validUntil"] ?? null,
    keywords: wordsOf(service["keyword"]),
  };
  return { value, seenVersion: readVersion(service["version"]), row: undefined };
}

function refuseToFetch(): Promise<never> {
  throw new Error("a context has to be part of the document; none is fetched.");
}

/** A document of one node has no graph: it is the node. */
function graphOf(flat: unknown): readonly Node[] {
  const { "@graph": graph } = isNode(flat) ? flat : {};
  if (Array.isArray(graph)) return graph.filter(isNode);
  return isNode(flat) ? [flat] : [];
}

const isService = ({ "@type": type }: Node): boolean => [type].flat().includes(serviceType);

/** @throws never: a document that is none is told as a problem. */
export async function readJsonLd(content: string): Promise<ReadFile> {
  let graph: readonly Node[];
  try {
    const document = JSON.parse(content) as jsonld.JsonLdDocument;
    const flat: unknown = await jsonld.flatten(document, cpsvContext as never, {
      documentLoader: refuseToFetch,
    });
    graph = graphOf(flat);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : "It is no JSON-LD document.");
  }
  const services = graph.filter(isService);
  if (services.length > servicesLimit) {
    return {
      ok: false,
      problems: [fileProblem(entryProblem("", "TOO_MANY_ROWS", `${servicesLimit}`))],
    };
  }
  const nodes = new Map(graph.map((node) => [node["@id"], node]));
  return { ok: true, entries: services.map((service) => toEntry(nodes, service)) };
}
