/**
 * Lines that make up an amount, in minor units (fils), always bigint. Rates are applied to the whole
 * once and rounded half up once, so that lines always sum to their total.
 * Government fees: a transaction of AED 50 or more carries AED 10 Knowledge Dirham and AED 10
 * Innovation Dirham as lines of their own, for beneficiaries of their own; below it is exempt.
 */
export type Text = { readonly en: string; readonly ar: string };

export const chargeLineKinds = {
  CHARGE: "CHARGE",
  TAX: "TAX",
  FUEL: "FUEL",
  PENALTY: "PENALTY",
  DISCOUNT: "DISCOUNT",
  GOVERNMENT_FEE: "GOVERNMENT_FEE",
  KNOWLEDGE_DIRHAM: "KNOWLEDGE_DIRHAM",
  INNOVATION_DIRHAM: "INNOVATION_DIRHAM",
} as const;
export type ChargeLineKind = keyof typeof chargeLineKinds;

export type Line = {
  readonly kind: ChargeLineKind;
  readonly description: Text;
  readonly amount: bigint;
};

export const totalOf = (lines: readonly Line[]): bigint =>
  lines.reduce((total, line) => total + line.amount, 0n);

/** numerator / denominator, to the nearest whole; a half goes up. Neither may be negative. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n || denominator <= 0n) {
    throw new RangeError(`Cannot round ${numerator} / ${denominator}: give no negative amounts.`);
  }
  return (2n * numerator + denominator) / (2n * denominator);
}

const feeThreshold = 50_00n;
const dirhamFee = 10_00n;

/** @param fee what the agency itself asks for, in fils, above zero. */
export function governmentFeeLines(fee: bigint, description: Text): readonly Line[] {
  if (fee <= 0n) throw new RangeError(`A government fee must be above zero, not ${fee}.`);
  const line: Line = { kind: "GOVERNMENT_FEE", description, amount: fee };
  if (fee < feeThreshold) return [line];
  const knowledge = { en: "Knowledge Dirham", ar: "درهم المعرفة" };
  const innovation = { en: "Innovation Dirham", ar: "درهم الابتكار" };
  return [
    line,
    { kind: "KNOWLEDGE_DIRHAM", description: knowledge, amount: dirhamFee },
    { kind: "INNOVATION_DIRHAM", description: innovation, amount: dirhamFee },
  ];
}
