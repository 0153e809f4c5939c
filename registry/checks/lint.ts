/** How the public graph is written: names, descriptions, bounded lists, deprecations with reason and date. */
import { type ASTNode, Kind, visit } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";
import { argumentOf, directivesOf, isList, namedType, typesOf } from "./sdl-nodes.ts";

const styles = {
  type: { pattern: /^[A-Z][A-Za-z0-9]*$/, example: "ParkingPermit" },
  field: { pattern: /^[a-z][A-Za-z0-9]*$/, example: "parkingPermits" },
  value: { pattern: /^[A-Z][A-Z0-9_]*$/, example: "EXPIRED" },
} as const;

type Style = keyof typeof styles;

function styleOf(node: ASTNode): Style | undefined {
  if (node.kind === Kind.FIELD_DEFINITION || node.kind === Kind.INPUT_VALUE_DEFINITION)
    return "field";
  if (node.kind === Kind.ENUM_VALUE_DEFINITION) return "value";
  if (node.kind === Kind.DIRECTIVE_DEFINITION || node.kind === Kind.SCHEMA_DEFINITION)
    return undefined;
  return node.kind.endsWith("TypeDefinition") ? "type" : undefined;
}

type Named = ASTNode & {
  readonly name: { readonly value: string };
  readonly description?: { readonly value: string };
};

/** Federation's own names carry two underscores (link__Import), or begin with one (_Service). */
const isMachinery = (name: string): boolean =>
  name.includes("__") || name.startsWith("_") || name === "CacheControlScope";

export const checkLint: Check = ({ document }) => {
  const found: Finding[] = [];
  const path: string[] = [];
  visit(document, {
    enter(node) {
      // Directives and their arguments are not part of the public graph.
      if (node.kind === Kind.DIRECTIVE_DEFINITION) return false;
      if (!("name" in node) || !node.name) return undefined;
      const { name, description } = node as Named;
      const style = styleOf(node);
      if (isMachinery(name.value)) return false;
      if (style || node.kind.endsWith("TypeExtension")) path.push(name.value);
      if (!style) return undefined;
      const place = path.join(".");
      const { pattern, example } = styles[style];
      if (!pattern.test(name.value))
        found.push(
          finding(
            "NAME_STYLE",
            place,
            `The name "${name.value}" of a ${style} is not written as the others are.`,
            `Write it like ${example}.`,
          ),
        );
      const isRoot = place === "Query" || place === "Mutation" || place === "Subscription";
      if (!description?.value.trim() && !isRoot)
        found.push(
          finding(
            "DESCRIPTION_MISSING",
            place,
            `${place} has no description.`,
            "Say what it is, in a sentence for a front-end developer.",
          ),
        );
      if ("directives" in node)
        for (const directive of directivesOf(node as never, "deprecated")) {
          const reason = argumentOf(directive, "reason") ?? "";
          if (!/\d{4}-\d{2}-\d{2}/.test(reason))
            found.push(
              finding(
                "DEPRECATION_INCOMPLETE",
                place,
                `${place} is deprecated without ${reason ? "the date of its removal" : "a reason"}.`,
                'Write what to use instead and when it goes: @deprecated(reason: "Use permits. Goes on 2027-06-30.").',
              ),
            );
        }
      return undefined;
    },
    leave(node) {
      if (!("name" in node) || !node.name) return;
      if (styleOf(node) || node.kind.endsWith("TypeExtension")) path.pop();
    },
  });
  const types = typesOf(document);
  const names = new Set(types.map(({ name }) => name));
  for (const field of types.find(({ name }) => name === "Query")?.fields ?? []) {
    if (isMachinery(field.name.value)) continue;
    if (!isList(field.type) || !names.has(namedType(field.type))) continue;
    const isBounded = (field.arguments ?? []).some(({ name }) =>
      ["first", "limit", "ids"].includes(name.value),
    );
    const place = `Query.${field.name.value}`;
    if (!isBounded)
      found.push(
        finding(
          "LIST_NOT_PAGED",
          place,
          `${place} is a list without a bound.`,
          "Return a connection (first, after), or take an argument limit.",
        ),
      );
  }
  return found;
};
