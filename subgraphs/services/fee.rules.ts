/**
 * What a service costs, in fils. A government fee of AED 50 or more carries the Knowledge Dirham and
 * the Innovation Dirham, AED 10 each, as lines of their own: they go to other beneficiaries.
 */
import type { AgencyKind, FeeKind } from "./tables.ts";

export type FeeLine = { readonly kind: FeeKind; readonly amount: bigint };

const dirhamsFrom = 5_000n;
const dirham = 1_000n;

export const totalOf = (fees: readonly FeeLine[]): bigint =>
  fees.reduce((sum, { amount }) => sum + amount, 0n);

/** The lines that the law adds to an agency's own fees; none below AED 50, deposits do not count. */
export function dirhamLines(agency: AgencyKind, fees: readonly FeeLine[]): readonly FeeLine[] {
  const own = totalOf(fees.filter(({ kind }) => kind === "FEE"));
  if (agency !== "GOVERNMENT" || own < dirhamsFrom) return [];
  return [
    { kind: "KNOWLEDGE_DIRHAM", amount: dirham },
    { kind: "INNOVATION_DIRHAM", amount: dirham },
  ];
}

/** Whether the fees hold exactly the dirham lines that they must. */
export function hasItsDirhams(agency: AgencyKind, fees: readonly FeeLine[]): boolean {
  const due = dirhamLines(agency, fees);
  const given = fees.filter(({ kind }) => kind.endsWith("_DIRHAM"));
  return (
    given.length === due.length &&
    due.every((line) =>
      given.some(({ kind, amount }) => kind === line.kind && amount === line.amount),
    )
  );
}
