/** The names in a new subgraph, made of its own: `parking-permits` → entity ParkingPermit, list parkingPermits. */

export type Names = {
  /** As the graph knows the subgraph. */
  readonly name: string;
  /** Of the type: PascalCase, singular. */
  readonly Entity: string;
  /** Of the field for one: camelCase. */
  readonly entity: string;
  /** Of the field for all. */
  readonly entities: string;
  /** Of the table: snake_case. */
  readonly table: string;
  /** Beginning of ids: words and hyphens. */
  readonly slug: string;
};

function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, "y");
  if (/(?:ch|sh|x|ss)es$/.test(word)) return word.replace(/es$/, "");
  return /[^su]s$/.test(word) ? word.replace(/s$/, "") : word;
}

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
  return /(?:ch|sh|x|s)$/.test(word) ? `${word}es` : `${word}s`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** @returns undefined when it is no name of a subgraph: lower-case words, joined by hyphens. */
export function namesOf(name: string): Names | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) return undefined;
  const words = name.split("-");
  const last = singular(words.at(-1) ?? "");
  const one = [...words.slice(0, -1), last];
  const Entity = one.map(capital).join("");
  const entity = Entity.charAt(0).toLowerCase() + Entity.slice(1);
  return {
    name,
    Entity,
    entity,
    entities: plural(entity),
    table: one.join("_"),
    slug: one.join("-"),
  };
}
