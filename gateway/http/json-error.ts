/**
 * Where a text stops being JSON (RFC 8259). The engine's own message quotes the text around the
 * fault, which here may be somebody's data, and does not always name the place. Used only after
 * JSON.parse has failed.
 */

const blank = /[ \t\n\r]*/y;
const structure = /[{}[\]:,]/y;
const scalar =
  /(?:"[^"\\]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\]*)*"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

/** Control characters, a line break among them, must be escaped in a string. */
const holdsControl = (token: string): boolean => {
  for (let index = 0; index < token.length; index += 1) {
    if (token.charCodeAt(index) < 0x20) return true;
  }
  return false;
};

type Expecting = "value" | "value or ]" | "name" | "name or }" | ":" | ", or end";

function closes(open: readonly string[], mark: string, expecting: Expecting): boolean {
  const isEnd = expecting === ", or end";
  if (open.at(-1) === "[") return mark === "]" && (isEnd || expecting === "value or ]");
  return open.at(-1) === "{" && mark === "}" && (isEnd || expecting === "name or }");
}

/** @returns the offset, in UTF-16 units, of the first token that does not fit; undefined for JSON. */
export function findJsonError(text: string): number | undefined {
  const open: string[] = [];
  let expecting: Expecting = "value";
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const token = pattern.exec(text)?.[0];
    if (token !== undefined) at = pattern.lastIndex;
    return token;
  };
  for (;;) {
    take(blank);
    const tokenStart = at;
    if (at === text.length) return expecting === ", or end" && open.length === 0 ? undefined : at;
    const mark = take(structure);
    if (mark === undefined) {
      const token = take(scalar);
      const isName: boolean = expecting === "name" || expecting === "name or }";
      if (token === undefined || holdsControl(token)) return tokenStart;
      if (expecting === ":" || expecting === ", or end") return tokenStart;
      if (isName && !token.startsWith('"')) return tokenStart;
      expecting = isName ? ":" : ", or end";
    } else if (closes(open, mark, expecting)) {
      open.pop();
      expecting = ", or end";
    } else if (expecting === "value" || expecting === "value or ]") {
      if (mark !== "{" && mark !== "[") return tokenStart;
      open.push(mark);
      expecting = mark === "{" ? "name or }" : "value or ]";
    } else if (mark === ":" && expecting === ":") {
      expecting = "value";
    } else if (mark === "," && expecting === ", or end" && open.length > 0) {
      expecting = open.at(-1) === "{" ? "name" : "value";
    } else {
      return tokenStart;
    }
  }
}

/** "line 2, column 7", both counted from 1. */
export function describePosition(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
