/**
 * Which media type answers a request, and with which status: GraphQL over HTTP, sections "Accept",
 * "application/json" and "application/graphql-response+json". The rule in one sentence: in
 * application/graphql-response+json the status tells what became of the operation; in
 * application/json, which older clients use, a well-formed request is 200 even when its document is
 * not valid.
 */
import { remember } from "./remember.ts";
import { parseQualityList, type Weighted } from "./quality-list.ts";

export const mediaTypes = {
  graphqlResponse: "application/graphql-response+json",
  json: "application/json",
} as const;

export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

type Preference = {
  readonly weight: number;
  /** Named in full, not by a wildcard. */
  readonly named: boolean;
};

/** We write UTF-8 only: a range that asks for another charset cannot be met. */
const isUtf8 = ({ parameters }: Weighted): boolean =>
  ["utf-8", "utf8"].includes(parameters.get("charset") ?? "utf-8");

/** The most specific range decides (RFC 9110 section 12.5.1). */
function preferenceFor(type: MediaType, ranges: readonly Weighted[]): Preference {
  for (const range of [type, "application/*", "*/*"]) {
    const match = ranges.find(({ value }) => value === range);
    if (match) return { weight: match.weight, named: range === type };
  }
  return { weight: 0, named: false };
}

/**
 * @returns undefined when the client accepts neither.
 * Without a header, or for wildcards, application/json: whoever has not asked for
 * application/graphql-response+json may not know it. A client that names both alike knows it.
 */
export const negotiate = remember((accept): MediaType | undefined => {
  if (!accept?.trim()) return mediaTypes.json;
  const ranges = parseQualityList(accept).filter(isUtf8);
  const json = preferenceFor(mediaTypes.json, ranges);
  const response = preferenceFor(mediaTypes.graphqlResponse, ranges);
  if (json.weight === 0 && response.weight === 0) return undefined;
  if (json.weight !== response.weight) {
    return json.weight > response.weight ? mediaTypes.json : mediaTypes.graphqlResponse;
  }
  return response.named ? mediaTypes.graphqlResponse : mediaTypes.json;
});

/**
 * The status of an executor's answer. Only 400 becomes 200 for application/json: it says that the
 * document was at fault, which older clients look for in `errors`. A missing right (401, 403), the
 * wrong method (405) and a fault (500, 503) keep their status, because proxies, browsers and
 * alarms act on it.
 */
export function statusOf(
  answer: { readonly hasData: boolean; readonly httpStatus: number },
  mediaType: MediaType,
): number {
  if (answer.hasData) return 200;
  return mediaType === mediaTypes.json && answer.httpStatus === 400 ? 200 : answer.httpStatus;
}
