/**
 * Breaking changes against real use: what `@graphql-inspector/core` calls breaking is refused when a
 * client has used it in the period, and also while nobody can know. What nobody used may go.
 */
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import {
  getNamedType,
  type GraphQLSchema,
  type GraphQLType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { type Finding, finding } from "../findings.ts";
import type { GraphView } from "../graph-view.ts";
import type { Check, Usage } from "./input.ts";

/** Whether a value of the type can hold one of the other: itself, or an input with such a field. */
function reaches(type: GraphQLType, name: string, seen = new Set<string>()): boolean {
  const named = getNamedType(type);
  if (named.name === name) return true;
  if (!isInputObjectType(named) || seen.has(named.name)) return false;
  seen.add(named.name);
  return Object.values(named.getFields()).some((field) => reaches(field.type, name, seen));
}

/**
 * Whose use is the use of a path. `Query.parks.limit` is used by whoever uses `Query.parks`, a whole type
 * by whoever uses a field of it. Use is recorded by field: so an enum, a union or an input is used by
 * whoever asks a field that answers with it or takes it.
 */
function coordinatesOf(schema: GraphQLSchema, path: string): (coordinate: string) => boolean {
  const [name = "", field] = path.split(".");
  const type = schema.getType(name);
  if (!type || isObjectType(type) || isInterfaceType(type))
    return (coordinate) =>
      field === undefined ? coordinate.startsWith(`${name}.`) : coordinate === `${name}.${field}`;
  const holders = Object.values(schema.getTypeMap()).flatMap((holder) =>
    isObjectType(holder) || isInterfaceType(holder)
      ? Object.values(holder.getFields())
          .filter((one) => [one, ...one.args].some((part) => reaches(part.type, name)))
          .map((one) => `${holder.name}.${one.name}`)
      : [],
  );
  return (coordinate) => holders.includes(coordinate);
}

/** @param usage Of those whose graph it is. */
export async function findBreaking(
  live: GraphView,
  next: GraphView,
  usage: Usage,
): Promise<readonly Finding[]> {
  const changes = await diff(live.apiSchema, next.apiSchema);
  const breaking = changes.filter(
    ({ criticality }) => criticality.level === CriticalityLevel.Breaking,
  );
  return breaking.map(({ path = "the schema", message }) => {
    const isUse = coordinatesOf(live.apiSchema, path);
    const users = usage.fields.filter(({ coordinate }) => isUse(coordinate));
    if (users.length > 0) {
      const counts = new Map<string, number>();
      for (const { client, count } of users) counts.set(client, (counts.get(client) ?? 0) + count);
      const clients = [...counts]
        .map(([client, count]) => `${client || "(clients without a name)"} ${count}×`)
        .join(", ");
      return finding(
        "BREAKING_CHANGE_USED",
        path,
        `${message} In the last ${usage.periodDays} days it was used by: ${clients}.`,
        "Keep it, mark it @deprecated with a reason and a date, and take it away when no client uses it any more.",
      );
    }
    return usage.coversPeriod
      ? finding(
          "BREAKING_CHANGE_UNUSED",
          path,
          `${message} No client used it in the last ${usage.periodDays} days.`,
          "Nothing to mend.",
        )
      : finding(
          "BREAKING_CHANGE_UNKNOWN",
          path,
          `${message} Use has not been recorded for ${usage.periodDays} days yet, so nobody knows who would break.`,
          "Keep it and mark it @deprecated until use has been recorded for the whole period.",
        );
  });
}

export const checkBreaking: Check = ({ live, next, usage }) =>
  live ? findBreaking(live, next, usage) : [];
