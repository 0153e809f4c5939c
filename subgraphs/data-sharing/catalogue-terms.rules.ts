/**
 * Terms of controlled vocabularies that the catalogue refers to, described in it as far as DCAT-AP's
 * ranges ask: of which class each is, and of which scheme. So a harvester can validate the catalogue
 * without fetching any vocabulary. Pure.
 */
export const authority = "http://publications.europa.eu/resource/authority";

const schemes = {
  language: ["language", "dct:LinguisticSystem"],
  accessRight: ["access-right", "dct:RightsStatement"],
  frequency: ["frequency", "dct:Frequency"],
  theme: ["data-theme", undefined],
  fileType: ["file-type", "dct:MediaTypeOrExtent"],
} as const;
export type TermKind = keyof typeof schemes;

/** The name of a code in its vocabulary. */
export const termOf = (kind: TermKind, code: string): string =>
  `${authority}/${schemes[kind][0]}/${code}`;

export const schemeOf = (kind: TermKind): string => `${authority}/${schemes[kind][0]}`;

export const mediaTypeOf = (mediaType: string): string =>
  `https://www.iana.org/assignments/media-types/${mediaType}`;

/** The emirate, as GeoNames has it. */
export const dubai = "https://sws.geonames.org/292224/";

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted();

/** One node for each term that is used. */
export const describeTerms = (used: Readonly<Record<TermKind, readonly string[]>>): object[] =>
  (Object.keys(schemes) as TermKind[]).flatMap((kind) => [
    { "@id": schemeOf(kind), "@type": "skos:ConceptScheme", "dct:title": schemes[kind][0] },
    ...unique(used[kind]).map((code) => {
      const type = schemes[kind][1];
      return {
        "@id": termOf(kind, code),
        "@type": type === undefined ? "skos:Concept" : [type, "skos:Concept"],
        "skos:prefLabel": code,
        "skos:inScheme": { "@id": schemeOf(kind) },
      };
    }),
  ]);

/** Nodes of which nothing is said but their class. */
export const describeClasses = (type: string, ids: readonly string[]): object[] =>
  unique(ids).map((id) => ({ "@id": id, "@type": type }));
