import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dirhamLines, hasItsDirhams, totalOf } from "../../../subgraphs/services/fee.rules.ts";
import { agencyKinds } from "../../../subgraphs/services/tables.ts";

const fee = (amount: bigint) => ({ kind: "FEE", amount }) as const;
const amounts = fc.array(fc.bigInt({ min: 1n, max: 10_000_000n }), { maxLength: 5 });

describe("the fees of a service", () => {
  test("sum up exactly, to zero when there are none", () => {
    expect(totalOf([])).toBe(0n);
    const huge = 9_007_199_254_740_993n;
    expect(totalOf([fee(huge), fee(1n)])).toBe(huge + 1n);
  });

  test.each([
    [4_999n, 4_999n],
    [5_000n, 7_000n],
    [25_000n, 27_000n],
  ])("of a government body: own fee %s fils, in all %s fils", (own, total) => {
    const fees = [fee(own)];
    expect(totalOf([...fees, ...dirhamLines("GOVERNMENT", fees)])).toBe(total);
  });

  test("reach the limit together, and a deposit does not count", () => {
    expect(dirhamLines("GOVERNMENT", [fee(2_500n), fee(2_500n)])).toHaveLength(2);
    const deposit = { kind: "DEPOSIT", amount: 200_000n } as const;
    expect(dirhamLines("GOVERNMENT", [fee(4_900n), deposit])).toEqual([]);
  });

  test("of other bodies carry no dirhams", () => {
    for (const kind of agencyKinds.filter((kind) => kind !== "GOVERNMENT")) {
      expect(dirhamLines(kind, [fee(100_000n)])).toEqual([]);
    }
  });

  test("are accepted with the dirhams that are due, and with no others", () => {
    fc.assert(
      fc.property(fc.constantFrom(...agencyKinds), amounts, (kind, own) => {
        const fees = own.map(fee);
        const due = dirhamLines(kind, fees);
        expect(hasItsDirhams(kind, [...due, ...fees])).toBe(true);
        const undue = due.length > 0 ? [] : dirhamLines("GOVERNMENT", [fee(5_000n)]);
        expect(hasItsDirhams(kind, [...fees, ...undue])).toBe(false);
        const ofOtherAmounts = due.map((line) => ({ ...line, amount: line.amount * 2n }));
        expect(hasItsDirhams(kind, [...fees, ...ofOtherAmounts])).toBe(due.length === 0);
      }),
    );
  });
});
