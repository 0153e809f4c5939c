/**
 * The names that the three access directives have in a supergraph. `@link` may rename them: `as`
 * renames the whole specification, `import` a single directive (source: specs.apollo.dev/link/v1.0).
 */
import { valueFromASTUntyped, type ConstDirectiveNode } from "graphql";

export type AccessDirective = "authenticated" | "requiresScopes" | "policy";

const accessSpec = /^https?:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)(?:\/|$)/;
const knownVersion = /\/v0\.\d+\/?$/;

const argumentsOf = (directive: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );

/** `["@a", { name: "@b", as: "@c" }]` → pairs of the name in the specification and the name here. */
function importedNames(imports: unknown): (readonly [string, string])[] {
  if (!Array.isArray(imports)) return [];
  return imports.flatMap((entry: unknown) => {
    if (typeof entry === "string") return [[entry, entry] as const];
    const { name, as } = (entry ?? {}) as { name?: unknown; as?: unknown };
    if (typeof name !== "string") return [];
    return [[name, typeof as === "string" ? as : name] as const];
  });
}

/**
 * A directive that no link explains keeps its usual meaning: an unknown protection closes a field
 * and never opens one. A link to another specification that takes one of the names takes it away.
 * @param links the directives on the supergraph's `schema`.
 * @returns directive name here (without `@`) → which of the three it is.
 * @throws TypeError when a link asks for a version that is not understood.
 */
export function accessDirectiveNames(
  links: readonly ConstDirectiveNode[],
): ReadonlyMap<string, AccessDirective> {
  const names = new Map<string, AccessDirective>([
    ["authenticated", "authenticated"],
    ["requiresScopes", "requiresScopes"],
    ["policy", "policy"],
  ]);
  for (const { url, as, import: imports } of links.map(argumentsOf)) {
    if (typeof url !== "string") continue;
    const spec = accessSpec.exec(url)?.[1] as AccessDirective | undefined;
    if (spec && !knownVersion.test(url))
      throw new TypeError(
        `The supergraph links ${url}, but this gateway understands version 0 of ${spec} only. Compose it with a federation version that links v0.1.`,
      );
    const ownName = url
      .replace(/\/v\d+\.\d+\/?$/, "")
      .split("/")
      .at(-1);
    const root = typeof as === "string" ? as : ownName;
    const taken = importedNames(imports).filter(([name]) => name.startsWith("@"));
    for (const [name, here] of [...taken, [`@${ownName}`, `@${root}`] as const]) {
      if (spec && name === `@${spec}`) names.set(here.slice(1), spec);
      else names.delete(here.slice(1));
    }
  }
  return names;
}
