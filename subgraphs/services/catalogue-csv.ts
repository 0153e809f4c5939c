/**
 * An agency's catalogue as CSV (RFC 4180, UTF-8), one service a row, and back without loss. A cell that holds
 * several things has one a line; the parts of a thing stand between bars: `WEB | https://…`. In such cells a
 * backslash precedes a bar or backslash that is meant, and `\n` is a line feed. Pure.
 */
import { CsvError, parse } from "csv-parse/sync";
import {
  type FileEntry,
  fileProblem,
  type ReadFile,
  readVersion,
  servicesLimit,
  unreadable,
} from "./catalogue-file.ts";
import { partsOfLine, writeLines } from "./catalogue-csv-cells.rules.ts";
import { entryProblem } from "./service-entry-messages.ts";
import type { ServiceEntry } from "./service-entry.ts";
import type { Text } from "./tables.ts";

type Column = {
  readonly name: string;
  /** JSON Pointer of what it holds. */
  readonly field: string;
  readonly write: (entry: ServiceEntry) => string;
  /** An empty cell is not read: what it holds is missing, or none. */
  readonly read: (cell: string) => unknown;
};

const asIs = (cell: string): unknown => cell;
const list = (cell: string): unknown => (cell === "" ? [] : partsOfLine(cell));
/** One thing a line; a part too many is named, so that it is refused as a field that there is none of. */
const lines =
  (names: readonly string[], toThing: (parts: Readonly<Record<string, unknown>>) => unknown) =>
  (cell: string): unknown =>
    cell
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) =>
        toThing(
          Object.fromEntries(
            partsOfLine(line).flatMap((part, index) =>
              part === "" ? [] : [[names[index] ?? `part ${index + 1}`, part]],
            ),
          ),
        ),
      );

const bothOf = ({ en, ar }: Text): readonly string[] => [en, ar];
const texts = lines(["en", "ar"], (text) => text);

/** `name_en`, `name_ar` → `name`; null when neither is there. */
function joined(parts: Readonly<Record<string, unknown>>, name: string) {
  const { [`${name}_en`]: en, [`${name}_ar`]: ar, ...rest } = parts;
  if (en === undefined && ar === undefined) return { ...rest, [name]: null };
  return { ...rest, [name]: { en, ar } };
}

/** "350.00" → 35000; what is no amount of dirhams is left for the check to refuse. */
function readDirhams(text: unknown): unknown {
  const parts = /^(\d{1,12})(?:\.(\d\d))?$/.exec(typeof text === "string" ? text : "");
  return parts ? Number(parts[1]) * 100 + Number(parts[2] ?? 0) : text;
}
const writeDirhams = (fils: bigint): string =>
  `${fils / 100n}.${`${fils % 100n}`.padStart(2, "0")}`;

function readBoolean(cell: unknown): unknown {
  if (cell === "true") return true;
  return cell === "false" ? false : cell;
}

function readFee(parts: Readonly<Record<string, unknown>>) {
  const { pricing, amount, upTo, sample, ...rest } = parts;
  return {
    ...joined(joined(rest, "name"), "rule"),
    ...(pricing === undefined ? {} : { pricing }),
    amount: readDirhams(amount),
    upTo: upTo === undefined ? null : readDirhams(upTo),
    ...(sample === undefined ? {} : { sample: readBoolean(sample) }),
  };
}

const feeParts = "kind name_en name_ar pricing amount upTo rule_en rule_ar sample".split(" ");

const text = (
  name: string,
  field: keyof ServiceEntry,
  of: (entry: ServiceEntry) => Text,
): Column[] =>
  (["en", "ar"] as const).map((language) => ({
    name: `${name}_${language}`,
    field: `/${field}/${language}`,
    write: (entry) => of(entry)[language],
    read: asIs,
  }));

const column = (
  name: string,
  field: string,
  write: Column["write"],
  read: Column["read"] = asIs,
): Column => ({ name, field, write, read });

export const columns: readonly Column[] = [
  column("id", "/id", ({ id }) => id),
  column("category", "/category", ({ category }) => category),
  column(
    "further_categories",
    "/furtherCategories",
    ({ furtherCategories }) => writeLines([furtherCategories]),
    list,
  ),
  ...text("name", "name", ({ name }) => name),
  ...text("summary", "summary", ({ summary }) => summary),
  ...text("description", "description", ({ description }) => description),
  column("status", "/status", ({ status }) => status),
  column("payable", "/payable", ({ payable }) => `${payable}`, readBoolean),
  column("valid_from", "/validFrom", ({ validFrom }) => validFrom ?? ""),
  column("valid_until", "/validUntil", ({ validUntil }) => validUntil ?? ""),
  column("processing_duration", "/processingTime/duration", (one) => one.processingTime.duration),
  column(
    "processing_business_days",
    "/processingTime/businessDays",
    ({ processingTime }) => `${processingTime.businessDays}`,
    readBoolean,
  ),
  column("audiences", "/audiences", ({ audiences }) => writeLines([audiences]), list),
  column("life_events", "/lifeEvents", ({ lifeEvents }) => writeLines([lifeEvents]), list),
  column("keywords", "/keywords", ({ keywords }) => writeLines([keywords]), list),
  column("related_services", "/relatedServices", (one) => writeLines([one.relatedServices]), list),
  column("eligibility", "/eligibility", (one) => writeLines(one.eligibility.map(bothOf)), texts),
  column("rules", "/rules", ({ rules }) => writeLines(rules.map(bothOf)), texts),
  column(
    "required_documents",
    "/requiredDocuments",
    ({ requiredDocuments }) => writeLines(requiredDocuments.map(bothOf)),
    texts,
  ),
  column("steps", "/steps", ({ steps }) => writeLines(steps.map(bothOf)), texts),
  column("outputs", "/outputs", ({ outputs }) => writeLines(outputs.map(bothOf)), texts),
  column(
    "channels",
    "/channels",
    ({ channels }) =>
      writeLines(
        channels.map(({ kind, url, phone, hours }) => [kind, url, phone, hours?.en, hours?.ar]),
      ),
    lines(["kind", "url", "phone", "hours_en", "hours_ar"], (parts) => joined(parts, "hours")),
  ),
  column(
    "fees",
    "/fees",
    ({ fees }) =>
      writeLines(
        fees.map(({ kind, name, pricing, amount, upTo, rule, sample }) => [
          kind,
          name.en,
          name.ar,
          pricing,
          writeDirhams(amount),
          upTo === null ? null : writeDirhams(upTo),
          rule?.en,
          rule?.ar,
          `${sample}`,
        ]),
      ),
    lines(feeParts, readFee),
  ),
  column(
    "legal_basis",
    "/legalBasis",
    ({ legalBasis }) => writeLines(legalBasis.map(({ title, url }) => [title.en, title.ar, url])),
    lines(["title_en", "title_ar", "url"], (parts) => joined(parts, "title")),
  ),
];

const header = ["version", ...columns.map(({ name }) => name)];

/** The column that holds what a JSON Pointer points at. */
export const columnOf = (field: string): string | undefined =>
  field === "/version"
    ? "version"
    : columns.find((one) => field === one.field || field.startsWith(`${one.field}/`))?.name;

/**
 * A cell that begins like a formula would be worked out by a spreadsheet: an apostrophe stops that, and
 * is taken away again when the cell is read.
 */
const guarded = (cell: string): string => (/^'*[=+\-@\t]/.test(cell) ? `'${cell}` : cell);
const unguarded = (cell: string): string => (/^''*[=+\-@\t]/.test(cell) ? cell.slice(1) : cell);

const quoted = (cell: string): string => `"${guarded(cell).replaceAll('"', '""')}"`;

export type VersionedEntry = { readonly entry: ServiceEntry; readonly version: number };

/** With a byte order mark, by which spreadsheets know that it is UTF-8. */
export const writeCsv = (services: readonly VersionedEntry[]): string =>
  `\ufeff${[
    header.join(","),
    ...services.map(({ entry, version }) =>
      [`${version}`, ...columns.map(({ write }) => write(entry))].map(quoted).join(","),
    ),
  ].join("\r\n")}\r\n`;

function setAt(target: Record<string, unknown>, field: string, value: unknown): void {
  const [first = "", second] = field.slice(1).split("/");
  if (second === undefined) target[first] = value;
  else target[first] = { ...(target[first] as object | undefined), [second]: value };
}

function toEntry(cells: Readonly<Record<string, string>>, row: number): FileEntry {
  const value: Record<string, unknown> = {};
  for (const { name, field, read } of columns) {
    const cell = unguarded((cells[name] ?? "").replaceAll("\r\n", "\n")).trim();
    const isList = Array.isArray(read(""));
    if (cell !== "" || isList) setAt(value, field, read(cell));
  }
  return { value, seenVersion: readVersion(cells["version"]?.trim()), row };
}

type ParsedRow = {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
};

/** A file as an agency sends it → its services as they are there; what is wrong with them is checked later. */
export function readCsv(content: string): ReadFile {
  let names: string[] = [];
  let parsed: ParsedRow[];
  try {
    parsed = parse(content, {
      bom: true,
      columns: (given: string[]) => (names = given.map((name) => name.trim())),
      info: true,
      skip_empty_lines: true,
      max_record_size: 200_000,
    }) as unknown as ParsedRow[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return unreadable(error.message, typeof error["lines"] === "number" ? error["lines"] : 1);
  }
  const wrongColumns = [
    ...names
      .filter((name, index) => !header.includes(name) || names.indexOf(name) < index)
      .map((name) => ({ name, problem: entryProblem("", "UNKNOWN_FIELD", `"${name}"`) })),
    ...columns
      .filter(({ name }) => !names.includes(name))
      .map(({ name, field }) => ({ name, problem: entryProblem(field, "REQUIRED") })),
  ];
  if (wrongColumns.length > 0) {
    return {
      ok: false,
      problems: wrongColumns.map(({ name, problem }) =>
        fileProblem(problem, { row: 1, column: name }),
      ),
    };
  }
  if (parsed.length > servicesLimit) {
    return {
      ok: false,
      problems: [fileProblem(entryProblem("", "TOO_MANY_ROWS", `${servicesLimit}`))],
    };
  }
  // `lines` counts those up to the row's end: it begins where the one before it ended.
  return {
    ok: true,
    entries: parsed.map(({ record }, index) =>
      toEntry(record, (index === 0 ? 1 : (parsed[index - 1]?.info.lines ?? 0)) + 1),
    ),
  };
}
