/**
 * Breaking changes against real use: what `@graphql-inspector/core` calls breaking is refused when a
 * client has used it in the period, and also while nobody can know. What nobody used may go.
 */
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { finding } from "../findings.ts";
import type { Check } from "./input.ts";

/** `Query.parks.limit` is used by whoever uses `Query.parks`, a whole type by whoever uses a field of it. */
const isUseOf = (path: string, coordinate: string): boolean => {
  const [type, field] = path.split(".");
  return field === undefined
    ? coordinate.startsWith(`${type}.`)
    : coordinate === `${type}.${field}`;
};

export const checkBreaking: Check = async ({ live, next, usage }) => {
  if (!live) return [];
  const changes = await diff(live.apiSchema, next.apiSchema);
  const breaking = changes.filter(
    ({ criticality }) => criticality.level === CriticalityLevel.Breaking,
  );
  return breaking.map(({ path = "the schema", message }) => {
    const users = usage.fields.filter(({ coordinate }) => isUseOf(path, coordinate));
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
};
