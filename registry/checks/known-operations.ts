/**
 * Known operations (of the repository, and as clients were recorded to ask them) that are valid today must
 * stay valid, and cost no more fetches.
 */
import { validate } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check, CheckInput, KnownOperation } from "./input.ts";

/** Those that nobody could break, since they are not valid today, left out. */
function validToday({ live, operations }: CheckInput): readonly KnownOperation[] {
  if (!live) return [];
  return operations.filter(({ document }) => validate(live.apiSchema, document).length === 0);
}

/** `Kerb 1f2e3d4c (asked by kerb-app)`; the first few of many. */
function describe(operations: readonly KnownOperation[], most = 5): string {
  const told = operations.slice(0, most).map(({ name, clients }) => {
    const asking = clients?.map((client) => client || "clients without a name").join(", ");
    return asking ? `${name} (asked by ${asking})` : name;
  });
  const more = operations.length - told.length;
  return `${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export const checkKnownOperations: Check = (input) => {
  // One field that goes breaks many operations in the same way: that is one finding.
  const broken = new Map<string, KnownOperation[]>();
  for (const operation of validToday(input))
    for (const { message } of validate(input.next.apiSchema, operation.document))
      broken.set(message, [...(broken.get(message) ?? []), operation]);
  return [...broken].map(([message, operations]) =>
    finding(
      "KNOWN_OPERATION_INVALID",
      operations[0]?.name ?? "",
      `No longer valid would be ${describe([...new Set(operations)])}: ${message}`,
      "Keep what is asked for; its clients must change first.",
    ),
  );
};

export const checkPlans: Check = (input) => {
  const { live, next } = input;
  return validToday(input).flatMap((operation): Finding[] => {
    const { name, document } = operation;
    if (!live || validate(next.apiSchema, document).length > 0) return [];
    const [before, after] = [live.countFetches(document), next.countFetches(document)];
    if (after <= before) return [];
    return [
      finding(
        "PLAN_MORE_FETCHES",
        name,
        `The known operation ${describe([operation])} would take ${after} fetches from subgraphs instead of ${before}.`,
        "Leave the field where it is asked for with others, or offer it by @provides or @shareable.",
      ),
    ];
  });
};
