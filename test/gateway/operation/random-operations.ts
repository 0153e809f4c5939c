/** Random valid operations of the protected world, with aliases, fragments, conditions, variables. */
import fc from "fast-check";
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  parse,
  specifiedRules,
  validate,
  type GraphQLCompositeType,
} from "graphql";
import { principal } from "./composed.ts";
import { schema, type Who } from "./protected-world.ts";

const possible = (type: GraphQLCompositeType) =>
  isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

const overlaps = (a: GraphQLCompositeType, b: GraphQLCompositeType): boolean =>
  possible(a).some((object) => possible(b).includes(object));

/** Writes a random operation, choice by choice; nearly always a valid one. */
function write(choices: Iterator<number>): string {
  const pick = (count: number): number => (choices.next().value ?? 0) % count;
  const composites = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLCompositeType => isCompositeType(type) && !type.name.startsWith("__"),
  );
  const fragments = Array.from({ length: pick(4) }, () => composites[pick(composites.length)]);
  let aliases = 0;

  const directive = (): string =>
    ["", "", "", " @include(if: $yes)", " @skip(if: $no)", " @skip(if: $yes)"][pick(6)] ?? "";

  function selectionSet(type: GraphQLCompositeType, depth: number, fragment: number): string {
    const parts = Array.from({ length: 1 + pick(3) }, () => selection(type, depth, fragment));
    return `{ ${parts.join(" ")} }`;
  }
  function selection(type: GraphQLCompositeType, depth: number, fragment: number): string {
    const kind = pick(10);
    if (kind === 0 && depth > 0)
      return `...${directive()} ${selectionSet(type, depth - 1, fragment)}`;
    if (kind < 4 && depth > 0) {
      const fitting = composites.filter((other) => overlaps(type, other));
      const condition = fitting[pick(fitting.length)] ?? type;
      return `... on ${condition.name}${directive()} ${selectionSet(condition, depth - 1, fragment)}`;
    }
    if (kind < 6) {
      const later = fragments.flatMap((on, n) =>
        n >= fragment && on && overlaps(on, type) ? [n] : [],
      );
      const chosen = later[pick(Math.max(later.length, 1))];
      if (chosen !== undefined) return `...F${chosen}${directive()}`;
    }
    const fields = "getFields" in type ? Object.values(type.getFields()) : [];
    const field = fields[pick(fields.length + 1)];
    const alias = pick(2) ? `k${(aliases += 1)}: ` : "";
    if (!field) return `${alias}__typename${directive()}`;
    const named = getNamedType(field.type);
    if (isCompositeType(named) && depth === 0) return `${alias}__typename`;
    const values =
      field.args.length > 0 && pick(2) ? ["(n: $m)", "(n: $n)", "(n: 1)"][pick(3)] : "";
    const below = isCompositeType(named) ? selectionSet(named, depth - 1, fragment) : "";
    return `${alias}${field.name}${values}${directive()} ${below}`;
  }

  const query = schema.getQueryType();
  if (!query) throw new Error("no query type");
  return [
    `query Q($yes: Boolean = true, $no: Boolean!, $m: Int, $n: Int) ${selectionSet(query, 4, 0)}`,
    ...fragments.map((on, n) => on && `fragment F${n} on ${on.name} ${selectionSet(on, 3, n + 1)}`),
  ].join("\n");
}

const lenientRules = specifiedRules.filter(
  (rule) => rule !== NoUnusedFragmentsRule && rule !== NoUnusedVariablesRule,
);
export const documents = fc
  .infiniteStream(fc.nat({ max: 1_000 }))
  .map((stream) => parse(write(stream)))
  .filter((document) => validate(schema, document, lenientRules).length === 0);

export const principals: fc.Arbitrary<Who> = fc.option(
  fc
    .record({
      scopes: fc.subarray(["a", "b", "z"]),
      policies: fc.subarray(["p", "q", "z"]),
    })
    .map(principal),
  { nil: undefined },
);
export const almighty: Who = principal({ scopes: ["a", "b"], policies: ["p"] });
export const seeds = fc.nat({ max: 10_000 });
