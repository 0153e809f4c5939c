import {
  array,
  assert,
  bigInt,
  constantFrom,
  date,
  integer,
  property,
  string,
  tuple,
} from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ChargeLineKind,
  chargeLineKinds,
  divideHalfUp,
  governmentFeeLines,
  type Line,
  totalOf,
} from "../../../subgraphs/payments/charge-line.rules.ts";
import { discountLines, discountOf } from "../../../subgraphs/payments/fine.rules.ts";
import { fuelTotal, litresText } from "../../../subgraphs/payments/fuel-fill.rules.ts";
import {
  checkIdempotencyKey,
  decodeOutcome,
  encodeOutcome,
  requestHash,
} from "../../../subgraphs/payments/idempotency.rules.ts";
import {
  decide,
  receiptNumber,
  sharesOf,
  sourceAccount,
  transfer,
} from "../../../subgraphs/payments/payment.rules.ts";

const text = { en: "Fee", ar: "رسوم" };
const fils = () => bigInt({ min: 1n, max: 10n ** 15n });
const balances = () => bigInt({ min: 0n, max: 300n });
const moments = () =>
  date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });

const kinds = Object.keys(chargeLineKinds) as ChargeLineKind[];
const line = () =>
  tuple(constantFrom(...kinds), fils()).map(([kind, amount]): Line => ({
    kind,
    description: text,
    amount,
  }));

describe("rounding", () => {
  test.each([
    [5n, 2n, 3n],
    [4n, 2n, 2n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [0n, 7n, 0n],
    [10n ** 30n + 1n, 2n, 5n * 10n ** 29n + 1n],
  ])("%d / %d is %d, a half goes up", (numerator, denominator, expected) => {
    expect(divideHalfUp(numerator, denominator)).toBe(expected);
  });

  test("is never further from the exact value than a half", () => {
    assert(
      property(fils(), bigInt({ min: 1n, max: 10n ** 6n }), (numerator, denominator) => {
        const difference = 2n * (divideHalfUp(numerator, denominator) * denominator - numerator);
        expect(difference > -denominator && difference <= denominator).toBe(true);
      }),
    );
  });

  test("refuses negative amounts", () => {
    expect(() => divideHalfUp(-1n, 2n)).toThrow(RangeError);
    expect(() => divideHalfUp(1n, 0n)).toThrow(RangeError);
  });
});

describe("government fees", () => {
  test.each([
    [49_99n, 49_99n, 1],
    [50_00n, 70_00n, 3],
    [250_00n, 270_00n, 3],
  ])("a fee of %d fils comes to %d fils in %d lines", (fee, total, count) => {
    const all = governmentFeeLines(fee, text);
    expect(totalOf(all)).toBe(total);
    expect(all).toHaveLength(count);
  });

  test("add either nothing, or 10 dirhams each for knowledge and innovation", () => {
    assert(
      property(fils(), (fee) => {
        const [own, ...added] = governmentFeeLines(fee, text);
        expect(own?.amount).toBe(fee);
        expect(added.map(({ kind, amount }) => [kind, amount])).toEqual(
          fee < 50_00n
            ? []
            : [
                ["KNOWLEDGE_DIRHAM", 10_00n],
                ["INNOVATION_DIRHAM", 10_00n],
              ],
        );
      }),
    );
  });

  test("of nothing are refused", () => {
    expect(() => governmentFeeLines(0n, text)).toThrow(RangeError);
  });
});

describe("a fine's discount", () => {
  const until = new Date("2020-04-01T00:00:00+04:00");

  test("runs up to its moment and not at it", () => {
    const discount = { percent: 25, until };
    expect(discountOf(600_00n, discount, new Date(until.getTime() - 1))).toBe(150_00n);
    expect(discountOf(600_00n, discount, until)).toBe(0n);
    expect(discountOf(600_00n, null, new Date(0))).toBe(0n);
  });

  test("is rounded half up once", () => {
    expect(discountOf(1_50n, { percent: 33, until }, new Date(0))).toBe(50n);
    expect(discountOf(50n, { percent: 25, until }, new Date(0))).toBe(13n);
  });

  test("is never negative nor over the amount, and its line leaves exactly the rest", () => {
    assert(
      property(
        fils(),
        integer({ min: 1, max: 100 }),
        moments(),
        moments(),
        (amount, percent, until, now) => {
          const discount = { percent, until };
          const off = discountOf(amount, discount, now);
          expect(off >= 0n && off <= amount).toBe(true);
          expect(off === 0n || now < until).toBe(true);
          expect(totalOf(discountLines(amount, discount, now))).toBe(-off);
        },
      ),
    );
  });
});

describe("fuel", () => {
  test("costs litres times price, rounded half up once", () => {
    expect(fuelTotal(41_237, 180n)).toBe(74_23n);
    expect(fuelTotal(2_500, 1n)).toBe(3n);
    expect(fuelTotal(1, 180n)).toBe(0n);
  });

  test("is shown with exactly three decimals", () => {
    expect([41_237, 41_000, 7, 1_070].map(litresText)).toEqual([
      "41.237",
      "41.000",
      "0.007",
      "1.070",
    ]);
  });

  test("litres read back are the millilitres", () => {
    assert(
      property(integer({ min: 1, max: 10_000_000 }), (millilitres) => {
        expect(BigInt(litresText(millilitres).replace(".", ""))).toBe(BigInt(millilitres));
      }),
    );
  });
});

describe("deciding about a payment", () => {
  const facts = {
    status: "OPEN",
    lines: [{ kind: "CHARGE", description: text, amount: 100n }],
    currency: "AED",
    expectedAmount: 100n,
    balance: 100n,
  } as const;

  test("pays what is due when all agrees", () => {
    expect(decide(facts)).toEqual({ kind: "PAY", amount: 100n });
  });

  test("refuses what is void, even when the amount and the balance are wrong too", () => {
    expect(decide({ ...facts, status: "VOID", balance: 0n, expectedAmount: 1n })).toEqual({
      kind: "NOT_PAYABLE",
      reason: "VOID",
    });
  });

  test("refuses when a discount of all leaves nothing due", () => {
    const waived = { kind: "DISCOUNT", description: text, amount: -100n } as const;
    const result = decide({ ...facts, lines: [...facts.lines, waived], expectedAmount: 0n });
    expect(result).toEqual({ kind: "NOT_PAYABLE", reason: "NOTHING_DUE" });
  });

  test("takes money only when amount and balance allow, and says what is missing to the fils", () => {
    assert(
      property(
        balances(),
        balances(),
        array(line(), { minLength: 1 }),
        (balance, expected, all) => {
          const due = totalOf(all);
          const result = decide({ ...facts, lines: all, balance, expectedAmount: expected });
          const insufficient = decide({ ...facts, lines: all, balance, expectedAmount: due });
          expect(result.kind === "PAY").toBe(expected === due && balance >= due);
          expect(insufficient).toEqual(
            balance >= due
              ? { kind: "PAY", amount: due }
              : { kind: "INSUFFICIENT_BALANCE", balance, missing: due - balance, currency: "AED" },
          );
        },
      ),
    );
  });
});

describe("the entries of a payment", () => {
  const postingsOf = (lines: readonly Line[]) =>
    transfer(
      sourceAccount({ kind: "WALLET", personId: "person-a" }, "AED"),
      sharesOf(lines, { billerId: "rta", currency: "AED" }),
    );

  test("give each beneficiary its share", () => {
    expect(postingsOf(governmentFeeLines(350_00n, text))).toEqual([
      { accountId: "wallet:person-a:AED", amount: -370_00n },
      { accountId: "biller:rta:AED", amount: 350_00n },
      { accountId: "knowledge-dirham:AED", amount: 10_00n },
      { accountId: "innovation-dirham:AED", amount: 10_00n },
    ]);
  });

  test("always sum to zero, touch an account once, and take the total from the wallet", () => {
    assert(
      property(array(line(), { minLength: 1, maxLength: 10 }), (all) => {
        const postings = postingsOf(all);
        expect(postings.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
        expect(new Set(postings.map(({ accountId }) => accountId)).size).toBe(postings.length);
        expect(postings[0]).toEqual({ accountId: "wallet:person-a:AED", amount: -totalOf(all) });
      }),
    );
  });
});

describe("idempotency", () => {
  test.each([["k"], ["x".repeat(255)], ["مفتاح 1"]])("accepts the key %s", (key) => {
    expect(checkIdempotencyKey(key)).toBe(key);
  });

  test.each([
    ["empty", ""],
    ["too long", "x".repeat(256)],
    ["with NUL", "a\u0000b"],
    ["a lone surrogate", "\ud800"],
  ])("refuses a key that is %s", (_, key) => {
    expect(() => checkIdempotencyKey(key)).toThrow("`idempotencyKey` must");
  });

  test("the hash of a request depends on its values and not on the order of its fields", () => {
    const input = { itemId: "bill_1", expectedAmount: 5n, channel: "APP" };
    const shuffled = { channel: "APP", expectedAmount: 5n, itemId: "bill_1" };
    expect(requestHash(shuffled)).toBe(requestHash(input));
    expect(requestHash({ ...input, expectedAmount: 6n })).not.toBe(requestHash(input));
    expect(requestHash({ ...input, itemId: "bill_2" })).not.toBe(requestHash(input));
  });

  test("two requests have the same hash only when they are the same", () => {
    assert(
      property(string(), string(), string(), string(), (a, b, c, d) => {
        const same = requestHash({ a, b }) === requestHash({ a: c, b: d });
        expect(same).toBe(a === c && b === d);
      }),
    );
  });

  test("an outcome comes back as it was, whatever its amounts", () => {
    assert(
      property(bigInt(), bigInt(), (balance, missing) => {
        const outcome = {
          kind: "INSUFFICIENT_BALANCE",
          balance,
          missing,
          currency: "AED",
        } as const;
        expect(decodeOutcome(encodeOutcome(outcome))).toEqual(outcome);
      }),
    );
  });
});

test("receipts are numbered in eight digits", () => {
  expect(receiptNumber("DEWA", 42n)).toBe("DEWA-00000042");
});
