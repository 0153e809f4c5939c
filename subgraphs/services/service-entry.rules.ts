/**
 * A value of unknown shape → an entry of the catalogue, or everything that is wrong with it at once: first
 * its shape (service-entry.ts), and once that is right what its parts say of one another and of the catalogue.
 */
import type { core } from "zod";
import { hasItsDirhams } from "./fee.rules.ts";
import { entryProblem, type EntryProblem } from "./service-entry-messages.ts";
import { type ServiceEntry, serviceEntry } from "./service-entry.ts";
import type { AgencyKind } from "./tables.ts";

/** What an entry may point at. */
export type KnownCatalogue = {
  readonly agency: { readonly id: string; readonly kind: AgencyKind };
  readonly categories: ReadonlySet<string>;
  readonly lifeEvents: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
};

export type CheckedEntry =
  | { readonly ok: true; readonly entry: ServiceEntry }
  | { readonly ok: false; readonly problems: readonly EntryProblem[] };

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const examples: readonly (readonly [RegExp, string])[] = [
  [/^\/processingTime/, "P2D or PT5M"],
  [/^\/(validFrom|validUntil|lastReviewedAt)$/, "2026-02-18"],
  [/url$/, "https://www.example.ae/service"],
];
const exampleOf = (field: string): string =>
  examples.find(([pattern]) => pattern.test(field))?.[1] ?? "dewa-electricity-bill";

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );

function problemOf(issue: core.$ZodIssue, value: unknown): EntryProblem {
  const field = pointerOf(issue.path);
  const of = (code: EntryProblem["code"], detail?: string) => entryProblem(field, code, detail);
  if (valueAt(value, issue.path) == null) return of("REQUIRED");
  switch (issue.code) {
    case "invalid_type":
      return of("WRONG_TYPE", issue.expected);
    case "too_small":
      if (issue.origin === "string") return of("REQUIRED");
      return issue.origin === "array"
        ? of("TOO_SHORT", `${issue.minimum}`)
        : of("OUT_OF_RANGE", `≥ ${issue.minimum}`);
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? of("TOO_LONG", `${issue.maximum}`)
        : of("OUT_OF_RANGE", `≤ ${issue.maximum}`);
    case "invalid_value":
      return of("NOT_A_CHOICE", issue.values.join(", "));
    case "unrecognized_keys":
      return of("UNKNOWN_FIELD", issue.keys.join(", "));
    case "custom":
      return of("BAD_CHARACTER");
    default:
      return of("WRONG_FORM", exampleOf(field));
  }
}

const unknownIds = (
  field: string,
  ids: readonly string[],
  known: ReadonlySet<string>,
): EntryProblem[] =>
  ids.flatMap((id, index) => {
    if (!known.has(id)) return [entryProblem(`${field}/${index}`, "UNKNOWN_ID", id)];
    return ids.indexOf(id) < index ? [entryProblem(`${field}/${index}`, "REPEATED", id)] : [];
  });

function fitsPricing({ pricing, amount, upTo, rule }: ServiceEntry["fees"][number]): boolean {
  if (pricing === "FIXED") return amount > 0n && upTo === null && rule === null;
  if (pricing === "RANGE") return upTo !== null && upTo > amount && rule === null;
  return rule !== null && upTo === null;
}

function contradictionsOf(entry: ServiceEntry, { agency, ...known }: KnownCatalogue) {
  const { category, channels, fees, audiences, validFrom, validUntil } = entry;
  const isOwn = entry.agency === agency.id && entry.id.startsWith(`${agency.id}-`);
  return [
    ...(isOwn ? [] : [entryProblem("/id", "NOT_YOURS", agency.id)]),
    ...(known.categories.has(category) ? [] : [entryProblem("/category", "UNKNOWN_ID", category)]),
    ...unknownIds("/furtherCategories", entry.furtherCategories, known.categories),
    ...entry.furtherCategories.flatMap((id, index) =>
      id === category ? [entryProblem(`/furtherCategories/${index}`, "REPEATED", id)] : [],
    ),
    ...unknownIds("/lifeEvents", entry.lifeEvents, known.lifeEvents),
    ...unknownIds("/relatedServices", entry.relatedServices, known.services),
    ...unknownIds("/audiences", audiences, new Set(audiences)),
    ...unknownIds("/keywords", entry.keywords, new Set(entry.keywords)),
    ...channels.flatMap(({ kind, url, phone }, index) => {
      if (kind === "WEB" && !url) return [entryProblem(`/channels/${index}/url`, "URL_MISSING")];
      if (kind !== "PHONE" || phone) return [];
      return [entryProblem(`/channels/${index}/phone`, "PHONE_MISSING")];
    }),
    ...fees.flatMap((fee, index) =>
      fitsPricing(fee) ? [] : [entryProblem(`/fees/${index}`, "PRICE_WRONG")],
    ),
    ...(hasItsDirhams(agency.kind, fees) ? [] : [entryProblem("/fees", "DIRHAMS_WRONG")]),
    ...(fees.length > 0 && !entry.payable ? [entryProblem("/payable", "NOT_PAYABLE")] : []),
    ...(validFrom && validUntil && validUntil < validFrom
      ? [entryProblem("/validUntil", "ENDS_BEFORE")]
      : []),
  ];
}

/** Everything that is wrong at once; never throws. */
export function checkEntry(value: unknown, known: KnownCatalogue): CheckedEntry {
  const parsed = serviceEntry.safeParse(value);
  if (!parsed.success) {
    return { ok: false, problems: parsed.error.issues.map((issue) => problemOf(issue, value)) };
  }
  const problems = contradictionsOf(parsed.data, known);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, entry: parsed.data };
}

/** In these the order says nothing. */
const sets = ["lifeEvents", "audiences", "keywords", "relatedServices"] as const;

const unsaid = { lastReviewedAt: undefined, evidence: undefined };

/** What an entry says to people: when it was looked over, and the evidence, are no part of that. */
function said(entry: ServiceEntry): string {
  const sorted = Object.fromEntries(sets.map((name) => [name, [...entry[name]].sort()]));
  return JSON.stringify({ ...entry, ...sorted, ...unsaid }, (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}` : value,
  );
}

export const saysTheSame = (one: ServiceEntry, other: ServiceEntry): boolean =>
  said(one) === said(other);
