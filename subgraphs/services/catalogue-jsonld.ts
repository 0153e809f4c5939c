/**
 * An agency's catalogue as JSON-LD by CPSV-AP 3.2.0 (the EU's Core Public Service Vocabulary), and back
 * without loss. What the profile has no word for is said in a vocabulary of our own, `cg`; amounts too,
 * because the profile's are floating-point. Its context is inline, and no other is ever fetched. Pure.
 */
import type { VersionedEntry } from "./catalogue-csv.ts";
import type { ServiceEntry } from "./service-entry.ts";
import type { Text } from "./tables.ts";

/** Stable names of things; they are names, not addresses. */
const urn = (kind: string, id: string): string => `urn:city-graph:${kind}:${id}`;

const texts = (id: string) => ({ "@id": id, "@container": "@language" });
const many = (id: string) => ({ "@id": id, "@container": "@set" });
const typed = (id: string, type: string) => ({ "@id": id, "@type": `xsd:${type}` });

export const cpsvContext = {
  adms: "http://www.w3.org/ns/adms#",
  cg: "urn:city-graph:vocabulary:",
  cpsv: "http://purl.org/vocab/cpsv#",
  cv: "http://data.europa.eu/m8g/",
  dcat: "http://www.w3.org/ns/dcat#",
  dct: "http://purl.org/dc/terms/",
  eli: "http://data.europa.eu/eli/ontology#",
  foaf: "http://xmlns.com/foaf/0.1/",
  skos: "http://www.w3.org/2004/02/skos/core#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  identifier: "dct:identifier",
  title: texts("dct:title"),
  description: texts("dct:description"),
  summary: texts("cg:summary"),
  prefLabel: texts("skos:prefLabel"),
  spatial: "dct:spatial",
  hasCompetentAuthority: "cv:hasCompetentAuthority",
  thematicArea: "cv:thematicArea",
  isGroupedBy: many("cv:isGroupedBy"),
  audience: many("dct:audience"),
  keyword: many("dcat:keyword"),
  status: "adms:status",
  processingTime: typed("cv:processingTime", "duration"),
  countsBusinessDays: "cg:countsBusinessDays",
  holdsRequirement: many("cv:holdsRequirement"),
  follows: many("cpsv:follows"),
  hasInputType: many("cv:hasInputType"),
  hasStep: many("cg:hasStep"),
  produces: many("cpsv:produces"),
  hasChannel: many("cv:hasChannel"),
  type: "dct:type",
  url: { "@id": "cg:url", "@type": "xsd:anyURI" },
  phone: "cg:phone",
  hours: texts("cg:hours"),
  hasCost: many("cv:hasCost"),
  hasValue: typed("cv:hasValue", "double"),
  currency: "cv:currency",
  feeKind: "cg:feeKind",
  pricing: "cg:pricing",
  minorUnits: "cg:minorUnits",
  upToMinorUnits: "cg:upToMinorUnits",
  rule: texts("cg:rule"),
  sample: "cg:sample",
  hasLegalResource: many("cv:hasLegalResource"),
  relatedService: many("cv:relatedService"),
  payable: "cg:payable",
  validFrom: typed("cg:validFrom", "date"),
  validUntil: typed("cg:validUntil", "date"),
  version: "cg:version",
  position: "cg:position",
} as const;

const label = ({ en, ar }: Text) => ({ en, ar });

const concept = (kind: string, id: string) => ({
  "@id": urn(kind, id),
  "@type": "skos:Concept",
  identifier: id,
});

const isArabic = (word: string): boolean => /\p{Script=Arabic}/u.test(word);

function describeService(
  { entry, version }: VersionedEntry,
  lifeEvents: ReadonlyMap<string, Text>,
) {
  /** A part of the service, numbered: RDF has no order of its own. */
  const part = (kind: string, type: string, index: number) => ({
    "@id": urn("service", `${entry.id}:${kind}:${index + 1}`),
    "@type": type,
    identifier: `${entry.id}:${kind}:${index + 1}`,
    position: index + 1,
  });
  return {
    "@id": urn("service", entry.id),
    "@type": "cpsv:PublicService",
    identifier: entry.id,
    version,
    title: label(entry.name),
    summary: label(entry.summary),
    description: label(entry.description),
    hasCompetentAuthority: { "@id": urn("agency", entry.agency) },
    thematicArea: [entry.category, ...entry.furtherCategories].map((id) => concept("category", id)),
    isGroupedBy: entry.lifeEvents.map((id) => ({
      "@id": urn("life-event", id),
      "@type": ["cv:LifeEvent", "cv:Event"],
      identifier: id,
      title: label(lifeEvents.get(id) ?? { en: id, ar: id }),
    })),
    audience: entry.audiences.map((one) => concept("audience", one)),
    keyword: entry.keywords.map((word) => ({
      "@value": word,
      "@language": isArabic(word) ? "ar" : "en",
    })),
    status: concept("service-status", entry.status),
    processingTime: entry.processingTime.duration,
    countsBusinessDays: entry.processingTime.businessDays,
    holdsRequirement: entry.eligibility.map((one, index) => ({
      ...part("eligibility", "cv:Requirement", index),
      title: label(one),
    })),
    follows: entry.rules.map((one, index) => ({
      ...part("rule", "cpsv:Rule", index),
      title: label(one),
      description: label(one),
    })),
    hasInputType: entry.requiredDocuments.map((one, index) => ({
      ...part("document", "cv:EvidenceType", index),
      title: label(one),
    })),
    hasStep: entry.steps.map((one, index) => ({
      ...part("step", "cg:Step", index),
      description: label(one),
    })),
    produces: entry.outputs.map((one, index) => ({
      ...part("output", "cv:Output", index),
      title: label(one),
    })),
    hasChannel: entry.channels.map(({ kind, url, phone, hours }, index) => ({
      ...part("channel", "cv:Channel", index),
      type: concept("channel-kind", kind),
      ...(url === null ? {} : { url }),
      ...(phone === null ? {} : { phone }),
      ...(hours === null ? {} : { hours: label(hours) }),
    })),
    hasCost: entry.fees.map(({ kind, name, pricing, amount, upTo, rule, sample }, index) => ({
      ...part("fee", "cv:Cost", index),
      feeKind: kind,
      description: label(name),
      pricing,
      hasValue: Number(amount) / 100,
      currency: {
        "@id": "http://publications.europa.eu/resource/authority/currency/AED",
        "@type": "skos:Concept",
      },
      minorUnits: Number(amount),
      ...(upTo === null ? {} : { upToMinorUnits: Number(upTo) }),
      ...(rule === null ? {} : { rule: label(rule) }),
      sample,
    })),
    hasLegalResource: entry.legalBasis.map(({ title, url }, index) => ({
      ...part("legal", "eli:LegalResource", index),
      title: label(title),
      ...(url === null ? {} : { url }),
    })),
    relatedService: entry.relatedServices.map((id) => ({ "@id": urn("service", id) })),
    payable: entry.payable,
    ...(entry.validFrom === null ? {} : { validFrom: entry.validFrom }),
    ...(entry.validUntil === null ? {} : { validUntil: entry.validUntil }),
  };
}

export type DescribedAgency = { readonly id: string; readonly name: Text };

/** One document; its parts name each other, so that a reader needs nothing else. */
export const writeJsonLd = (
  agency: DescribedAgency,
  services: readonly VersionedEntry[],
  lifeEvents: ReadonlyMap<string, Text>,
): string =>
  JSON.stringify({
    "@context": cpsvContext,
    "@graph": [
      {
        "@id": urn("agency", agency.id),
        "@type": "cv:PublicOrganisation",
        identifier: agency.id,
        prefLabel: label(agency.name),
        spatial: { "@id": urn("place", "dubai"), "@type": "dct:Location" },
      },
      ...services.map((one) => describeService(one, lifeEvents)),
    ],
  });

/** `urn:city-graph:service:x` → `x`; anything else stays as it is, and is refused for what it is. */
export const idOfUrn = (kind: string, name: unknown): unknown => {
  const prefix = urn(kind, "");
  return typeof name === "string" && name.startsWith(prefix) ? name.slice(prefix.length) : name;
};

/** The property that says what a part of an entry says. */
const properties: { readonly [Part in keyof ServiceEntry]?: keyof typeof cpsvContext } = {
  id: "identifier",
  agency: "hasCompetentAuthority",
  category: "thematicArea",
  furtherCategories: "thematicArea",
  lifeEvents: "isGroupedBy",
  name: "title",
  audiences: "audience",
  eligibility: "holdsRequirement",
  rules: "follows",
  requiredDocuments: "hasInputType",
  steps: "hasStep",
  channels: "hasChannel",
  fees: "hasCost",
  outputs: "produces",
  legalBasis: "hasLegalResource",
  relatedServices: "relatedService",
  keywords: "keyword",
};

export function propertyOf(field: string): string | undefined {
  const [, part = ""] = field.split("/");
  return part === "" ? undefined : (properties[part as keyof ServiceEntry] ?? part);
}
