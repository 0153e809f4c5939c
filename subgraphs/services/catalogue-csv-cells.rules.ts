/** A cell with several things: one a line, its parts between bars; see catalogue-csv.ts. Pure. */

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "|": "\\|", "\n": "\\n" };

const escaped = (part: string): string =>
  part.replace(/[\\|\n]/g, (character) => escapes[character] ?? character);

/** Parts at the end of a line that are not there are left out. */
function writeLine(parts: readonly (string | null | undefined)[]): string {
  const last = parts.findLastIndex((part) => part != null && part !== "");
  return parts
    .slice(0, last + 1)
    .map((part) => escaped(part ?? ""))
    .join(" | ");
}

export const writeLines = (lines: readonly (readonly (string | null | undefined)[])[]): string =>
  lines.map(writeLine).join("\n");

const plainOf = (escapedPart: string): string =>
  escapedPart.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));

/** `a \| b | c` → ["a | b", "c"]; blanks around parts do not count. */
export function partsOfLine(line: string): string[] {
  const parts = [""];
  for (const token of line.match(/\\.|[^\\|]+|[\\|]/g) ?? []) {
    if (token === "|") parts.push("");
    else parts.push(`${parts.pop()}${token}`);
  }
  return parts.map((part) => plainOf(part.trim()));
}
