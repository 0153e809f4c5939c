/**
 * The catalogue by DCAT-AP 3: rows → one JSON-LD document (RDF in Turtle is derived from it). Codes are
 * those of the Publications Office of the European Union. Its context is inline, so that a reader needs
 * nothing else. Pure.
 */
import type { Selectable } from "kysely";
import {
  describeClasses,
  describeTerms,
  dubai,
  mediaTypeOf,
  schemeOf,
  termOf,
} from "./catalogue-terms.rules.ts";
import type { DatasetThemeRow } from "./dataset-details.store.ts";
import type { Format } from "./dataset.rules.ts";
import type { DatasetRow } from "./dataset.store.ts";
import type { ProductRow } from "./product.store.ts";
import { opennessStars } from "./quality.rules.ts";
import type { AccessLevel, DistributionTable, LicenceTable, ParticipantTable } from "./tables.ts";

/** Stable names of things; they are names, not addresses. */
const urn = (kind: string, id: string): string => `urn:city-graph:${kind}:${id}`;

export const catalogueContext = {
  dcat: "http://www.w3.org/ns/dcat#",
  dct: "http://purl.org/dc/terms/",
  foaf: "http://xmlns.com/foaf/0.1/",
  vcard: "http://www.w3.org/2006/vcard/ns#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  dqv: "http://www.w3.org/ns/dqv#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  odrl: "http://www.w3.org/ns/odrl/2/",
  xsd: "http://www.w3.org/2001/XMLSchema#",
} as const;

const accessRights: Readonly<Record<AccessLevel, string>> = {
  OPEN: "PUBLIC",
  SHARED: "RESTRICTED",
  RESTRICTED: "NON_PUBLIC",
};

const both = (en: string, ar: string) => [
  { "@language": "en", "@value": en },
  { "@language": "ar", "@value": ar },
];
const ref = (id: string) => ({ "@id": id });
const typed = (type: string, value: string) => ({ "@type": `xsd:${type}`, "@value": value });
const moment = (value: Date) => typed("dateTime", value.toISOString());

const languages = ["ENG", "ARA"] as const;
const endpoint = "https://graph.example.org/graphql";

export type CatalogueParts = {
  readonly datasets: readonly DatasetRow[];
  readonly themes: readonly DatasetThemeRow[];
  readonly distributions: readonly Selectable<DistributionTable>[];
  readonly licences: readonly Selectable<LicenceTable>[];
  readonly participants: readonly Selectable<ParticipantTable>[];
  readonly products: readonly ProductRow[];
};

function describeDistribution(
  row: Selectable<DistributionTable>,
  {
    dataset,
    licenceUrl,
  }: { readonly dataset: DatasetRow; readonly licenceUrl: string | undefined },
) {
  return {
    "@id": urn("distribution", row.id),
    "@type": "dcat:Distribution",
    "dct:title": both(`${dataset.title_en} (${row.format})`, `${dataset.title_ar} (${row.format})`),
    "dcat:accessURL": ref(row.access_url),
    "dct:format": ref(termOf("fileType", row.format)),
    "dcat:mediaType": ref(mediaTypeOf(row.media_type)),
    ...(row.byte_size === null
      ? {}
      : { "dcat:byteSize": typed("nonNegativeInteger", `${row.byte_size}`) }),
    // Data that is not open has an offer instead of a licence: ask, and agree.
    ...(licenceUrl === undefined
      ? { "odrl:hasPolicy": ref(urn("offer", dataset.id)) }
      : { "dct:license": ref(licenceUrl) }),
  };
}

const opennessMetric = urn("metric", "openness-stars");

/** Quality by the Data Quality Vocabulary: what does not change with the time of reading. */
function measureOpenness(
  dataset: DatasetRow,
  distributions: readonly Selectable<DistributionTable>[],
): object {
  const stars = opennessStars({
    isOpen: dataset.access_level === "OPEN",
    hasLicence: dataset.licence_id !== null,
    formats: distributions.map(({ format }) => format as Format),
  });
  if (stars === undefined) return {};
  return {
    "dqv:hasQualityMeasurement": {
      "@type": "dqv:QualityMeasurement",
      "dqv:isMeasurementOf": ref(opennessMetric),
      "dqv:value": typed("integer", `${stars}`),
    },
  };
}

const describeOffer = (dataset: DatasetRow) => ({
  "@id": urn("offer", dataset.id),
  "@type": ["odrl:Offer", "odrl:Policy"],
  "odrl:permission": {
    "odrl:target": ref(urn("dataset", dataset.id)),
    "odrl:assigner": ref(urn("agency", dataset.publisher_id)),
    "odrl:action": ref("http://www.w3.org/ns/odrl/2/use"),
    "odrl:duty": { "odrl:action": ref("http://www.w3.org/ns/odrl/2/reviewPolicy") },
  },
});

/** @returns one JSON-LD document; every node has a name but periods, offers' rules and contacts. */
export function describeCatalogue(parts: CatalogueParts): object {
  const themesOf = Map.groupBy(parts.themes, ({ dataset_id: id }) => id);
  const distributionsOf = Map.groupBy(parts.distributions, ({ dataset_id: id }) => id);
  const licenceOf = new Map(parts.licences.map(({ id, url }) => [id, url]));
  const contactOf = new Map(parts.participants.map((row) => [row.agency_id, row]));

  const describeDataset = (dataset: DatasetRow) => {
    const contact = contactOf.get(dataset.publisher_id);
    const licenceUrl = licenceOf.get(dataset.licence_id ?? "");
    const distributions = distributionsOf.get(dataset.id) ?? [];
    return {
      "@id": urn("dataset", dataset.id),
      "@type": "dcat:Dataset",
      "dct:identifier": dataset.id,
      "dct:title": both(dataset.title_en, dataset.title_ar),
      "dct:description": both(dataset.description_en, dataset.description_ar),
      "dct:publisher": ref(urn("agency", dataset.publisher_id)),
      ...(contact
        ? {
            "dcat:contactPoint": {
              "@type": ["vcard:Organization", "vcard:Kind"],
              "vcard:fn": both(contact.contact_name_en, contact.contact_name_ar),
              "vcard:hasEmail": ref(`mailto:${contact.contact_email}`),
            },
          }
        : {}),
      "dcat:theme": (themesOf.get(dataset.id) ?? []).map(({ id }) => ref(termOf("theme", id))),
      "dcat:keyword": dataset.keywords.flatMap(({ en, ar }) => both(en, ar)),
      "dct:accessRights": ref(termOf("accessRight", accessRights[dataset.access_level])),
      "dct:accrualPeriodicity": ref(termOf("frequency", dataset.update_frequency)),
      "dct:spatial": ref(dubai),
      "dct:issued": moment(dataset.issued_at),
      "dct:modified": moment(dataset.modified_at),
      "dct:temporal": {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": typed("date", dataset.coverage_from),
        ...(dataset.coverage_to === null
          ? {}
          : { "dcat:endDate": typed("date", dataset.coverage_to) }),
      },
      ...measureOpenness(dataset, distributions),
      "dcat:distribution": distributions.map((row) =>
        describeDistribution(row, { dataset, licenceUrl }),
      ),
    };
  };

  const [latest] = parts.datasets.map((row) => row.modified_at).toSorted((a, b) => +b - +a);
  const publishers = [...new Set(parts.datasets.map(({ publisher_id: id }) => id))];
  return {
    "@context": catalogueContext,
    "@graph": [
      {
        "@id": urn("catalogue", "datasets"),
        "@type": "dcat:Catalog",
        "dct:title": both("Data of the city's agencies", "بيانات جهات المدينة"),
        "dct:description": both(
          "What data the agencies of the city publish as open data, and what they share by agreement. The entries are samples.",
          "البيانات التي تنشرها جهات المدينة كبيانات مفتوحة وتلك التي تشاركها بموجب اتفاقيات. المدخلات نماذج.",
        ),
        "dct:publisher": ref(urn("agency", "smart-dubai")),
        "dct:language": languages.map((code) => ref(termOf("language", code))),
        "dct:spatial": ref(dubai),
        "dcat:themeTaxonomy": ref(schemeOf("theme")),
        ...(latest ? { "dct:modified": moment(latest) } : {}),
        "dcat:dataset": parts.datasets.map(({ id }) => ref(urn("dataset", id))),
        "dcat:service": ref(urn("service", "graph")),
      },
      {
        "@id": urn("service", "graph"),
        "@type": "dcat:DataService",
        "dct:title": both("City Graph", "رسم بيانات المدينة"),
        "dct:publisher": ref(urn("agency", "smart-dubai")),
        "dcat:endpointURL": ref(endpoint),
        "dcat:servesDataset": parts.products.map(({ dataset_id: id }) => ref(urn("dataset", id))),
      },
      ...[...new Set([...publishers, "smart-dubai"])].map((id) => ({
        "@id": urn("agency", id),
        "@type": "foaf:Agent",
        "foaf:name": id,
      })),
      ...parts.datasets.map(describeDataset),
      ...parts.datasets.filter((one) => one.licence_id === null).map(describeOffer),
      {
        "@id": opennessMetric,
        "@type": "dqv:Metric",
        "skos:definition": both(
          "Stars of open data: an open licence, readable by programs, in a format that is nobody's own.",
          "نجوم البيانات المفتوحة: ترخيص مفتوح، وقابلية القراءة آليًا، وصيغة لا تخص جهة بعينها.",
        ),
        "dqv:expectedDataType": ref("http://www.w3.org/2001/XMLSchema#integer"),
      },
      ...describeTerms({
        language: languages,
        accessRight: parts.datasets.map((row) => accessRights[row.access_level]),
        frequency: parts.datasets.map((row) => row.update_frequency),
        theme: parts.themes.map(({ id }) => id),
        fileType: parts.distributions.map(({ format }) => format),
      }),
      ...describeClasses(
        "dct:MediaType",
        parts.distributions.map((row) => mediaTypeOf(row.media_type)),
      ),
      ...describeClasses("dct:LicenseDocument", [...licenceOf.values()]),
      ...describeClasses("dct:Location", [dubai]),
      ...describeClasses("rdfs:Resource", [endpoint]),
    ],
  };
}
