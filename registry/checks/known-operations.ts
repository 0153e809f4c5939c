/** Known operations (persisted ones of clients) that are valid today must stay valid, and cost no more fetches. */
import { validate } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check } from "./input.ts";

export const checkKnownOperations: Check = ({ live, next, operations }) =>
  operations.flatMap(({ name, document }): Finding[] => {
    // Nobody can have broken what was not valid before.
    if (live && validate(live.apiSchema, document).length > 0) return [];
    const errors = live ? validate(next.apiSchema, document) : [];
    return errors.map(({ message }) =>
      finding(
        "KNOWN_OPERATION_INVALID",
        name,
        `The known operation ${name} would no longer be valid: ${message}`,
        "Keep what it asks for; its client must change first.",
      ),
    );
  });

export const checkPlans: Check = ({ live, next, operations }) =>
  operations.flatMap(({ name, document }): Finding[] => {
    if (!live || validate(live.apiSchema, document).length > 0) return [];
    if (validate(next.apiSchema, document).length > 0) return [];
    const [before, after] = [live.countFetches(document), next.countFetches(document)];
    if (after <= before) return [];
    return [
      finding(
        "PLAN_MORE_FETCHES",
        name,
        `The known operation ${name} would take ${after} fetches from subgraphs instead of ${before}.`,
        "Leave the field where it is asked for with others, or offer it by @provides or @shareable.",
      ),
    ];
  });
