import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partsOfLine, writeLines } from "../../../subgraphs/services/catalogue-csv-cells.rules.ts";
import { checkEntry, saysTheSame } from "../../../subgraphs/services/service-entry.rules.ts";
import { serviceEntry } from "../../../subgraphs/services/service-entry.ts";
import { isOffered } from "../../../subgraphs/services/service.rules.ts";
import { anyEntry, palmService } from "../../support/catalogue-entries.ts";

const known = {
  agency: { id: "dewa", kind: "GOVERNMENT" as const },
  categories: new Set(["bills", "general", "health"]),
  lifeEvents: new Set(["moving-home"]),
  services: new Set(["dewa-move-in", "rta-pay-fines"]),
};
const about = { agency: "dewa", evidence: "SAMPLE", lastReviewedAt: "2026-02-05" };
const problemsOf = (changes: object) => {
  const checked = checkEntry({ ...palmService, ...about, ...changes }, known);
  return checked.ok ? [] : checked.problems.map(({ field, code }) => `${field} ${code}`);
};

describe("an entry of the catalogue", () => {
  test("is taken when the rules allow it, and comes back from JSON as it was", () => {
    expect(problemsOf({})).toEqual([]);
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const checked = checkEntry({ ...entry, ...about }, known);
        expect(checked).toMatchObject({ ok: true });
      }),
    );
  });

  test("of any shape at all is taken or told what is wrong with it, in both languages", () => {
    const anyValue = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...Object.keys(palmService)), fc.anything()),
      fc
        .tuple(fc.constantFrom(...Object.keys(palmService)), fc.anything())
        .map(([name, value]) => ({ ...palmService, ...about, [name]: value })),
    );
    fc.assert(
      fc.property(anyValue, (value) => {
        const checked = checkEntry(value, known);
        for (const { field, message } of checked.ok ? [] : checked.problems) {
          expect(field).toMatch(/^(\/|$)/);
          expect(message.en).not.toBe("");
          expect(message.ar).toMatch(/\p{Script=Arabic}/u);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  const rule = { en: "By weight.", ar: "بالوزن." };
  test.each([
    [{ pricing: "FIXED", amount: 1_000, upTo: null }, []],
    [{ pricing: "FIXED", amount: 0, upTo: null }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "FIXED", amount: 1_000, upTo: 2_000 }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "RANGE", amount: 0, upTo: 1 }, []],
    [{ pricing: "RANGE", amount: 5, upTo: 5 }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "RANGE", amount: 5, upTo: null }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "RULE", amount: 0, upTo: null, rule }, []],
    [{ pricing: "RULE", amount: 0, upTo: null }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "RULE", amount: 0, upTo: 9, rule }, ["/fees/0 PRICE_WRONG"]],
    [{ pricing: "FIXED", amount: -1, upTo: null }, ["/fees/0/amount OUT_OF_RANGE"]],
    [{ pricing: "FIXED", amount: 1.5, upTo: null }, ["/fees/0/amount WRONG_TYPE"]],
    [{ pricing: "FIXED", amount: 5_000, upTo: null }, ["/fees DIRHAMS_WRONG"]],
  ])("has fees whose amounts fit their pricing: %j", (changes, problems) => {
    expect(problemsOf({ fees: [{ ...palmService.fees[0], ...changes }] })).toEqual(problems);
  });

  test("says the same in whichever order its words, audiences and related services stand", () => {
    const entry = serviceEntry.parse({ ...palmService, ...about, keywords: ["a", "b"] });
    expect(saysTheSame(entry, { ...entry, keywords: ["b", "a"] })).toBe(true);
    expect(saysTheSame(entry, { ...entry, lastReviewedAt: "2020-01-01" })).toBe(true);
    expect(saysTheSame(entry, { ...entry, keywords: ["b"] })).toBe(false);
    expect(saysTheSame(entry, { ...entry, steps: [...entry.steps, ...entry.steps] })).toBe(false);
  });
});

describe("a service", () => {
  test.each([
    ["ACTIVE", "2026-02-05", "2026-02-05", true],
    ["ACTIVE", null, null, true],
    ["ACTIVE", "2026-02-06", null, false],
    ["ACTIVE", null, "2026-02-04", false],
    ["SUSPENDED", null, null, false],
    ["RETIRED", null, null, false],
  ] as const)("that is %s from %s until %s is offered: %s", (status, validFrom, validUntil, is) => {
    const { eligibility, rules, steps, outputs, legalBasis, relatedServices } = serviceEntry.parse({
      ...palmService,
      ...about,
    });
    const said = { eligibility, rules, steps, outputs, legalBasis, relatedServices };
    const row = { status, details: { ...said, validFrom, validUntil } };
    // The first and the last moment of the day in the city.
    expect(isOffered(row, new Date("2026-02-04T20:00:00Z"))).toBe(is);
    expect(isOffered(row, new Date("2026-02-05T19:59:59Z"))).toBe(is);
  });
});

test("a cell of several things holds whatever their texts are", () => {
  const part = fc.string({ unit: fc.constantFrom("|", "\\", "\n", " ", "a", "ن", "n") });
  const text = part.map((one) => one.trim()).filter((one) => one !== "");
  const lines = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(lines, (given) => {
      const cell = writeLines(given);
      expect(given.length === 0 ? [] : cell.split("\n").map(partsOfLine)).toEqual(given);
    }),
  );
});
